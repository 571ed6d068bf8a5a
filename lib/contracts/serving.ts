import type { Construct } from "../framework";
import type { SizeClass } from "./sizes";
import type { IWorkloadIdentity } from "./workload-identity";

/** Where the models' servers stand in a cluster, and the Kubernetes service account that they run as. */
export const SERVING_IN_CLUSTER = { namespace: "serving", serviceAccount: "serving" } as const;

/** How predictions are logged. */
export interface PredictionLogging {
  /** Share of requests that are logged, 0 to 1. */
  readonly sample: number;
  readonly retentionDays: number;
  /** Names of inputs that are left out. */
  readonly redact: readonly string[];
}

/** How models are served, whatever serves them. */
export interface ModelServerProps {
  readonly logging: PredictionLogging;
  /** Who the server runs as. */
  readonly identity: IWorkloadIdentity;
}

/** The scoring service of QA. */
export interface ContainerServiceProps extends ModelServerProps {
  /** A serverless container that is nothing when idle, or one that always runs. @default "container" */
  readonly target?: "container" | "instance";
}

/** What clients call: how large it is, and who may reach it. */
export interface ModelEndpointProps extends ModelServerProps {
  /** What serves the models. `process` is a machine's own, on the local platform. */
  readonly target: "kubernetes" | "managed" | "serverless" | "instance" | "process";
  /** Whether it is reachable from the internet, or in the network only. */
  readonly expose: "internal" | "public";
  /** How clients prove who they are. `none` with `expose: "internal"` only. */
  readonly auth: "none" | "oidc" | "iam";
  /** Issuer of the clients' tokens with `auth: "oidc"`. @default - the platform's own */
  readonly issuer?: string;
  /** Host name that clients call. @default - the address that the platform gives */
  readonly host?: string;
  /** Size of one replica's machine. */
  readonly class: SizeClass;
  /** How many replicas the stable version has at least and at most. */
  readonly replicas: { readonly min: number; readonly max: number };
}

/** The cheap scoring service of QA: like production, on one container or process. */
export interface IContainerService extends Construct {
  /** Address below which it answers, without a trailing slash. */
  readonly uri: string;
}

/** Production serving: a stable and a canary version behind one address, with traffic weights owned by the release. */
export interface IModelEndpoint extends Construct {
  /** Address that clients call; what stands behind it in a request is the target's own. */
  readonly uri: string;
}
