import type { ObjectStorePurpose } from "../contracts/object-store";
import type { RoleAssignment } from "./bindings";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";
import type { AzureWorkloadIdentity } from "./workload-identity";

/** Accounts that a workspace reads besides its own. */
export const READ_STORES = ["datasets", "packages", "prediction-logs"] as const satisfies readonly ObjectStorePurpose[];
/** The account that the workspace keeps its own things in: code, logs, models, notebooks. */
export const OWN_STORE = "artifacts" as const satisfies ObjectStorePurpose;

/** Lets the workspace's managed network connect to a resource: private endpoints that nobody else has to approve. */
const APPROVER = "Azure AI Enterprise Network Connection Approver";
const READ = "Storage Blob Data Reader";

interface Right {
  /** Construct id, unique in the table. */
  readonly id: string;
  readonly role: string;
  readonly on: string;
}

/**
 * What a workspace's own identity needs, each on one resource and as narrow as there is a role for it.
 *
 * Where Microsoft's list says Contributor, the built-in role of that one service stands here:
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-identity-based-service-authentication#workspace. System datastores
 * by identity: https://learn.microsoft.com/en-us/azure/machine-learning/how-to-disable-local-auth-storage. Reader on the private
 * endpoints of a closed account, so that the studio sees that it may be reached, and the approver:
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-managed-network.
 */
function rightsOf(estate: AzureEstate): readonly Right[] {
  const own = estate.storageAccountId(OWN_STORE);
  const endpoint = (subresource: "blob" | "file") =>
    estate.id("Microsoft.Network/privateEndpoints", estate.name("privateEndpoint", `${OWN_STORE}-${subresource}`));
  const targets = { own, vault: estate.vaultId, registry: estate.registryId };
  return [
    { id: "StorageControl", role: "Storage Account Contributor", on: own },
    { id: "StorageBlobs", role: "Storage Blob Data Contributor", on: own },
    { id: "StorageFiles", role: "Storage File Data Privileged Contributor", on: own },
    { id: "StorageBlobEndpoint", role: "Reader", on: endpoint("blob") },
    { id: "StorageFileEndpoint", role: "Reader", on: endpoint("file") },
    { id: "VaultControl", role: "Key Vault Contributor", on: estate.vaultId },
    { id: "VaultData", role: "Key Vault Administrator", on: estate.vaultId },
    { id: "RegistryControl", role: "Reader", on: estate.registryId },
    // Pushes the images that the builder makes; the registry's admin user stays off.
    { id: "RegistryPull", role: "AcrPull", on: estate.registryId },
    { id: "RegistryPush", role: "AcrPush", on: estate.registryId },
    { id: "InsightsControl", role: "Application Insights Component Contributor", on: estate.insights },
    { id: "InsightsData", role: "Monitoring Metrics Publisher", on: estate.insights },
    ...Object.entries(targets).map(([name, on]) => ({ id: `Approve-${name}`, role: APPROVER, on })),
    ...READ_STORES.flatMap((purpose) => [
      { id: `Read-${purpose}`, role: READ, on: estate.containerId(purpose) },
      { id: `Approve-${purpose}`, role: APPROVER, on: estate.storageAccountId(purpose) },
    ]),
  ];
}

/** Gives the identity of a workspace its rights on what stands before the workspace. */
export function workspaceRights(identity: AzureWorkloadIdentity, estate: AzureEstate): readonly RoleAssignment[] {
  const { principal } = identity;
  return rightsOf(estate).map(({ id, role, on }) => assignRole(identity, id, { principal, role, scope: on }));
}

/** The rights on the workspace itself, which the identity needs to work in it; and to approve its own private endpoint. */
export const IN_WORKSPACE = ["Azure AI Administrator", APPROVER] as const;
