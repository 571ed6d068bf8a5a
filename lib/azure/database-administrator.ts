import { Construct } from "../framework";
import { PostgresqlFlexibleServerActiveDirectoryAdministrator, UserAssignedIdentity } from "./bindings";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";

/** Workload that gives others their rights in the metadata database. */
export const DATABASE_ADMINISTRATOR = "database-access";

/** Role on the registry, https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/containers#acrpull. */
const PULL = "AcrPull";

/**
 * The one administrator of the metadata database: an identity that only the jobs run as which give others their rights there.
 * It stands in the layer of the environment that the jobs run in: server and registry are there before it.
 */
export class AzureDatabaseAdministrator extends Construct {
  constructor(scope: Construct, id: string, estate: AzureEstate) {
    super(scope, id);
    const name = estate.identityName(DATABASE_ADMINISTRATOR);
    const identity = new UserAssignedIdentity(this, "Identity", { name, ...estate.placed(this) });
    new PostgresqlFlexibleServerActiveDirectoryAdministrator(this, "Administrator", {
      serverName: estate.databaseServer,
      resourceGroupName: estate.resourceGroup,
      tenantId: estate.settings.tenant,
      objectId: identity.principalId,
      principalName: name,
      principalType: "ServicePrincipal",
    });
    assignRole(this, "Pulls", { principal: identity.principalId, role: PULL, scope: estate.registryId });
  }
}
