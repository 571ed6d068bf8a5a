import { asMap, blocks, type Finding, type StackRule } from "../hardening";
import type { StackJson } from "../protected";

/** What the provider does beside what it is told. https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/features-block */
const FEATURES: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
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
};

/** What the provider is told of itself. */
const SETTINGS: Readonly<Record<string, unknown>> = {
  storage_use_azuread: true,
  resource_provider_registrations: "none",
};

/** Settings that hold a secret; who deploys logs in by the environment that Terraform runs in. */
const SECRETS = ["client_secret", "client_certificate_password", "oidc_token", "personal_access_token"] as const;

/** What every stack's providers are held to. */
export const AZURE_PROVIDER_STACKS: readonly StackRule[] = [
  {
    id: "provider-never-purges",
    why: "Destroying an environment would take away for good what Azure keeps for some weeks.",
    refs: [],
    check: (stack) =>
      configurations(stack, "azurerm").flatMap((provider) =>
        Object.entries(FEATURES).flatMap(([feature, values]) =>
          Object.entries(values).flatMap(([name, wanted]) => {
            const block = blocks(blocks(provider.features)[0]?.[feature])[0];
            return block?.[name] === wanted ? [] : [finding("azurerm", `features.${feature}.${name}`, wanted)];
          }),
        ),
      ),
  },
  {
    id: "provider-by-identity",
    why: "It would ask for keys of accounts that have none, or switch services on for the whole subscription.",
    refs: [],
    check: (stack) =>
      configurations(stack, "azurerm").flatMap((provider) =>
        Object.entries(SETTINGS)
          .filter(([name, wanted]) => provider[name] !== wanted)
          .map(([name, wanted]) => finding("azurerm", name, wanted)),
      ),
  },
  {
    id: "provider-no-secret",
    why: "It would stand in a file of the repository.",
    refs: [],
    check: (stack) =>
      ["azurerm", "azapi", "azuredevops"].flatMap((name) =>
        configurations(stack, name).flatMap((provider) =>
          SECRETS.filter((secret) => provider[secret] !== undefined).map((secret) => ({
            address: `provider.${name}`,
            message: `has a ${secret}, which would stand in a file`,
            fix: "Take it out: who deploys logs in by the environment that Terraform runs in",
          })),
        ),
      ),
  },
];

function configurations({ provider = {} }: StackJson, name: string) {
  return blocks(asMap(provider)[name]);
}

function finding(provider: string, name: string, wanted: unknown): Finding {
  return {
    address: `provider.${provider}`,
    message: `${name} is not as it has to be; wanted ${JSON.stringify(wanted)}`,
    fix: `Set ${name} to ${JSON.stringify(wanted)}`,
  };
}
