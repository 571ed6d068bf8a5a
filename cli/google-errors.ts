/** What Google Cloud says when it refuses. */
import { guardOf } from "./guards";
import { again, importCommand, type Refusal, type Row, typeOf } from "./refusals";

/**
 * Wordings: of the google provider 6.50 (its source), and of the APIs (https://cloud.google.com/apis/design/errors). The more
 * particular stands before the more general.
 */
export const GOOGLE_ROWS: readonly Row[] = [
  {
    says: /deletion_protection(?:_enabled)?\b.{0,40}(?:set to true|=\s*false)|without setting.{0,20}deletion_protection|deletion protection is enabled/i,
    means: (_, refusal) => ({
      message: "it is guarded against deletion (deletion_protection)",
      fix: guardOf(typeOf(refusal)).lift(refusal.environment),
    }),
  },
  {
    says: /force_destroy|delete_contents_on_destroy|is still in use and cannot be deleted because it contains|Dataset \S+ is still in use/,
    means: (_, refusal) => ({
      message: "it still holds data, and is guarded against being deleted with it",
      fix: guardOf(typeOf(refusal)).lift(refusal.environment),
    }),
  },
  {
    says: /subnetwork resource '\S+' is already being used by '\S+\/serverless-ipv4-\S+'/,
    means: (_, { command }) => ({
      message:
        "Cloud Run still holds addresses of the subnet: it gives them back an hour or two after its last service is gone",
      fix: `Run again in two hours; ${again(command)}`,
    }),
  },
  {
    says: /network resource 'projects\/([^/']+)\/global\/networks\/([^/']+)' is already being used by '([^']+)'/,
    means: ([, project, network, user], { command }) => ({
      message: `the network is still used by ${user}`,
      fix: `Remove that first; if it is the peering with Google's managed services, whose databases are gone: gcloud compute networks peerings delete servicenetworking-googleapis-com --network=${network} --project=${project}; ${again(command)}`,
    }),
  },
  {
    says: /ZONE_RESOURCE_POOL_EXHAUSTED|GCE_STOCKOUT|does not have enough resources available|ZonalAllocationFailed|resource pool exhausted/i,
    means: ({ input }, { command }) => {
      const zone = /zones\/([a-z0-9-]+)/.exec(input)?.[1];
      return {
        message: `Google has no machine of this kind left${zone ? ` in ${zone}` : " there"} just now (stock-out)`,
        fix: `Run again later (${again(command)}), or choose other zones (clouds.gcp.zones) or another class (kubernetes.pools.NAME.class)`,
      };
    },
  },
  {
    says: /Quota '?([\w-]+)'? exceeded\.?\s*(?:Limit: ([\d.]+)( in \w+ [\w-]+)?)?|Insufficient (?:regional |project )?quota to satisfy request: resource "(\w+)"[^.]*?(?:short '([\d.]+)')?|Quota exceeded for quota metric '([^']+)'|quotaExceeded|QUOTA_EXCEEDED/i,
    means: ([, metric, limit, place, resource, short, other], { command, environment }) => {
      const name = metric ?? resource ?? other ?? "one that Google does not name";
      const figures = limit
        ? `; its limit is ${Number(limit)}${place ?? ""}`
        : short
          ? `; ${Number(short)} too few`
          : "";
      return {
        message: `the quota is used up: ${name}${figures}`,
        fix: `Ask for more at https://console.cloud.google.com/iam-admin/quotas (filter: ${name}), or lower max of the pool or service; ${again(command)}. mlops doctor ${environment} lists the quotas`,
      };
    },
  },
  {
    says: /has not been used in project \S+ before or it is disabled|SERVICE_DISABLED|accessNotConfigured/,
    means: ({ input }, { environment }) => {
      const api = /([a-z0-9-]+\.googleapis\.com)(?:\/overview|\b)/.exec(input)?.[1];
      return {
        message: `the API ${api ?? "that it needs"} is not enabled`,
        fix: `Run mlops bootstrap ${environment}, then mlops deploy ${environment} --layer foundation, which enables the rest. If it was enabled just now, wait a minute and run again`,
      };
    },
  },
  {
    says: /requires billing to be enabled|BILLING_DISABLED|billing account.{0,40}(?:disabled|closed|not found)/i,
    means: (_, { command }) => ({
      message: "the project has no open billing account",
      fix: `Link one: gcloud billing projects link PROJECT --billing-account=ACCOUNT; ${again(command)}`,
    }),
  },
  {
    says: /could not find default credentials|invalid_grant|invalid_rapt|reauth related error|Error 401|ACCESS_TOKEN_EXPIRED|token expired and refresh token is not set|invalid authentication credentials/i,
    means: (_, { command }) => ({
      message: "nobody is logged in, or the login has expired",
      fix: `Run gcloud auth login && gcloud auth application-default login (or give a fresh GOOGLE_OAUTH_ACCESS_TOKEN); ${again(command)}`,
    }),
  },
  {
    says: /storage: bucket doesn't exist|Failed to get existing workspaces.*(?:notFound|404)|The specified bucket does not exist/,
    means: (_, { environment }) => ({
      message: "the bucket of Terraform's state is missing",
      fix: `Run mlops bootstrap ${environment}`,
    }),
  },
  {
    says: /(projects\/[\w-]+\/locations\/([\w-]+)\/connections\/([\w-]+))\S* was not found/,
    means: ([, , region = "", name = ""], { text, command }) => ({
      message: `there is no connection ${name} to the source host in ${region}`,
      fix: `A person makes and authorises it once, with that name and region, at https://console.cloud.google.com/cloud-build/connections?project=${/projects\/([\w-]+)/.exec(text)?.[1] ?? ""}, or name another as delivery.source.connection; ${again(command)}`,
    }),
  },
  {
    says: /[Ss]ervice account (service-\S+@\S+?) does not exist|service agent.{0,60}(?:not exist|not found)/,
    means: ([, agent], { command, environment }) => ({
      message: `the service agent ${agent ?? "of the service"} is not there yet`,
      fix: `Run mlops bootstrap ${environment}, which makes it; ${again(command)}`,
    }),
  },
  {
    says: /cryptoKeyVersions\.useTo(?:En|De)crypt|does not have permission to (?:use|access).{0,20}(?:KMS|crypto)? ?key/i,
    means: (_, { environment }) => ({
      message: "the service's agent may not use the key",
      fix: `Run mlops bootstrap ${environment} and mlops deploy ${environment} --layer foundation, which grants it; rights on keys take a few minutes to count`,
    }),
  },
  {
    says: /constraints?\/([\w.]+)|Organization Policy|orgpolicy/i,
    means: ([, constraint], { command }) => ({
      message: `a policy of the organisation forbids it${constraint ? ` (${constraint})` : ""}`,
      fix: `See it with gcloud org-policies describe ${constraint ?? "CONSTRAINT"} --effective --project=PROJECT; change the environment's file, or have an exception made; ${again(command)}`,
    }),
  },
  {
    says: /operation.{0,40}(?:in progress|already running)|OPERATION_IN_PROGRESS|There were concurrent policy changes|operationInProgress/i,
    means: (_, { command }) => ({
      message: "another change of the same thing is going on",
      fix: `Run again in a few minutes: ${again(command)}`,
    }),
  },
  {
    says: /in a deleted state|soft.?deleted|can't reuse the name|unavailable for reuse|marked for deletion|pending deletion|state: ?DELETED/i,
    means: (_, refusal) => ({
      message: "its name belongs to one that was deleted and is kept for a while",
      fix: `Bring that one back and take it over (${takeOver(refusal)}), wait until it is gone, or change the names: organisation, or the environment's name`,
    }),
  },
  {
    says: /already exists|alreadyExists|ALREADY_EXISTS|already own it|requested bucket name is not available|needs to be imported/i,
    means: ({ input }, refusal) =>
      /requested bucket name is not available/i.test(input)
        ? {
            message: "the bucket's name is taken, maybe by somebody else: names of buckets are worldwide",
            fix: "Change the organisation or the environment's name, which make new names",
          }
        : {
            message: "it exists already, and this environment does not know it; nothing was changed",
            fix: `If it is this environment's (a run was cut off): ${takeOver(refusal)}, and run again. If it is somebody else's: change the environment's name`,
          },
  },
  {
    says: /Error 409/,
    means: (_, { command }) => ({
      message: "it is in conflict with what stands there, or with another change that is going on",
      fix: `Run again in a few minutes: ${again(command)}; if it stays, correct what the words name`,
    }),
  },
  {
    says: /Error 403|PERMISSION_DENIED|does not have permission|forbidden|Permission '[\w.]+' denied|Required '[\w.]+' permission/i,
    means: ({ input }, { environment }) => {
      const permission = /(?:Permission|Required) '([\w.]+)'|does not have ([\w.]+) access/
        .exec(input)
        ?.slice(1)
        .find(Boolean);
      return {
        message: `the right to do it is missing${permission ? `: ${permission}` : ""}`,
        fix: `mlops doctor ${environment} names the roles that are missing; new ones take a minute or two to count`,
      };
    },
  },
  {
    says: /Error 5\d\d|backendError|UNAVAILABLE|Internal error encountered|Error 429|rateLimitExceeded/,
    means: ([found], { command }) => ({
      message: `the cloud answered time after time that it cannot now (${found})`,
      fix: `Run again in a few minutes: ${again(command)}`,
    }),
  },
];

function takeOver(refusal: Refusal): string {
  const named = /['"]?((?:projects|organizations|billingAccounts)\/[\w./:@-]+\w)/.exec(refusal.text)?.[1];
  const type = typeOf(refusal).replace(/^google_/, "");
  return importCommand(refusal, named, `hashicorp/google/6.50.0/docs/resources/${type}`);
}
