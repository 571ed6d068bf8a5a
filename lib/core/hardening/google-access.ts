import { asMap, type HardeningRule, type Resource, type StackRule } from "../hardening";
import { leaves } from "../walk";
import { is, shape, text } from "./demands";

const MEMBERS = /^google_\w+_iam_member$/;

/** Basic roles: they hold thousands of rights, https://cloud.google.com/iam/docs/roles-overview#basic */
const BASIC = /^roles\/(owner|editor|viewer)$/;

/** Roles with which one acts as another account; on a project they count for each account in it. */
const IMPERSONATION =
  /^roles\/(iam\.(serviceAccountTokenCreator|serviceAccountUser|serviceAccountOpenIdTokenCreator|serviceAccountKeyAdmin|workloadIdentityUser)|owner|editor)$/;

const PUBLIC = /^(allUsers|allAuthenticatedUsers)$/;

const GRANTS: readonly HardeningRule[] = [
  {
    id: "grant-not-public",
    type: MEMBERS,
    path: "member",
    demand: {
      wanted: "somebody by name",
      holds: (value) => typeof value === "string" && value !== "" && !PUBLIC.test(value),
      wrong: () => ["allUsers", "allAuthenticatedUsers", ""],
    },
    why: "Anybody, or anybody with a Google account, would have the right.",
    refs: [
      "CKV_GCP_28",
      "CKV_GCP_99",
      "CKV_GCP_101",
      "CKV_GCP_102",
      "CKV_GCP_112",
      "CKV2_GCP_6",
      "CKV2_GCP_8",
      "CKV2_GCP_9",
      "CIS GCP 1.9",
      "CIS GCP 5.1",
    ],
  },
  {
    id: "grant-no-default-account",
    type: MEMBERS,
    path: "member",
    demand: {
      wanted: "an account of its own",
      holds: (value) =>
        !/-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$/.test(String(value)),
      wrong: () => ["serviceAccount:100000000009-compute@developer.gserviceaccount.com"],
      optional: true,
    },
    why: "Whatever was started without an account would have the right too.",
    refs: ["CKV_GCP_46", "CIS GCP 4.1"],
  },
  {
    id: "grant-no-basic-role",
    type: MEMBERS,
    path: "role",
    demand: {
      wanted: "a role for the purpose (not owner, editor or viewer)",
      holds: (value) => typeof value === "string" && value !== "" && !BASIC.test(value),
      wrong: () => ["roles/owner", "roles/editor", "roles/viewer"],
    },
    why: "A basic role holds thousands of rights.",
    refs: ["CKV_GCP_117", "CIS GCP 1.5"],
  },
  {
    id: "grant-no-impersonation",
    type: "google_project_iam_member",
    path: "role",
    demand: {
      wanted: "no role that acts as other accounts: grant it on the one account",
      holds: (value) => !IMPERSONATION.test(String(value)),
      wrong: () => ["roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser"],
      optional: true,
    },
    why: "On the project it counts for each account there is and will be.",
    refs: ["CKV_GCP_41", "CKV_GCP_49", "CIS GCP 1.6"],
  },
  {
    id: "workload-exact-subject",
    type: "google_service_account_iam_member",
    path: "member",
    demand: {
      wanted: "one subject by its full name",
      holds: (value) => !/^principalSet:|\*/.test(String(value)),
      wrong: () => ["principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*"],
      optional: true,
    },
    where: ({ role }) => role === "roles/iam.workloadIdentityUser",
    why: "Every repository of the same host could become this account.",
    refs: ["CKV_GCP_125"],
  },
];

/**
 * What tells tokens apart: their subject. That of Microsoft Entra for Azure DevOps is longer than Google takes; what
 * follows `/sc/` is the service connection, and what precedes it is the same for all connections of a tenant.
 */
