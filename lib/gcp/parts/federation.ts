/** Whose tokens CI signs in with, and which of them mean planning or deploying. Does not load the engine. */
import type { CiIdentitiesProps } from "../../contracts/ci-identities";
import { type Problem, UserError } from "../../core/errors";

/** A trusted issuer, and the exact subjects of its tokens by what they may do. */
export interface Federation {
  readonly issuer: string;
  /** Audiences of the tokens. @default - the provider's own resource name */
  readonly audiences?: readonly string[];
  /** What becomes the subject, in the Common Expression Language. */
  readonly subject: string;
  /** What else of a token becomes an attribute. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What a token must meet besides having one of the subjects. @default - nothing more */
  readonly condition?: string;
  readonly plan: readonly string[];
  readonly apply: readonly string[];
}

/** Google takes no longer subject: https://cloud.google.com/iam/docs/workload-identity-federation#mapping */
const MAX_SUBJECT_BYTES = 127;
/** No wildcards, and nothing that would end a text in a condition. */
const EXACT = /^[^\s*?'"\\]+$/;

const GITHUB = "https://token.actions.githubusercontent.com";
const ENTRA = /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/;
const AZURE_DEVOPS = /^https:\/\/vstoken\.dev\.azure\.com\/[0-9a-f-]{36}$/;
const ISSUER_FIELD = "delivery.infrastructure.issuer";

/** Who is trusted for a repository, checked. */
export function federationOf(props: CiIdentitiesProps, environment: string, where: string): Federation {
  const federation = props.host === "github" ? github(props, environment) : azureDevOps(props, where);
  const problems = subjectProblems(federation).map((problem) => ({ where, ...problem }));
  if (problems.length > 0) throw new UserError(problems);
  return federation;
}

/**
 * https://docs.github.com/en/actions/reference/openid-connect-reference. A pull request plans; a job in the repository's
 * environment of the same name deploys, after the approvals that are set there. Repositories made after 2026-06-18 have
 * their number in the subject: their subjects are given in the config, and the old ones match no token.
 */
function github(
  { repository, ownerId, repositoryId, planSubjects = [], applySubjects = [] }: CiIdentitiesProps,
  environment: string,
): Federation {
  const conditions = [
    `assertion.repository == '${repository}'`,
    ...(ownerId === undefined ? [] : [`assertion.repository_owner_id == '${ownerId}'`]),
    ...(repositoryId === undefined ? [] : [`assertion.repository_id == '${repositoryId}'`]),
  ];
  return {
    issuer: GITHUB,
    subject: "assertion.sub",
    attributes: { repository: "assertion.repository", repository_owner: "assertion.repository_owner" },
    condition: conditions.join(" && "),
    plan: [`repo:${repository}:pull_request`, ...planSubjects],
    apply: [`repo:${repository}:environment:${environment}`, ...applySubjects],
  };
}

/**
 * A token of Azure DevOps knows its service connection and nothing else. The connection that the config names deploys;
 * one that only plans is another connection, given by its subject, so that no pull request can deploy.
 */
function azureDevOps(props: CiIdentitiesProps, where: string): Federation {
  const { issuer, repository, planSubjects = [], applySubjects = [] } = props;
  if (issuer !== undefined && ENTRA.test(issuer)) {
    return { issuer, ...ENTRA_TOKENS, attributes: {}, plan: planSubjects, apply: applySubjects };
  }
  if (issuer !== undefined && AZURE_DEVOPS.test(issuer)) {
    return {
      issuer,
      audiences: ["api://AzureADTokenExchange"],
      subject: "assertion.sub",
      attributes: {},
      plan: planSubjects,
      apply: [`sc://${repository}`, ...applySubjects],
    };
  }
  throw new UserError({
    where,
    message:
      `${ISSUER_FIELD} is ${issuer === undefined ? "missing" : issuer}: the issuer of Azure DevOps's tokens holds a ` +
      "tenant's id, which does not follow from the repository",
    fix: `Write ${ISSUER_FIELD}: https://login.microsoftonline.com/TENANT-ID/v2.0, as the service connection shows it`,
  });
}

/**
 * Tokens of Microsoft Entra for Azure DevOps: the subject is `/eid1/c/pub/t/TENANT/a/AZURE-DEVOPS/sc/ORGANISATION/CONNECTION`
 * (https://learn.microsoft.com/en-us/azure/devops/pipelines/release/configure-workload-identity), longer than Google
 * takes, so what follows `/sc/` is mapped. What precedes it is Azure DevOps's own application and is held fast here.
 */
const ENTRA_TOKENS = {
  audiences: ["fb60f99c-7a34-4190-8149-302f77469936", "api://AzureADTokenExchange"],
  subject: "assertion.sub.split('/sc/')[1]",
  condition: "assertion.sub.contains('/a/rISbSSETf0KqFyZ8ppdXmA/sc/')",
} as const;

function subjectProblems({ plan, apply }: Federation): Problem[] {
  const all = [...plan, ...apply];
  const inexact = all.filter((subject) => !EXACT.test(subject));
  const long = all.filter((subject) => Buffer.byteLength(subject) > MAX_SUBJECT_BYTES);
  const both = plan.filter((subject) => apply.includes(subject));
  const pulls = apply.filter((subject) => subject.endsWith(":pull_request"));
  return [
    ...inexact.map((subject) => ({
      message: `the subject ${JSON.stringify(subject)} is not exact`,
      fix: "Write one whole subject, without spaces, quotes, * and ?",
    })),
    ...long.map((subject) => ({
      message: `the subject ${subject} has ${Buffer.byteLength(subject)} bytes, at most ${MAX_SUBJECT_BYTES} are allowed`,
      fix: "Choose a shorter name of the repository, environment or connection",
    })),
    ...both.map((subject) => ({
      message: `the subject ${subject} may plan and deploy: one token would be both`,
      fix: "Give it in planSubjects or in applySubjects, not in both",
    })),
    ...pulls.map((subject) => ({
      message: `the subject ${subject} is that of any pull request and may not deploy`,
      fix: "Give it in planSubjects",
    })),
    ...(apply.length === 0
      ? [
          {
            message: "no subject may deploy",
            fix: "Give what follows /sc/ in the service connection's subject, ORGANISATION-ID/CONNECTION-ID, in delivery.infrastructure.applySubjects",
          },
        ]
      : []),
  ];
}
