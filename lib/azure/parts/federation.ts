/** Whose tokens CI signs in to Azure with, and which of them mean planning or deploying. Does not load the engine. */
import type { CiIdentitiesProps } from "../../contracts/ci-identities";
import {
  type CiSubjects,
  DEVOPS_ISSUERS,
  GITHUB_ISSUER,
  githubSubjects,
  issuerUnknown,
  subjectProblems,
} from "../../core/ci-subjects";
import { type Problem, UserError } from "../../core/errors";

/** A trusted issuer, and the exact subjects of its tokens by what they may do. */
export interface Federation extends CiSubjects {
  readonly issuer: string;
}

/** https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations */
export const MAX_CREDENTIALS = 20;
/** https://learn.microsoft.com/en-us/graph/api/resources/federatedidentitycredential */
const MAX_SUBJECT_BYTES = 600;
/** What follows `/sc/` in a subject: who the organisation is, and which of its service connections. */
const CONNECTION = /^[0-9a-f-]{36}\/[0-9a-f-]{36}$/;
/** Azure DevOps's own application, 499b84ac-1321-427f-aa17-267ca6975798, as subjects name it. */
const DEVOPS_APPLICATION = "rISbSSETf0KqFyZ8ppdXmA";

/** Who is trusted for a repository, checked. */
export function federationOf(props: CiIdentitiesProps, environment: string, where: string): Federation {
  const federation =
    props.host === "github"
      ? { issuer: GITHUB_ISSUER, ...githubSubjects(props, environment) }
      : azureDevOps(props, where);
  const problems = [...unheard(props), ...subjectProblems(federation, MAX_SUBJECT_BYTES), ...tooMany(federation)];
  if (problems.length > 0) throw new UserError(problems.map((problem) => ({ where, ...problem })));
  return federation;
}

/**
 * A token of Azure DevOps knows its service connection and nothing else. The connection that the config names deploys;
 * one that only plans is another connection, given by its subject, so that no pull request can deploy.
 */
function azureDevOps(props: CiIdentitiesProps, where: string): Federation {
  const { issuer, repository, planSubjects = [], applySubjects = [] } = props;
  const tenant = DEVOPS_ISSUERS.entra.exec(issuer ?? "")?.[1];
  if (issuer !== undefined && tenant !== undefined) {
    const whole = (subject: string) => entraSubject(tenant, subject, where);
    return { issuer, plan: planSubjects.map(whole), apply: applySubjects.map(whole) };
  }
  if (issuer !== undefined && DEVOPS_ISSUERS.organisation.test(issuer)) {
    return { issuer, plan: planSubjects, apply: [`sc://${repository}`, ...applySubjects] };
  }
  throw issuerUnknown(where, issuer);
}

/**
 * The whole of it is `/eid1/c/pub/t/TENANT/a/AZURE-DEVOPS/sc/ORGANISATION-ID/CONNECTION-ID`
 * (https://learn.microsoft.com/en-us/azure/devops/pipelines/release/configure-workload-identity). The config has what
 * follows `/sc/`, on every cloud; the rest follows from the issuer.
 */
function entraSubject(tenant: string, connection: string, where: string): string {
  if (CONNECTION.test(connection)) return `/eid1/c/pub/t/${encodedId(tenant)}/a/${DEVOPS_APPLICATION}/sc/${connection}`;
  throw new UserError({
    where,
    message: `the subject ${JSON.stringify(connection)} names no service connection of Azure DevOps`,
    fix: "Give what follows /sc/ in the service connection's subject: ORGANISATION-ID/CONNECTION-ID",
  });
}

/** An id as Microsoft Entra writes it in subjects: the bytes of its first three groups reversed, in base64 for addresses. */
export function encodedId(id: string): string {
  const bytes = id.split("-").flatMap((group, index) => {
    const octets = group.match(/../g) ?? [];
    return index < 3 ? octets.reverse() : octets;
  });
  return Buffer.from(bytes.join(""), "hex").toString("base64url");
}

/** Entra compares a token's issuer, audience and subject, and looks at nothing else in it. */
function unheard({ ownerId, repositoryId }: CiIdentitiesProps): Problem[] {
  return Object.entries({ ownerId, repositoryId }).flatMap(([field, value]) =>
    value === undefined
      ? []
      : [
          {
            message: `${field} is ${value}: Microsoft Entra compares the subject of a token and does not look at its numbers`,
            fix: `Have GitHub put the numbers into the subject, give those subjects in planSubjects and applySubjects, and leave ${field} out`,
          },
        ],
  );
}

/** Whoever signs in names one identity, so more of them would not help. */
function tooMany(federation: CiSubjects): Problem[] {
  return (["plan", "apply"] as const).flatMap((role) => {
    const count = new Set(federation[role]).size;
    return count <= MAX_CREDENTIALS
      ? []
      : [
          {
            message: `${count} subjects may ${role === "plan" ? "plan" : "deploy"}, an identity of Azure trusts at most ${MAX_CREDENTIALS}`,
            fix: `Take some out of ${role}Subjects: a GitHub environment or a service connection may be shared by many pipelines`,
          },
        ];
  });
}
