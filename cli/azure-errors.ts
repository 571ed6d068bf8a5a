/** What Azure says when it refuses. */
import { LOGIN_ROWS } from "./entra-errors";
import { guardOf } from "./guards";
import { again, importCommand, type Refusal, type Row, typeOf } from "./refusals";

const QUOTA_PAGE = "https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas";
const BLOB_ROLE = "Storage Blob Data Contributor";
const SALT = "write clouds.azure.nameSalt, a word of your own, which makes new names";

/** The first id of a resource in a text. */
const idIn = (text: string) => /\/subscriptions\/[0-9a-f-]+(?:\/[\w.()-]+)*/i.exec(text)?.[0];

/**
 * Wordings: of the azurerm provider 4.55, azapi 2.12 and azuredevops 1.16 (their sources), and of Azure Resource Manager
 * (https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors). The more
 * particular stands before the more general.
 */
export const AZURE_ROWS: readonly Row[] = [
  ...LOGIN_ROWS,
  {
    says: /ReadOnlyDisabledSubscription|SubscriptionNotFound|InvalidSubscriptionId/,
    means: ([found], { command }) => ({
      message:
        found === "ReadOnlyDisabledSubscription"
          ? "the subscription is disabled: what stands there can only be read"
          : "there is no such subscription for this login",
      fix: `See az account list --all; its account administrator reactivates it, or correct clouds.azure.subscription; ${again(command)}`,
    }),
  },
  {
    says: /SubscriptionNotEnabledEncryptionAtHost|'?Microsoft\.Compute\/EncryptionAtHost'? feature is not enabled|does not enable EncryptionAtHost|feature.{0,80}(?:is not registered|not enabled) for (?:this|the) subscription|FeatureNotRegistered/i,
    means: ({ input }, { environment, command }) => ({
      message: `the subscription has not asked for the feature ${/EncryptionAtHost/i.test(input) ? "Microsoft.Compute/EncryptionAtHost" : "that it needs"}`,
      fix: `Run mlops bootstrap ${environment}, which registers it; ${again(command)}`,
    }),
  },
  {
    says: /MissingSubscriptionRegistration|SubscriptionNotRegistered|MissingRegistrationForType|not registered to use namespace/,
    means: ({ input }, { environment }) => ({
      message: `the resource provider ${/(?:namespace|provider) '?([\w.]+)'?/.exec(input)?.[1] ?? "that it needs"} is not registered`,
      fix: `Run mlops bootstrap ${environment}, and mlops deploy ${environment} again`,
    }),
  },
  {
    says: /ErrCode_InsufficientVCPUQuota|InsufficientVCPUQuota|[Ii]nsufficient (?:regional )?vcpu quota|exceeding approved ([\w ]+?) Cores? quota|QuotaExceeded|exceeds? (?:the )?(?:approved )?quota|Not enough cores|ClusterCoreQuotaReached|SubnetsPerVnetQuota|quota limit/i,
    means: ({ input, 1: approved }, { environment, command }) => {
      const family = approved ?? /family (\w+)/i.exec(input)?.[1];
      const place = /(?:location|region):? '?(\w+)/i.exec(input)?.[1];
      const limit = /Current Limit: (\d+)|left regional vcpu quota (\d+)|remaining (\d+)/i.exec(input);
      const wanted = /Additional Required: (\d+)|requested quota (\d+)|quota requested (\d+)/i.exec(input);
      const number = (found: RegExpExecArray | null) => found?.slice(1).find(Boolean);
      const figures = [
        number(limit) === undefined ? "" : `; ${limit?.[1] ? "its limit is" : "left are"} ${number(limit)}`,
        number(wanted) === undefined ? "" : `, asked for ${number(wanted)}`,
      ].join("");
      const name = family ?? "that of the region's processors";
      return {
        message: `the quota is used up: ${name}${place ? ` in ${place}` : ""}${figures}`,
        fix: `Ask for more at ${QUOTA_PAGE} (filter: ${name}), or lower max of the pool; ${again(command)}. mlops doctor ${environment} lists the quotas`,
      };
    },
  },
  {
    says: /SkuNotAvailable|NotAvailableForSubscription|VM size of \S+ is not allowed|(?:LocationNotAvailableForResourceType|NoRegisteredProviderFound)/,
    means: ({ input }, { environment, command }) => {
      const machine = /\bStandard_\w+/.exec(input)?.[0];
      const place = /location '?(\w+)'?/i.exec(input)?.[1];
      return {
        message: `${machine ?? "what is asked for"} is not offered to this subscription${place ? ` in ${place}` : " there"}`,
        fix: `Choose another class (kubernetes.pools.NAME.class), another machine (overrides.azure.machineTypes), other zones or another region (clouds.azure.zones, clouds.azure.region); mlops doctor ${environment} says what is offered; ${again(command)}`,
      };
    },
  },
  {
    says: /OverconstrainedZonalAllocationRequest|ZonalAllocationFailed|OverconstrainedAllocationRequest|AllocationFailed|do not have sufficient capacity|SpotAllocation|Server is busy.{0,40}capacity/,
    means: (_, { command }) => ({
      message: "Azure has no machine of this kind left there just now (stock-out)",
      fix: `Run again later (${again(command)}), or choose other zones (clouds.azure.zones) or another class (kubernetes.pools.NAME.class)`,
    }),
  },
  {
    says: /LinkedAuthorizationFailed/,
    means: ({ input }, { command }) => {
      const action = /perform action\(?s?\)? '([^']+)' on the linked scope/.exec(input)?.[1];
      const scope = /linked scope\(?s?\)? '([^']+)'/.exec(input)?.[1];
      return {
        message: `the right to use something that it refers to is missing: ${action ?? "an action"} on ${scope ?? "it"}`,
        fix: `An owner of that gives it: az role assignment create --assignee YOU --role ROLE --scope ${scope ?? "SCOPE"} (in a network that exists: Network Contributor on its subnets); ${again(command)}`,
      };
    },
  },
  {
    says: /RoleAssignmentExists/,
    means: ({ input }, refusal) => {
      const found = /ID of the (?:existing )?role assignment is (\w+)/i.exec(input)?.[1];
      return {
        message: "the same right was given by somebody else already; nothing was changed",
        fix: `Take it over (${takeOver(refusal)}${found ? `, which ends with ${found}` : ""}), or delete it: az role assignment delete --ids ID; ${again(refusal.command)}`,
      };
    },
  },
  {
    says: /PrincipalNotFound|RoleDefinitionDoesNotExist|does not exist in the directory/,
    means: (_, { command }) => ({
      message: "an identity or role made just now is not known everywhere yet",
      fix: `Run again in a minute: ${again(command)}; if it stays, the object id of a group or person in the environment's file is wrong`,
    }),
  },
  {
    says: /AuthorizationPermissionMismatch|AuthorizationPermissionDenied|KeyBasedAuthenticationNotPermitted/,
    means: ([found], { environment, command }) => ({
      message:
        found === "KeyBasedAuthenticationNotPermitted"
          ? "the storage account takes no keys, and one was used"
          : "the right to the data itself is missing: roles on a resource do not open what it holds",
      fix:
        found === "KeyBasedAuthenticationNotPermitted"
          ? `Unset ARM_ACCESS_KEY and ARM_SAS_TOKEN, so that the login is used; ${again(command)}`
          : `Run mlops bootstrap ${environment}, which gives ${BLOB_ROLE} on the state; new roles take up to ten minutes to count`,
    }),
  },
  {
    says: /AuthorizationFailed|does not have authorization to perform action|ForbiddenByRbac|Caller is not authorized to perform action|InsufficientPermissions/,
    means: ({ input }, { environment }) => {
      const action = /perform action '?([\w./*]+)'?/.exec(input)?.[1];
      const scope = /over scope '([^']+)'/.exec(input)?.[1];
      return {
        message: `the right to do it is missing${action ? `: ${action}` : ""}${scope ? ` on ${scope}` : ""}`,
        fix: `mlops doctor ${environment} names the roles that are missing; new ones take some minutes to count, and for az only after az login again`,
      };
    },
  },
  {
    says: /RequestDisallowedByPolicy|disallowed by policy/,
    means: ({ input }, { command }) => {
      const policy = /"policyAssignment":\s*\{[^}]*?"name":\s*"([^"]+)"/.exec(input)?.[1];
      return {
        message: `a policy of the organisation forbids it${policy ? ` (${policy})` : ""}`,
        fix: `See az policy assignment list --disable-scope-strict-match; change the environment's file, or have an exemption made; ${again(command)}`,
      };
    },
  },
  {
    says: /ScopeLocked|CanNotDelete|following scope\(?s?\)? are locked/,
    means: ({ input }, refusal) => ({
      message: "a management lock guards it against deletion",
      fix: /are locked: '[^']*\/providers\/Microsoft\.Authorization/i.test(input)
        ? `See az lock list --resource ${idIn(input) ?? "ID"}; ${again(refusal.command)}`
        : `${guardOf(typeOf(refusal)).lift(refusal.environment)}. If it is not this environment's own lock: az lock list --resource ${idIn(input) ?? "ID"}`,
    }),
  },
  {
    says: /the Resource Group still contains Resources|[Ss]till contains (?:the following )?[Rr]esources/,
    means: ({ input }, { command }) => ({
      message: `the resource group still holds things that are not this environment's${listed(input)}`,
      fix: `Look at them (az resource list --resource-group NAME --output table), move or delete them; ${again(command)}`,
    }),
  },
  {
    says: /state blob is already locked|LeaseAlreadyPresent|LeaseIdMissing|already a lease present/,
    means: (_, { folder, command }) => ({
      message: "the state is locked: a lease on its blob is held by another run, or was left by one that died",
      fix: `Wait until it is done; if that process is certainly dead: terraform -chdir=${folder} force-unlock ID, or az storage blob lease break --auth-mode login --account-name ACCOUNT --container-name CONTAINER --blob-name KEY; ${again(command)}`,
    }),
  },
  {
    says: /Failed to get existing workspaces.*(?:404|NotFound|no such host)|ContainerNotFound|(?:retrieving|listing).{0,40}[Ss]torage [Aa]ccount.{0,120}(?:was not found|ResourceNotFound|ResourceGroupNotFound)/,
    means: (_, { environment }) => ({
      message: "the storage account or container of Terraform's state is missing, or cannot be reached",
      fix: `Run mlops bootstrap ${environment}; where the account is closed to the internet, run inside its network`,
    }),
  },
  {
    says: /ForbiddenByConnection|ForbiddenByFirewall|[Pp]ublic network access (?:is disabled|on this)|PublicNetworkAccessDisabled|AuthorizationFailure.{0,80}network/,
    means: (_, { command }) => ({
      message: "it answers inside the environment's network only",
      fix: `Run where its private endpoint is reached (delivery.runner: network); ${again(command)}`,
    }),
  },
  {
    says: /in (?:a )?deleted state|[Ss]oft.?[Dd]eleted|aka\.ms\/wsoftdelete|FlagMustBeSetForRestore|recover or purge|reserved (?:for|because).{0,40}delet/i,
    means: (_, refusal) => ({
      message: "its name belongs to one that was deleted and is kept for a while",
      fix: `Bring that one back (az keyvault recover --name NAME; Azure ML: Recently deleted at https://ml.azure.com) and take it over (${takeOver(refusal)}), wait until it is purged, or ${SALT}`,
    }),
  },
  {
    says: /VaultAlreadyExists|StorageAccountAlreadyTaken|StorageAccountAlreadyExists|AlreadyInUse|ServerNameAlreadyExists|NamespaceUnavailable|NameUnavailable|NameNotAvailable|is already (?:taken|in use)\b|globally unique|DatabaseAccountAlreadyExists/,
    means: () => ({
      message: "its name is taken, maybe by somebody else: names of this kind are worldwide",
      fix: `To make it anew, ${SALT}`,
    }),
  },
  {
    says: /already exists - to be managed via Terraform|needs to be imported|Resource already exists|ResourceAlreadyExists|RequestConflict.{0,80}already exists/,
    means: (_, refusal) => ({
      message: "it exists already, and this environment does not know it; nothing was changed",
      fix: `If it is this environment's (a run was cut off): ${takeOver(refusal)}, and run again. If it is somebody else's: change the environment's name`,
    }),
  },
  {
    says: /(?:InUse\w*CannotBeDeleted|InUseSubnet\w*|SubnetHasServiceAssociationLink|is in use by|CannotDeleteNetwork\w*|InUse\b)/,
    means: ({ input }, { command }) => {
      const user = /(?:in use by|used by) '?(\/subscriptions\/[^\s',]+)/.exec(input)?.[1];
      const lingers =
        /serviceAssociationLinks|legionservicelink|ContainerInstance|managedEnvironments|flexibleServers/i;
      return lingers.test(input)
        ? {
            message: `the subnet is still held${user ? ` by ${user}` : ""}: Azure gives the addresses of containers and databases back some time after the last one is gone`,
            fix: `Run again in an hour; ${again(command)}`,
          }
        : {
            message: `it is still used${user ? ` by ${user}` : ""}`,
            fix: `Remove that first, if it is not this environment's; ${again(command)}`,
          };
    },
  },
  {
    says: /PrivateEndpoint\w*|PrivateLinkService\w*|private endpoint connection/,
    means: ([found], { command }) => ({
      message: `a private endpoint cannot be made or changed (${found})`,
      fix: `What it leads to may still be in the making, or its owner must approve the connection: az network private-endpoint-connection list --id ID; run again in some minutes: ${again(command)}`,
    }),
  },
  {
    says: /AnotherOperationInProgress|OperationPreempted|ConflictingOperation|OperationInProgress|[Aa]nother operation (?:\S+ )?(?:is|on)|operation is (?:already )?in progress|ConcurrentModification|RetryableError|AccountIsNotSucceeded|StorageAccountOperationInProgress|is being (?:created|deleted|updated)/,
    means: (_, { command }) => ({
      message: "another change of the same thing is going on",
      fix: `Run again in a few minutes: ${again(command)}`,
    }),
  },
  {
    says: /polling after \w+.*context deadline exceeded|StillInProgress/,
    means: (_, { command }) => ({
      message: "Azure is still at it: it was not done in the time that Terraform waits",
      fix: `See it in the portal under the resource group's deployments and activity log; ${again(command)}`,
    }),
  },
  {
    says: /unexpected status 409|RESPONSE 409|\bConflict\b/,
    means: (_, { command }) => ({
      message: "it is in conflict with what stands there, or with another change that is going on",
      fix: `Run again in a few minutes: ${again(command)}; if it stays, correct what the words name`,
    }),
  },
  {
    says: /unexpected status 403|RESPONSE 403|StatusCode=403|\bForbidden\b/,
    means: (_, { environment }) => ({
      message: "the right to do it is missing",
      fix: `mlops doctor ${environment} names the roles that are missing; new ones take some minutes to count`,
    }),
  },
  {
    says: /TooManyRequests|SubscriptionRequestsThrottled|unexpected status (?:429|5\d\d)|RESPONSE (?:429|5\d\d)|StatusCode=(?:429|5\d\d)|InternalServerError|ServiceUnavailable|ServerTimeout|GatewayTimeout/,
    means: ([found], { command }) => ({
      message: `Azure answered time after time that it cannot now (${found})`,
      fix: `Run again in a few minutes: ${again(command)}`,
    }),
  },
];

/** Names of resources that a provider lists line by line. */
function listed(input: string): string {
  const ids = [...input.matchAll(/`?(\/subscriptions\/[^\s`]+\/providers\/[^\s`]+)`?/g)].map(([, id = ""]) => id);
  return ids.length === 0 ? "" : `: ${[...new Set(ids.map((id) => id.split("/").slice(-2).join("/")))].join(", ")}`;
}

const PAGES: Readonly<Record<string, string>> = {
  azapi: "Azure/azapi/2.12.0",
  azuredevops: "microsoft/azuredevops/1.16.0",
  azurerm: "hashicorp/azurerm/4.55.0",
};

function takeOver(refusal: Refusal): string {
  const [provider = "", ...type] = typeOf(refusal).split("_");
  const page = `${PAGES[provider] ?? PAGES.azurerm}/docs/resources/${type.join("_")}`;
  return importCommand(refusal, idIn(refusal.text), page);
}
