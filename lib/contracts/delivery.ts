import type { Construct } from "../framework";

/** How one branch or tag reaches one environment. */
export interface DeliveryRule {
  /** Exact branch name. Exactly one of branch and tag is set. @default - a tag */
  readonly branch?: string;
  /** Tag, or its beginning followed by one `*`: `v*`. @default - a branch */
  readonly tag?: string;
  readonly environment: string;
  readonly deploy: "automatic" | "onMerge" | "approved";
  /** Consecutive good runs of the same package in the environment before. @default 0 */
  readonly afterGoodRuns?: number;
}

/** Where the source code lies, and how a change of it reaches an environment. */
export interface DeliveryProps {
  /** The repository that triggers listen to. @default - none, so that nothing is triggered by code */
  readonly source?: {
    readonly host: "github" | "gitlab" | "bitbucket" | "azureRepos" | "secureSourceManager";
    /** `owner/repository`. */
    readonly repository: string;
    /** Name of a connection that a person has authorised. @default - named by `bootstrap` */
    readonly connection?: string;
  };
  /** How this environment is reached; what is about other environments is left out. */
  readonly rules: readonly DeliveryRule[];
  /** Whose machines build: the cloud's own, or ones inside the environment's network. @default "hosted" */
  readonly runner?: "hosted" | "network";
  /** Patterns of paths; changes that touch nothing else start nothing. @default - every change counts */
  readonly skip?: readonly string[];
}

/** The connection to the source host and one trigger per delivery rule. */
export interface IDelivery extends Construct {
  /** Reference of the connection to the source host. */
  readonly connection: string;
  /** References of the triggers by branch or tag. */
  readonly triggers: Readonly<Record<string, string>>;
}
