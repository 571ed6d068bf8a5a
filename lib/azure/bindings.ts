/**
 * The only file that imports the Azure provider's binding. Deep paths: its root loads every resource there is.
 * Pinned to azurerm 4.55.0 by package.json.
 */
export { FederatedIdentityCredential } from "@cdktf/provider-azurerm/lib/federated-identity-credential";
export { AzurermProvider, type AzurermProviderConfig } from "@cdktf/provider-azurerm/lib/provider";
export { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
export { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
