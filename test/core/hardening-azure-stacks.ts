/** Stacks that keep and that break Azure's rules about stacks as a whole. */
import type { Resource } from "../../lib/core/hardening";
import { replaced } from "../../lib/core/hardening";
import { SERVER_PARAMETERS } from "../../lib/core/hardening/azure-parameters";
import type { StackJson } from "../../lib/core/protected";
import { ID, IMAGE } from "./hardening-azure-parts";
import { alone, type Cases } from "./hardening-stacks";

type Resources = Readonly<Record<string, Readonly<Record<string, Resource>>>>;

const stack = (resource: Resources): StackJson => ({ resource });
const it = (type: string) => `\${${type}.it.id}`;

const PROVIDER: Resource = {
  subscription_id: "1b2c3d4e-0000-4000-8000-0000000000d9",
  storage_use_azuread: true,
  resource_provider_registrations: "none",
  features: {
    key_vault: {
      purge_soft_delete_on_destroy: false,
      purge_soft_deleted_keys_on_destroy: false,
      purge_soft_deleted_secrets_on_destroy: false,
      purge_soft_deleted_certificates_on_destroy: false,
      recover_soft_deleted_key_vaults: true,
      recover_soft_deleted_keys: true,
      recover_soft_deleted_secrets: true,
      recover_soft_deleted_certificates: true,
    },
    resource_group: { prevent_deletion_if_contains_resources: true },
    machine_learning: { purge_soft_deleted_workspace_on_destroy: false },
    log_analytics_workspace: { permanently_delete_on_destroy: false },
    cognitive_account: { purge_soft_delete_on_destroy: false },
    storage: { data_plane_available: false },
  },
};

const provider = (azurerm: Resource): StackJson => ({ provider: { azurerm: [azurerm] } });

const FEATURES = Object.entries(PROVIDER.features as Resources).flatMap(([feature, values]) =>
  Object.entries(values).map(([name, value]) => ({ place: ["features", feature, name], value })),
);

const SUBNET = "azurerm_subnet";
const RULES_OF = "azurerm_subnet_network_security_group_association";

const ACCOUNT = "azurerm_storage_account";
const CONTAINER = "azurerm_storage_container";
const KEPT = "azurerm_storage_container_immutability_policy";
const VERSIONED = { blob_properties: { versioning_enabled: true } };
const UNVERSIONED = { blob_properties: { versioning_enabled: false } };
const ENDS = {
  storage_account_id: it(ACCOUNT),
  rule: { actions: { version: { delete_after_days_since_creation: 30 } } },
};

const leadsTo = (id: string) => ({ private_connection_resource_id: id });

const archive = (containers: Readonly<Record<string, Resource>>, kept: Readonly<Record<string, Resource>>) =>
  stack({ [ACCOUNT]: { it: UNVERSIONED }, [CONTAINER]: containers, [KEPT]: kept });

const NOTED = "azurerm_monitor_diagnostic_setting";
const AKS = "azurerm_kubernetes_cluster";
const logsOf = (target: string, ...categories: string[]): Resource => ({
  target_resource_id: target,
  enabled_log: categories.map((category) => ({ category })),
});

const LOCK = "azurerm_management_lock";
const VAULT = "azurerm_key_vault";
const STAYS = { lifecycle: { prevent_destroy: true } };
const PEOPLE = "azurerm_monitor_action_group";
const ON_FIGURES = "azurerm_monitor_metric_alert";
const ON_LOGS = "azurerm_monitor_scheduled_query_rules_alert_v2";

const PLACE = "azuredevops_environment";
const APPROVAL = "azuredevops_check_approval";
const BRANCHES = "azuredevops_check_branch_control";
const TURN = "azuredevops_check_exclusive_lock";
const VARIABLES = "azuredevops_variable_group";

