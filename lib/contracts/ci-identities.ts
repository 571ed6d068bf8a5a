import type { Construct } from "../framework";

/** The repository whose pipelines plan and deploy the environment. */
export interface CiIdentitiesProps {
  /** Where it is hosted; says which issuer the federation trusts. */
  readonly host: "github" | "azureRepos";
  /** `owner/repository`; with `azureRepos` `organisation/project/service connection`. */
  readonly repository: string;
  /** Issuer of the host's tokens, for hosts that have one for each customer. @default - the host's one issuer */
  readonly issuer?: string;
  /** The owner's number at the host: a name that is freed and taken by a stranger is then refused. @default - the name only */
  readonly ownerId?: number;
  /** The repository's number at the host, for the same reason. @default - the name only */
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
  /** What a CI job names to sign in: an identity provider's resource name, or the tenant. */
  readonly provider: string;
}
