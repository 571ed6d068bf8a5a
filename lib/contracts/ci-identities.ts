import type { Construct } from "../framework";

/** The repository whose pipelines plan and deploy the environment. */
export interface CiIdentitiesProps {
  /** Where it is hosted; says which issuer the federation trusts. */
  readonly host: "github" | "azureRepos";
  /** `owner/repository`; `organisation/project/service connection` on Azure DevOps. */
  readonly repository: string;
  /**
   * Issuer of Azure DevOps's tokens, as the service connection shows it: `https://login.microsoftonline.com/TENANT/v2.0`,
   * or `https://vstoken.dev.azure.com/ORGANISATION-ID`, which ends on 2027-07-01. @default - GitHub's
   */
  readonly issuer?: string;
  /** Numbers of owner and repository at GitHub: a name that is freed and taken by a stranger is then refused. @default - names only */
  readonly ownerId?: number;
  readonly repositoryId?: number;
  /** Exact subjects that may plan besides those that follow from host and repository. @default - none */
  readonly planSubjects?: readonly string[];
  /** Exact subjects that may deploy besides those that follow from host and repository. @default - none */
  readonly applySubjects?: readonly string[];
}

/** Who plans and who deploys the environment: two identities without keys, by federation with exact subjects. */
export interface ICiIdentities extends Construct {
  /** Reads everything, changes nothing. */
  readonly plan: string;
  /** Deploys this environment and nothing else. */
  readonly apply: string;
  /** What a CI job names to sign in: an identity provider's resource name, or a client id. */
  readonly provider: string;
}
