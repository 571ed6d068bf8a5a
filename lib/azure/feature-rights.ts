import type { RoleAssignment } from "./bindings";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";
import type { AzureWorkloadIdentity } from "./workload-identity";

/** What the rights of a feature store are on. */
export interface FeatureScopes {
  /** Id of the catalog's workspace. */
  readonly catalog: string;
  /** Id of the lake's account. */
  readonly lake: string;
  /** Id of the container in it. */
  readonly files: string;
}

type Rights = Readonly<Record<string, { readonly role: string; readonly on: string }>>;

/** Lets the workspace's own network open private endpoints to a resource, which nobody else has to approve. */
const APPROVER = "Azure AI Enterprise Network Connection Approver";

/**
 * What the catalog itself needs, as Microsoft lists it, with the narrower role where there is one: of the vault its secrets, which
 * are all that Azure ML keeps there.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-identity-based-service-authentication#workspace and
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-managed-network.
 */
function catalogRights(estate: AzureEstate, { catalog, lake }: FeatureScopes, insights: string): Rights {
  const artifacts = estate.storageAccountId("artifacts");
  return {
    OwnAccount: { role: "Storage Account Contributor", on: artifacts },
    OwnBlobs: { role: "Storage Blob Data Contributor", on: artifacts },
    OwnFiles: { role: "Storage File Data Privileged Contributor", on: artifacts },
    Vault: { role: "Reader", on: estate.vaultId },
    Secrets: { role: "Key Vault Secrets Officer", on: estate.vaultId },
    Insights: { role: "Application Insights Component Contributor", on: insights },
    Inside: { role: "Azure AI Administrator", on: catalog },
    ApproveOwn: { role: APPROVER, on: artifacts },
    ApproveVault: { role: APPROVER, on: estate.vaultId },
    ApproveLake: { role: APPROVER, on: lake },
    ApproveSources: { role: APPROVER, on: estate.storageAccountId("datasets") },
  };
}

/**
 * What the jobs need that copy features into the lake: no more than to read the one and to write the other.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-setup-access-control-feature-store
 */
function copyRights(estate: AzureEstate, { catalog, files }: FeatureScopes): Rights {
  return {
    Files: { role: "Storage Blob Data Contributor", on: files },
    Sources: { role: "Storage Blob Data Reader", on: estate.containerId("datasets") },
    Catalog: { role: "AzureML Data Scientist", on: catalog },
  };
}

/**
 * Gives the two identities of a feature store their rights.
 * @returns those that the catalog's workspace needs from the start: all but the ones on itself
 */
export function featureRights(
  identities: { readonly catalog: AzureWorkloadIdentity; readonly copy: AzureWorkloadIdentity },
  scopes: FeatureScopes,
  insights: string,
  estate: AzureEstate,
): RoleAssignment[] {
  const give = (identity: AzureWorkloadIdentity, rights: Rights) =>
    Object.entries(rights).flatMap(([id, { role, on }]) => {
      const given = assignRole(identity, id, { principal: identity.principal, role, scope: on });
      return on === scopes.catalog ? [] : [given];
    });
  return [
    ...give(identities.catalog, catalogRights(estate, scopes, insights)),
    ...give(identities.copy, copyRights(estate, scopes)),
  ];
}