const ENDPOINT = { type: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-09-01" };
const ENDPOINT_LOGS = {
  type: "Microsoft.Insights/diagnosticSettings@2021-05-01-preview",
  parent_id: "${azapi_resource.it.id}",
};

const ROLE = "azurerm_role_assignment";
const GROUP = "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/acme-test-ml";

const CREDENTIAL = "azurerm_federated_identity_credential";
const credentials = (count: number, also: number): StackJson =>
  stack({
    [CREDENTIAL]: Object.fromEntries(Array.from({ length: count }, (_, each) => [`it${each}`, { parent_id: ID }])),
    azapi_resource: Object.fromEntries(
      Array.from({ length: also }, (_, each) => [
        `it${each}`,
        {
          parent_id: ID,
          type: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30",
        },
      ]),
    ),
  });

/** A server of a kind with its parameters, but for one. */
function server(kind: string, without = ""): StackJson {
  const type = `azurerm_${kind}_flexible_server`;
  const set = SERVER_PARAMETERS.filter(({ of, name }) => of.server === type && name !== without).map(({ name }) => [
    name.replace(".", "-"),
    { name },
  ]);
  return stack({ [type]: { it: {} }, [`${type}_configuration`]: Object.fromEntries(set) });
}

/** By the id of the rule. */
export const AZURE_CASES: Cases = {
  "provider-never-purges": {
    keeps: provider(PROVIDER),
    breaks: FEATURES.flatMap(({ place, value }) => [
      provider(replaced(PROVIDER, place, undefined)),
      provider(replaced(PROVIDER, place, !value)),
    ]),
  },
  "provider-by-identity": {
    keeps: provider(PROVIDER),
    breaks: [
      provider({ ...PROVIDER, storage_use_azuread: false }),
      provider({ ...PROVIDER, resource_provider_registrations: undefined }),
    ],
  },
  "provider-no-secret": {
    keeps: {
      provider: { azurerm: [PROVIDER], azapi: [{ tenant_id: "1" }], azuredevops: [{ org_service_url: "https://it" }] },
    },
    breaks: [
      provider({ ...PROVIDER, client_secret: "correct-horse" }),
      { provider: { azuredevops: [{ personal_access_token: "correct-horse" }] } },
      { provider: { azapi: [{ client_secret: "correct-horse" }] } },
    ],
  },
  "azure-no-unsafe-type": {
    keeps: stack({ azurerm_role_assignment: { it: {} }, azurerm_storage_container: { it: {} } }),
    breaks: [
      "azurerm_key_vault_secret",
      "azurerm_key_vault_access_policy",
      "azurerm_servicebus_queue_authorization_rule",
      "azurerm_container_registry_token_password",
      "azurerm_application_insights_api_key",
      "azurerm_storage_account_local_user",
      "azurerm_storage_blob",
      "azurerm_postgresql_flexible_server_firewall_rule",
      "azurerm_network_security_rule",
      "azurerm_virtual_machine_extension",
      "azurerm_virtual_machine",
    ].map((type) => alone(type, {})),
  },
  "azure-images-by-digest": {
    keeps: alone("azurerm_thing", { image: IMAGE, repository: "acmetestimages.azurecr.io/serving" }),
    breaks: ["acmetestimages.azurecr.io/serving:1", "mcr.microsoft.com/azureml/base"].map((image) =>
      alone("azurerm_thing", { container: [{ image }] }),
    ),
  },
  "federated-not-too-many": { keeps: credentials(15, 5), breaks: [credentials(21, 0), credentials(18, 3)] },
  "role-contributor-narrow": {
    keeps: stack({
      [ROLE]: {
        group: { role_definition_name: "Contributor", scope: GROUP },
        made: { role_definition_name: "Contributor", scope: "${azurerm_resource_group.it.id}" },
        other: { role_definition_name: "Reader", scope: "/subscriptions/1" },
      },
    }),
    breaks: ["/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9", "${data.azurerm_subscription.it.id}"].map((scope) =>
      alone(ROLE, { role_definition_name: "Contributor", scope }),
    ),
  },
  "subnet-has-rules": {
    keeps: stack({
      [SUBNET]: { it: {} },
      [RULES_OF]: { it: { subnet_id: it(SUBNET), network_security_group_id: ID } },
    }),
    breaks: [
      alone(SUBNET, {}),
      stack({ [SUBNET]: { it: {} }, [RULES_OF]: { it: { subnet_id: it(SUBNET) } } }),
      stack({
        [SUBNET]: { it: {} },
        [RULES_OF]: { it: { subnet_id: "${azurerm_subnet.other.id}", network_security_group_id: ID } },
      }),
    ],
  },
  "endpoint-there": {
    keeps: stack({
      [ACCOUNT]: { it: {} },
      azurerm_servicebus_namespace: { it: { public_network_access_enabled: true } },
      azurerm_private_endpoint: { it: { private_service_connection: [leadsTo(it(ACCOUNT))] } },
    }),
    breaks: [
      alone(ACCOUNT, {}),
      alone("azurerm_servicebus_namespace", { public_network_access_enabled: false }),
      stack({
        [ACCOUNT]: { it: {} },
        azurerm_private_endpoint: { it: { private_service_connection: [leadsTo(ID)] } },
      }),
    ],
  },
  "storage-versioning": {
    keeps: stack({
      [ACCOUNT]: { it: VERSIONED, lake: { is_hns_enabled: true }, kept: UNVERSIONED },
      [CONTAINER]: { it: { storage_account_id: "${azurerm_storage_account.kept.id}" } },
      [KEPT]: { it: { storage_container_resource_manager_id: it(CONTAINER) } },
    }),
    breaks: [
      alone(ACCOUNT, UNVERSIONED),
      alone(ACCOUNT, {}),
      archive({ it: { storage_account_id: it(ACCOUNT) } }, {}),
      archive(
        { it: { storage_account_id: it(ACCOUNT) }, other: { storage_account_id: it(ACCOUNT) } },
        { it: { storage_container_resource_manager_id: it(CONTAINER) } },
      ),
    ],
  },
  "storage-old-versions": {
    keeps: stack({ [ACCOUNT]: { it: VERSIONED, lake: UNVERSIONED }, azurerm_storage_management_policy: { it: ENDS } }),
    breaks: [
      alone(ACCOUNT, VERSIONED),
      stack({ [ACCOUNT]: { it: VERSIONED }, azurerm_storage_management_policy: { it: { ...ENDS, rule: [] } } }),
      stack({
        [ACCOUNT]: { it: VERSIONED },
        azurerm_storage_management_policy: { it: { ...ENDS, storage_account_id: ID } },
      }),
    ],
  },
  "postgres-parameters": {
    keeps: server("postgresql"),
    breaks: [server("postgresql", "log_connections"), alone("azurerm_postgresql_flexible_server", {})],
  },
  "mysql-parameters": {
    keeps: server("mysql"),
    breaks: [server("mysql", "tls_version"), alone("azurerm_mysql_flexible_server", {})],
  },
  "ml-endpoint-logs": {
    keeps: stack({ azapi_resource: { it: ENDPOINT, logs: ENDPOINT_LOGS } }),
    breaks: [
      alone("azapi_resource", ENDPOINT),
      stack({ azapi_resource: { it: ENDPOINT, logs: { ...ENDPOINT_LOGS, type: "Microsoft.Insights/components@1" } } }),
    ],
  },
  "diagnostics-there": {
    keeps: stack({
      [AKS]: { it: {} },
      [ACCOUNT]: { it: {} },
      [NOTED]: {
        one: logsOf(it(AKS), "kube-audit-admin", "guard"),
        two: logsOf(it(AKS), "kube-apiserver"),
        blobs: logsOf(`${it(ACCOUNT)}/blobServices/default`, "StorageRead", "StorageDelete"),
      },
    }),
    breaks: [
      alone(AKS, {}),
      alone(VAULT, {}),
      stack({ [AKS]: { it: {} }, [NOTED]: { one: logsOf(it(AKS), "kube-audit-admin", "guard") } }),
      stack({ [ACCOUNT]: { it: {} }, [NOTED]: { it: logsOf(it(ACCOUNT), "StorageRead", "StorageDelete") } }),
    ],
  },
  "locks-there": {
    keeps: stack({
      [VAULT]: { it: STAYS, other: {} },
      [LOCK]: { it: { scope: it(VAULT) } },
      azurerm_subnet: { it: STAYS },
    }),
    breaks: [alone(VAULT, STAYS), stack({ [VAULT]: { it: STAYS }, [LOCK]: { it: { scope: ID } } })],
  },
  "alerts-there": {
    keeps: stack({ [PEOPLE]: { it: {} }, [ON_FIGURES]: { it: {} }, [ON_LOGS]: { it: {} } }),
    breaks: [alone(PEOPLE, {}), stack({ [PEOPLE]: { it: {} }, [ON_FIGURES]: { it: {} } })],
  },
  "deployment-approved": {
    keeps: stack({ [PLACE]: { it: {} }, [APPROVAL]: { it: { target_resource_id: it(PLACE) } } }),
    breaks: [alone(PLACE, {}), stack({ [PLACE]: { it: {} }, [APPROVAL]: { it: { target_resource_id: ID } } })],
  },
  "deployment-branches": {
    keeps: stack({
      [PLACE]: { it: {} },
      [VARIABLES]: { it: {} },
      [BRANCHES]: { it: { target_resource_id: it(PLACE) }, two: { target_resource_id: it(VARIABLES) } },
    }),
    breaks: [
      alone(PLACE, {}),
      stack({
        [PLACE]: { it: {} },
        [VARIABLES]: { it: {} },
        [BRANCHES]: { it: { target_resource_id: it(PLACE) } },
      }),
    ],
  },
  "deployment-turns": {
    keeps: stack({ [PLACE]: { it: {} }, [TURN]: { it: { target_resource_id: it(PLACE) } } }),
    breaks: [alone(PLACE, {})],
  },
};
