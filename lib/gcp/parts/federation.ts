/** Whose tokens CI signs in with, and which of them mean planning or deploying. Does not load the engine. */
import type { CiIdentitiesProps } from "../../contracts/ci-identities";
import { DEVOPS_ISSUERS, GITHUB_ISSUER, githubSubjects, issuerUnknown, subjectProblems } from "../../core/ci-subjects";
import { UserError } from "../../core/errors";

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

/** Who is trusted for a repository, checked. */
export function federationOf(props: CiIdentitiesProps, environment: string, where: string): Federation {
  const federation = props.host === "github" ? github(props, environment) : azureDevOps(props, where);
  const problems = subjectProblems(federation, MAX_SUBJECT_BYTES).map((problem) => ({ where, ...problem }));
  if (problems.length > 0) throw new UserError(problems);
  return federation;
}

/** A token has claims besides its subject, which are looked at too. */
function github(props: CiIdentitiesProps, environment: string): Federation {
  const { repository, ownerId, repositoryId } = props;
  const conditions = [
    `assertion.repository == '${repository}'`,
    ...(ownerId === undefined ? [] : [`assertion.repository_owner_id == '${ownerId}'`]),
    ...(repositoryId === undefined ? [] : [`assertion.repository_id == '${repositoryId}'`]),
  ];
  return {
    issuer: GITHUB_ISSUER,
    subject: "assertion.sub",
    attributes: { repository: "assertion.repository", repository_owner: "assertion.repository_owner" },
    condition: conditions.join(" && "),
    ...githubSubjects(props, environment),
  };
}

/**
 * A token of Azure DevOps knows its service connection and nothing else. The connection that the config names deploys;
 * one that only plans is another connection, given by its subject, so that no pull request can deploy.
 */
function azureDevOps(props: CiIdentitiesProps, where: string): Federation {
  const { issuer, repository, planSubjects = [], applySubjects = [] } = props;
  if (issuer !== undefined && DEVOPS_ISSUERS.entra.test(issuer)) {
    return { issuer, ...ENTRA_TOKENS, attributes: {}, plan: planSubjects, apply: applySubjects };
  }
  if (issuer !== undefined && DEVOPS_ISSUERS.organisation.test(issuer)) {
    return {
      issuer,
      audiences: ["api://AzureADTokenExchange"],
      subject: "assertion.sub",
      attributes: {},
      plan: planSubjects,
      apply: [`sc://${repository}`, ...applySubjects],
    };
  }
  throw issuerUnknown(where, issuer);
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
