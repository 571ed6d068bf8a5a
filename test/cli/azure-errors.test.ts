import { cloudProblem } from "../../cli/cloud-errors";

const refusal = (text: string, address = "azurerm_storage_account.Datasets") =>
  cloudProblem({
    text,
    address,
    folder: "/out/dev-data",
    environment: "dev",
    cloud: "azure",
    command: "mlops deploy dev",
  });
const SUB = "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d1";
const CONFLICT = "409 (409 Conflict)";
const status = (code: string, words: string, http = "400 (400 Bad Request)") =>
  `creating Thing: performing CreateOrUpdate: unexpected status ${http} with error: ${code}: ${words}`;

describe("what Azure says", () => {
  /** As the providers (azurerm 4.55, azapi 2.12, azuredevops 1.16) and Terraform 1.11 print it. */
  test.each<[string, string, RegExp, RegExp]>([
    [
      "a family's quota",
      status(
        "OperationNotAllowed",
        "Operation could not be completed as it results in exceeding approved standardDSv5Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: koreacentral, Current Limit: 10, Current Usage: 8, Additional Required: 4, (Minimum) New Limit Required: 12.",
        CONFLICT,
      ),
      /quota is used up: standardDSv5Family in koreacentral; its limit is 10, asked for 4/,
      /myQuotas \(filter: standardDSv5Family\), or lower max.*mlops deploy dev goes on from there/,
    ],
    [
      "a quota in the cluster's words",
      status(
        "ErrCode_InsufficientVCPUQuota",
        "Insufficient vcpu quota requested 24, remaining 0 for family standardNCADSA100v4Family for region koreacentral.",
      ),
      /quota is used up: standardNCADSA100v4Family in koreacentral; left are 0, asked for 24/,
      /mlops doctor dev lists the quotas/,
    ],
    [
      "a quota of the region",
      status(
        "ErrCode_InsufficientVCPUQuota",
        "Insufficient regional vcpu quota left for location koreacentral. left regional vcpu quota 10, requested quota 16.",
      ),
      /that of the region's processors in koreacentral; left are 10, asked for 16/,
      /lower max/,
    ],
    [
      "a machine that is not offered",
      status(
        "SkuNotAvailable",
        "The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: Standard_NC24ads_A100_v4' is currently not available in location 'koreacentral'.",
        CONFLICT,
      ),
      /Standard_NC24ads_A100_v4 is not offered to this subscription in koreacentral/,
      /kubernetes\.pools\.NAME\.class.*overrides\.azure\.machineTypes.*clouds\.azure\.region/,
    ],
    [
      "a machine that the cluster refuses",
      status(
        "BadRequest",
        "The VM size of Standard_D4s_v5 is not allowed in your subscription in location 'koreacentral'.",
      ),
      /Standard_D4s_v5 is not offered/,
      /mlops doctor dev says what is offered/,
    ],
    [
      "a stock-out in a zone",
      status(
        "ZonalAllocationFailed",
        "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone.",
      ),
      /no machine of this kind left/,
      /clouds\.azure\.zones.*kubernetes\.pools/,
    ],
    ["a stock-out", status("AllocationFailed", "Allocation failed."), /stock-out/, /Run again later/],
    [
      "a missing right",
      status(
        "AuthorizationFailed",
        `The client 'kim@acme.example' with object id 'x' does not have authorization to perform action 'Microsoft.Network/virtualNetworks/write' over scope '${SUB}' or the scope is invalid.`,
        "403 (403 Forbidden)",
      ),
      new RegExp(`right to do it is missing: Microsoft\\.Network/virtualNetworks/write on ${SUB}`),
      /mlops doctor dev names the roles.*az login again/,
    ],
    [
      "a right on something else",
      status(
        "LinkedAuthorizationFailed",
        `The client 'x' has permission to perform action 'Microsoft.App/managedEnvironments/write' on scope '${SUB}'; however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '${SUB}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/v/subnets/apps' (respectively) or the linked scope(s) are invalid.`,
        "403 (403 Forbidden)",
      ),
      /Microsoft\.Network\/virtualNetworks\/subnets\/join\/action on .*\/subnets\/apps/,
      /az role assignment create --assignee YOU --role ROLE --scope .*\/subnets\/apps/,
    ],
    [
      "a right that was given already",
      status(
        "RoleAssignmentExists",
        "The role assignment already exists. The ID of the existing role assignment is 03bb12.",
        CONFLICT,
      ),
      /same right was given by somebody else already/,
      /import azurerm_storage_account\.Datasets .*ends with 03bb12.*az role assignment delete/,
    ],
    [
      "a fresh identity",
      status("PrincipalNotFound", "Principal 1b2c does not exist in the directory 1b2c."),
      /not known everywhere yet/,
      /Run again in a minute/,
    ],
    [
      "a resource provider",
      status(
        "MissingSubscriptionRegistration",
        "The subscription is not registered to use namespace 'Microsoft.App'.",
        CONFLICT,
      ),
      /resource provider Microsoft\.App is not registered/,
      /mlops bootstrap dev/,
    ],
    [
      "a feature",
      status("SubscriptionNotEnabledEncryptionAtHost", "Subscription does not enable EncryptionAtHost."),
      /not asked for the feature Microsoft\.Compute\/EncryptionAtHost/,
      /mlops bootstrap dev/,
    ],
    [
      "a feature, in Compute's words",
      status(
        "InvalidParameter",
        "The property 'securityProfile.encryptionAtHost' is not valid because the 'Microsoft.Compute/EncryptionAtHost' feature is not enabled for this subscription.",
      ),
      /Microsoft\.Compute\/EncryptionAtHost/,
      /mlops bootstrap dev/,
    ],
    [
      "a vault's name that is taken",
      status(
        "VaultAlreadyExists",
        "The vault name 'acme-dev-ml' is already in use. Vault names are globally unique so it is possible that the name is already taken.",
        CONFLICT,
      ),
      /names of this kind are worldwide/,
      /clouds\.azure\.nameSalt/,
    ],
    [
      "a deleted vault",
      status(
        "ConflictError",
        "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault.",
        CONFLICT,
      ),
      /belongs to one that was deleted/,
      /az keyvault recover.*nameSalt/,
    ],
    [
      "a deleted workspace",
      status(
        "Conflict",
        "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete",
        CONFLICT,
      ),
      /belongs to one that was deleted/,
      /Recently deleted/,
    ],
    [
      "an account's name that is taken",
      status("StorageAccountAlreadyTaken", "The storage account named acmedevdata is already taken.", CONFLICT),
      /names of this kind are worldwide/,
      /nameSalt/,
    ],
    [
      "what is there already",
      `A resource with the ID "${SUB}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/one" already exists - to be managed via Terraform this resource needs to be imported into the State.`,
      /exists already.*nothing was changed/,
      new RegExp(
        `terraform -chdir=/out/dev-data import azurerm_storage_account.Datasets ${SUB}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/one`,
      ),
    ],
    [
      "a lock",
      `deleting Storage Account: unexpected status 409 (409 Conflict) with error: ScopeLocked: The scope '${SUB}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/one' cannot perform delete operation because following scope(s) are locked: '${SUB}/resourceGroups/g'. Please remove the lock and try again.`,
      /management lock guards it/,
      /storage\.deletionProtection: false.*az lock list/,
    ],
    [
      "a policy",
      status(
        "RequestDisallowedByPolicy",
        `Resource 'x' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"Allowed locations","id":"/x"}}]'.`,
        "403 (403 Forbidden)",
      ),
      /policy of the organisation forbids it \(Allowed locations\)/,
      /az policy assignment list/,
    ],
    [
      "too many requests",
      status("TooManyRequests", "slow down", "429 (429 Too Many Requests)"),
      /time after time/,
      /Run again in a few minutes/,
    ],
    [
      "a subnet that containers still hold",
      `deleting Subnet: unexpected status 400 (400 Bad Request) with error: InUseSubnetCannotBeDeleted: Subnet apps is in use by ${SUB}/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/apps/serviceAssociationLinks/legionservicelink and cannot be deleted.`,
      /still held by .*legionservicelink: Azure gives the addresses .* back some time after/,
      /Run again in an hour; mlops deploy dev goes on/,
    ],
    [
      "a subnet that a machine uses",
      `deleting Subnet: unexpected status 400 with error: InUseSubnetCannotBeDeleted: Subnet i is in use by ${SUB}/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/n/ipConfigurations/c and cannot be deleted.`,
      /still used by .*networkInterfaces\/n/,
      /Remove that first/,
    ],
    [
      "a private endpoint",
      status("PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled", "x"),
      /private endpoint cannot be made or changed/,
      /private-endpoint-connection list/,
    ],
    [
      "a service that answers inside only",
      status(
        "ForbiddenByConnection",
        "Public network access is disabled and request is not from a trusted service",
        "403 (403 Forbidden)",
      ),
      /inside the environment's network only/,
      /delivery\.runner: network/,
    ],
    [
      "another operation",
      status(
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress.",
        "429 (429 Too Many Requests)",
      ),
      /another change of the same thing/,
      /Run again in a few minutes/,
    ],
    [
      "an operation, in the workspace's words",
      "RESPONSE 409: 409 Conflict ERROR CODE: Conflict Another operation is in progress on the workspace.",
      /another change of the same thing/,
      /Run again/,
    ],
    [
      "a conflict",
      "RESPONSE 409: 409 Conflict ERROR CODE: Conflict the endpoint has deployments",
      /in conflict with what stands there/,
      /correct what the words name/,
    ],
    [
      "patience that ended",
      "polling after CreateOrUpdate: context deadline exceeded",
      /still at it/,
      /activity log; mlops deploy dev/,
    ],
    [
      "a group that holds more",
      `deleting Resource Group "g": the Resource Group still contains Resources. * \`${SUB}/resourceGroups/g/providers/Microsoft.Insights/actionGroups/smart\``,
      /not this environment's: actionGroups\/smart/,
      /az resource list/,
    ],
    [
      "a lost network",
      'Get "https://management.azure.com/subscriptions": dial tcp: lookup management.azure.com: no such host',
      /network was lost/,
      /proxy and the clock/,
    ],
    [
      "a cloud that is down",
      "unexpected status 503 (503 Service Unavailable)",
      /time after time/,
      /Run again in a few minutes/,
    ],
  ])("about %s becomes one sentence and a next step", (_what, text, message, fix) => {
    const words = refusal(text);
    expect(words.message).toMatch(message);
    expect(words.message).toContain("In its words: ");
    expect(words.fix).toMatch(fix);
  });

  test("is not read by Google Cloud's table, nor the other way round", () => {
    const text = "AllocationFailed";
    const { message } = cloudProblem({
      text,
      folder: "/o",
      environment: "dev",
      cloud: "gcp",
      command: "mlops deploy dev",
    });
    expect(message).toBe(text);
    expect(refusal("googleapi: Error 404: gone, notFound").message).toBe("googleapi: Error 404: gone, notFound");
  });
});