const SUBJECTS: readonly unknown[] = ["assertion.sub", "assertion.sub.split('/sc/')[1]"];
/** One subject, or one of several, by their whole texts. */
const EXACT =
  /^assertion\.sub(?:\.split\('\/sc\/'\)\[1\])?\s*(?:==\s*'[^'*]+'|in\s*\[\s*'[^'*]+'(\s*,\s*'[^'*]+')*\s*\])$/;

/**
 * Whether a condition lets in whole subjects only. Whatever else of a token is asked, like its repository or its branch, may
 * narrow that and cannot stand for it: a stranger can have the same branch.
 */
function isExact(condition: string): boolean {
  const plain = withoutParentheses(condition.trim());
  const choices = parts(plain, "||");
  if (choices.length > 1) return choices.every(isExact);
  const demands = parts(plain, "&&");
  return demands.length > 1 ? demands.some(isExact) : EXACT.test(plain);
}

/** A condition divided at an operator that stands outside of parentheses and texts. */
function parts(condition: string, operator: "||" | "&&"): string[] {
  let depth = 0;
  let quoted = false;
  let from = 0;
  const found: string[] = [];
  for (let at = 0; at < condition.length; at++) {
    const sign = condition[at];
    if (sign === "'") quoted = !quoted;
    if (quoted) continue;
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    if (depth !== 0 || !condition.startsWith(operator, at)) continue;
    found.push(condition.slice(from, at));
    from = at + operator.length;
  }
  return [...found, condition.slice(from)];
}

/** Without the parentheses around the whole of it. */
function withoutParentheses(condition: string): string {
  if (!condition.startsWith("(") || !condition.endsWith(")")) return condition;
  const inner = condition.slice(1, -1);
  let depth = 0;
  for (const sign of inner) {
    if (sign === "(") depth++;
    if (sign === ")" && --depth < 0) return condition;
  }
  return withoutParentheses(inner.trim());
}

const FEDERATION: readonly HardeningRule[] = [
  {
    id: "federation-exact-subject",
    type: "google_iam_workload_identity_pool_provider",
    path: "attribute_condition",
    demand: {
      wanted: "assertion.sub == '…', or in ['…'], with whole subjects",
      holds: (value) => typeof value === "string" && isExact(value),
      wrong: () => [
        "assertion.repository == 'acme/ml'",
        "assertion.sub.startsWith('repo:acme/')",
        "assertion.sub == 'repo:acme/*'",
        "assertion.sub == 'repo:acme/ml:ref:refs/heads/main' || assertion.ref == 'refs/heads/main'",
        "(assertion.sub == 'repo:acme/ml:pull_request' || true) && assertion.repository == 'acme/ml'",
        "!(assertion.sub == 'repo:acme/ml:pull_request')",
        "",
      ],
    },
    why: "A token of a foreign repository or branch would be let in.",
    refs: ["CKV_GCP_118", "CKV_GCP_125"],
  },
  {
    id: "federation-subject",
    type: "google_iam_workload_identity_pool_provider",
    path: "attribute_mapping",
    demand: shape(
      "google.subject = assertion.sub",
      (mapping) => SUBJECTS.includes(mapping["google.subject"]),
      ({ "google.subject": _, ...mapping }) => [mapping, { ...mapping, "google.subject": "assertion.workflow" }],
    ),
    why: "Grants to subjects would count for whoever chooses the claim.",
    refs: ["CKV_GCP_118"],
  },
  {
    id: "federation-issuer",
    type: "google_iam_workload_identity_pool_provider",
    path: "oidc.issuer_uri",
    demand: text(/^https:\/\/[^*]+$/, "an https issuer", "http://issuer.example", ""),
    why: "Tokens could be forged on the way.",
    refs: [],
  },
];

/**
 * Rights with which one becomes another account. To attach one to a workload (actAs) is part of deploying: who makes the
 * accounts of an environment and decides about their policies could give it to itself.
 */
const TOKENS =
  /\*|^iam\.serviceAccounts\.(getAccessToken|getOpenIdToken|signBlob|signJwt|implicitDelegation)$|^iam\.serviceAccountKeys\.create$/;

const PROJECT: readonly HardeningRule[] = [
  {
    id: "service-stays-enabled",
    type: "google_project_service",
    path: "disable_on_destroy",
    demand: is(false),
    why: "Destroying one environment would turn the service off for everybody in the project.",
    refs: [],
  },
  {
    id: "custom-role-no-tokens",
    type: "google_project_iam_custom_role",
    path: "permissions",
    demand: {
      wanted: "rights by name, none that makes tokens of other accounts",
      holds: (value) => Array.isArray(value) && value.length > 0 && !value.some((right) => TOKENS.test(String(right))),
      wrong: () => [[], ["*"], ["iam.serviceAccounts.getAccessToken"], ["iam.serviceAccounts.signJwt"]],
    },
    why: "The right to become any account hides in a role of another name.",
    refs: ["CIS GCP 1.6"],
  },
];

/** Types that are not used, and what is used instead. */
const UNUSED: readonly (readonly [type: RegExp, why: string, fix: string])[] = [
  [
    /^google_service_account_key$/,
    "a key of an account does not expire and stands in the state",
    "Use workload identity, or federation for what runs elsewhere",
  ],
  [
    /^google_storage_hmac_key$/,
    "a key of an account does not expire and stands in the state",
    "Use the account's tokens",
  ],
  [
    /^google_\w+_iam_(binding|policy)$/,
    "it takes away what others granted",
    "Use the additive type of the same name that ends in _iam_member",
  ],
  [
    /^google_storage_(bucket|default_object|object)_(acl|access_control)$/,
    "rights on objects are seen by no review",
    "Use google_storage_bucket_iam_member",
  ],
  [/^google_bigquery_dataset_access$/, "it takes away what others granted", "Use google_bigquery_dataset_iam_member"],
];

/** Keys of values that name an image. */
const IMAGE_KEY = /^(image|image_uri|container_image|image_name)$/;
const IMAGE = /^[\w.-]*(gcr\.io|pkg\.dev)\/[^\s:@]+(:[\w.-]+)?$/;

/** What no stack may hold. */
export const GOOGLE_ACCESS_STACKS: readonly StackRule[] = [
  {
    id: "no-unsafe-type",
    why: "Account keys never expire; authoritative grants and object rights take away or hide what others granted.",
    refs: ["CKV2_GCP_3", "CIS GCP 1.4"],
    check: ({ resource = {} }) =>
      Object.entries(resource).flatMap(([type, byId]) =>
        UNUSED.filter(([unused]) => unused.test(type)).flatMap(([, why, fix]) =>
          Object.keys(byId).map((id) => ({ address: `${type}.${id}`, message: `${type} is not used: ${why}`, fix })),
        ),
      ),
  },
  {
    id: "images-by-digest",
    why: "Behind a tag the image can change without a release.",
    refs: [],
    check: ({ resource = {} }) =>
      Object.entries(resource).flatMap(([type, byId]) =>
        Object.entries(byId).flatMap(([id, body]) =>
          imagesByTag(asMap(body)).map((path) => ({
            address: `${type}.${id}`,
            message: `${path} names an image by its tag, behind which it can change without a release`,
            fix: "Name it by digest: NAME@sha256:…",
          })),
        ),
      ),
  },
];

function imagesByTag(resource: Resource): string[] {
  return leaves(resource)
    .filter(({ key, value }) => IMAGE_KEY.test(key) && IMAGE.test(String(value)))
    .map(({ path }) => path);
}

/** Who may do what. */
export const GOOGLE_ACCESS: readonly HardeningRule[] = [...GRANTS, ...FEDERATION, ...PROJECT];
