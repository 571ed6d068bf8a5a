/** Exact subjects of the tokens that CI signs in with. Does not load the engine. */
import type { CiIdentitiesProps } from "../contracts/ci-identities";
import { type Problem, UserError } from "./errors";

/** Who issues the tokens of GitHub's jobs. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
/** Issuers of the tokens of Azure DevOps: Microsoft Entra, and before it the organisation itself. */
export const DEVOPS_ISSUERS = {
  entra: /^https:\/\/login\.microsoftonline\.com\/([0-9a-f-]{36})\/v2\.0$/,
  organisation: /^https:\/\/vstoken\.dev\.azure\.com\/[0-9a-f-]{36}$/,
} as const;

/** Subjects by what their tokens may do. */
export interface CiSubjects {
  readonly plan: readonly string[];
  readonly apply: readonly string[];
}

/** No wildcards, and nothing that would end a text in a condition. */
const EXACT = /^[^\s*?'"\\]+$/;
const ISSUER_FIELD = "delivery.infrastructure.issuer";

/**
 * https://docs.github.com/en/actions/reference/openid-connect-reference. A pull request plans; a job in the repository's
 * environment of the same name deploys, after the approvals that are set there. Repositories made after 2026-06-18 have
 * their number in the subject: their subjects are given in the config, and the old ones match no token.
 */
export function githubSubjects(
  { repository, planSubjects = [], applySubjects = [] }: CiIdentitiesProps,
  environment: string,
): CiSubjects {
  return {
    plan: [`repo:${repository}:pull_request`, ...planSubjects],
    apply: [`repo:${repository}:environment:${environment}`, ...applySubjects],
  };
}

/** The issuer does not follow from the repository. */
export function issuerUnknown(where: string, issuer: string | undefined): UserError {
  return new UserError({
    where,
    message:
      `${ISSUER_FIELD} is ${issuer === undefined ? "missing" : issuer}: the issuer of Azure DevOps's tokens holds a ` +
      "tenant's id, which does not follow from the repository",
    fix: `Write ${ISSUER_FIELD}: https://login.microsoftonline.com/TENANT-ID/v2.0, as the service connection shows it`,
  });
}

/** What is wrong with subjects: inexact, too long, of both, or of any pull request; or nobody may deploy. */
export function subjectProblems({ plan, apply }: CiSubjects, maxBytes: number): Problem[] {
  const all = [...plan, ...apply];
  const inexact = all.filter((subject) => !EXACT.test(subject));
  const long = all.filter((subject) => Buffer.byteLength(subject) > maxBytes);
  const both = plan.filter((subject) => apply.includes(subject));
  const pulls = apply.filter((subject) => subject.endsWith(":pull_request"));
  return [
    ...inexact.map((subject) => ({
      message: `the subject ${JSON.stringify(subject)} is not exact`,
      fix: "Write one whole subject, without spaces, quotes, * and ?",
    })),
    ...long.map((subject) => ({
      message: `the subject ${subject} has ${Buffer.byteLength(subject)} bytes, at most ${maxBytes} are allowed`,
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
