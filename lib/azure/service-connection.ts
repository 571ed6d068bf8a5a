import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import { AzureEndpoint } from "./azuredevops";
import type { AzureEstate } from "./estate";
import type { AzureDevOps } from "./parts/settings";
import { type AzureWorkloadIdentity, FEDERATION_AUDIENCE } from "./workload-identity";

/** Who may act as an identity. */
interface FederatedCredential {
  readonly properties: { readonly issuer: string; readonly subject: string; readonly audiences: readonly string[] };
}

/**
 * How pipelines act as the builds' identity: by tokens that Microsoft Entra issues for this one connection, so there is no
 * secret to keep or to renew. The subject of those tokens holds the connection's id, which only Azure DevOps knows: it is read
 * from the connection, and no other connection, project or organisation has the same.
 * https://learn.microsoft.com/en-us/azure/devops/pipelines/release/configure-workload-identity
 */
export class AzureServiceConnection extends Construct {
  /** What a pipeline names: `azureSubscription: NAME`. */
  readonly name: string;
  readonly id: string;
  /** Comes last: what logs in by the connection waits for it. */
  readonly credential: AzapiResource;

  constructor(
    scope: Construct,
    id: string,
    { devops, identity }: { readonly devops: AzureDevOps; readonly identity: AzureWorkloadIdentity },
    estate: AzureEstate,
  ) {
    super(scope, id);
    const { subscription, tenant, environment } = estate.settings;
    this.name = estate.name("devOps", "azure");
    const endpoint = new AzureEndpoint(
      this,
      "Connection",
      {
        projectId: devops.projectId,
        serviceEndpointName: this.name,
        description: `Delivers to ${environment} as ${estate.identityName("builds")}`,
        serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
        credentials: { serviceprincipalid: identity.clientId },
        azurermSpnTenantid: tenant,
        azurermSubscriptionId: subscription,
        // Shown to people only; a subscription's name may change at any time.
        azurermSubscriptionName: subscription,
      },
      devops,
    );
    this.id = endpoint.id;
    this.credential = new AzapiResource<FederatedCredential>(
      this,
      "Credential",
      {
        type: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30",
        name: estate.name("federatedCredential", "azure-pipelines"),
        parentId: identity.resourceId,
        body: {
          properties: { issuer: endpoint.issuer, subject: endpoint.subject, audiences: [FEDERATION_AUDIENCE] },
        },
      },
      estate,
    );
  }
}
