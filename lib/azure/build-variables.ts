import { UserError } from "../core/errors";
import { Construct } from "../framework";
import { type Shared, VariableGroup } from "./azuredevops";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";
import { PIPELINE_FOLDER } from "./parts/names";
import type { AzureDevOps } from "./parts/settings";
import type { AzureServiceConnection } from "./service-connection";
import type { AzureWorkloadIdentity } from "./workload-identity";

/** Reads one secret, https://learn.microsoft.com/en-us/azure/key-vault/general/rbac-guide. */
const READ_SECRET = "Key Vault Secrets User";
/** Reads names and dates of a vault's secrets, never values: Azure DevOps lists them before it links one. */
const LIST_SECRETS = "Key Vault Reader";

/** What variables are made of. */
export interface BuildVariablesProps {
  readonly devops: AzureDevOps;
  readonly connection: AzureServiceConnection;
  readonly identity: AzureWorkloadIdentity;
}

/**
 * Variables that the deliveries' pipelines share. One group holds the environment's document by the keys that pipeline files
 * know: nothing of it is secret. The other is linked to a vault: it holds names, and a run reads the values as the builds'
 * identity. Pipelines of pull requests get neither.
 *
 * Azure DevOps reads a linked vault from its own addresses when the group is made. The environment's own vault lets nobody in
 * but the network, so secrets are linked from an existing vault that lets it in; out of the environment's own vault a
 * pipeline on machines in the network reads a secret with the task AzureKeyVault@2.
 * https://learn.microsoft.com/en-us/azure/devops/pipelines/release/key-vault-access
 */
export class AzureBuildVariables extends Construct {
  readonly groups: readonly Shared[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildVariablesProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { secrets = [] } = props.devops;
    this.groups = secrets.length === 0 ? [this.plain()] : [this.plain(), this.linked(secrets)];
  }

  private plain(): Shared {
    const { estate, props } = this;
    const { devops } = props;
    const variable = Object.entries(documentOf(estate)).map(([name, value]) => ({ name, value }));
    const { id } = new VariableGroup(
      this,
      "Document",
      {
        projectId: devops.projectId,
        name: estate.name("devOps", "document"),
        description: `Where things of ${estate.settings.environment} are`,
        allowAccess: false,
        variable,
      },
      devops,
    );
    return { id, type: "variablegroup" };
  }

  private linked(secrets: readonly string[]): Shared {
    const { estate, props } = this;
    const { devops, identity, connection } = props;
    const vault = estate.settings.existing.vault;
    if (vault === undefined) {
      throw new UserError({
        where: "clouds.azure.devops.secrets",
        message:
          "links secrets of the environment's own vault, which Azure DevOps does not reach: it is open to the network only",
        fix: "Give clouds.azure.existing.vault, a vault that lets Azure DevOps in; or read them with AzureKeyVault@2 on delivery.runner: network",
      });
    }
    grantOnce(this, identity, { right: "list", role: LIST_SECRETS, scope: vault });
    for (const name of secrets) {
      grantOnce(this, identity, { right: `read-${name}`, role: READ_SECRET, scope: `${vault}/secrets/${name}` });
    }
    const { id } = new VariableGroup(
      this,
      "Secrets",
      {
        projectId: devops.projectId,
        name: estate.name("devOps", "secrets"),
        description: `Secrets of ${estate.settings.environment}, read from the vault by each run`,
        allowAccess: false,
        keyVault: { name: vault.split("/").at(-1) ?? "", serviceEndpointId: connection.id },
        variable: secrets.map((name) => ({ name })),
        // Azure DevOps looks into the vault at once.
        dependsOn: [connection.credential],
      },
      devops,
    );
    return { id, type: "variablegroup" };
  }
}

/** The environment's document, by the names that pipeline files use: `imageRegistry` is `IMAGE_REGISTRY`. */
export function documentOf(estate: AzureEstate): Readonly<Record<string, string>> {
  const { environment, region, subscription, tenant } = estate.settings;
  return {
    ENVIRONMENT: environment,
    REGION: region,
    TENANT: tenant,
    SUBSCRIPTION: subscription,
    RESOURCE_GROUP: estate.resourceGroup,
    WORKSPACE: estate.workspace,
    IMAGE_REGISTRY: estate.imagePrefix,
    PACKAGES_URI: estate.containerUri("packages"),
    ARTIFACTS_URI: estate.containerUri("artifacts"),
    DATASETS_URI: estate.containerUri("datasets"),
    PIPELINE_ROOT: `${estate.containerUri("artifacts")}/${PIPELINE_FOLDER}`,
    PIPELINES_PRINCIPAL: estate.identity("pipelines"),
    RETRAIN_TOPIC: estate.retrainQueue,
    TRACKING_URI: estate.trackingUri,
    KEY_VAULT: estate.vaultUri,
  };
}
