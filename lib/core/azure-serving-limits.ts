/** What each way of serving cannot do on Azure, as data. Does not load the engine. */
import type { ContainerServiceProps } from "../contracts/serving";
import { type Problem, UserError } from "./errors";
import { problemsBeyond, requireWithin, type ServingLimit, type Wish } from "./serving-limits";
import { SIZES } from "./sizes";

/** Most that one replica on Container Apps has: https://learn.microsoft.com/en-us/azure/container-apps/containers#allocations. */
export const APP_LIMITS = { vcpu: 4, memory: 8 } as const;

/** Every limit of production. */
export const AZURE_SERVING_LIMITS: readonly ServingLimit[] = [
  {
    target: "kubernetes",
    beyond: ({ expose, host }) => expose === "public" && host === undefined,
    key: "host",
    message: "a public address needs a host name: its certificate is made for one",
    fix: "Give host, or expose: internal",
  },
  {
    target: "managed",
    beyond: ({ auth }) => auth !== "iam",
    key: "auth",
    message:
      "an Azure ML endpoint takes tokens of Entra only; its other ways to log in are keys, which nobody has here",
    fix: "Use auth: iam, or target: kubernetes",
    instead: { value: "iam" },
  },
  {
    target: "managed",
    beyond: ({ host }) => host !== undefined,
    key: "host",
    message: "an Azure ML endpoint answers under its own name only",
    fix: "Leave host out, or use target: kubernetes",
    instead: { value: undefined },
  },
  {
    // https://learn.microsoft.com/en-us/azure/container-apps/networking: an environment is reached from inside or from everywhere.
    target: "serverless",
    beyond: ({ expose }) => expose === "public",
    key: "expose",
    message: "Container Apps stand in an environment inside the network, which has no public address",
    fix: "Use expose: internal, or target: managed",
  },
  {
    // https://learn.microsoft.com/en-us/azure/container-apps/authentication: by an application registered in Entra, with a secret.
    target: "serverless",
    beyond: ({ auth }) => auth !== "none",
    key: "auth",
    message: "Container Apps do not ask clients who they are without an application that somebody registers in Entra",
    fix: "Use auth: none, which admits the network only, or target: managed",
    instead: { value: "none" },
  },
  {
    target: "serverless",
    beyond: ({ host }) => host !== undefined,
    key: "host",
    message:
      "a container app answers under its own name; another one needs a certificate, which this target does not make",
    fix: "Leave host out, or use target: kubernetes",
    instead: { value: undefined },
  },
  {
    target: "serverless",
    beyond: ({ class: size }) => {
      const { vcpu, memory, gpu } = SIZES[size];
      return gpu !== undefined || vcpu > APP_LIMITS.vcpu || memory > APP_LIMITS.memory;
    },
    key: "class",
    message: `a container app serves on at most ${APP_LIMITS.vcpu} processors with ${APP_LIMITS.memory} GiB, and without a GPU here`,
    fix: "Use class: cpu-small, or target: kubernetes",
  },
  {
    target: "instance",
    beyond: ({ expose }) => expose === "public",
    key: "expose",
    message: "a single machine has no public address",
    fix: "Use expose: internal, or target: managed",
  },
  {
    target: "instance",
    beyond: ({ auth }) => auth !== "none",
    key: "auth",
    message: "nothing on a single machine asks clients who they are: whoever is in the network may call it",
    fix: "Use auth: none, or target: managed",
    instead: { value: "none" },
  },
  {
    target: "instance",
    beyond: ({ replicas }) => replicas.min !== 1 || replicas.max !== 1,
    key: "replicas",
    message: "a single machine is one replica",
    fix: "Use replicas: { min: 1, max: 1 }, or target: serverless",
    instead: { value: { min: 1, max: 1 } },
  },
  {
    target: "instance",
    beyond: ({ class: size }) => SIZES[size].gpu !== undefined,
    key: "class",
    message: "a single machine serves on processors only",
    fix: "Use class: cpu-medium, or target: kubernetes",
  },
];

/** How QA is to serve, and where. */
export interface QaWish {
  readonly target: NonNullable<ContainerServiceProps["target"]>;
  /** Whether the network reaches the internet, outwards. */
  readonly internet: boolean;
}

/** Something that one way of serving QA cannot do. */
export interface QaLimit {
  readonly target: QaWish["target"];
  readonly beyond: (wish: QaWish) => boolean;
  /** Path in the environment's file. */
  readonly path: readonly string[];
  readonly message: string;
  readonly fix: string;
}

/**
 * Every limit of QA. Container Instances inside a network, as of 2026-07-25: images come from the private registry by a managed
 * identity, and probes are asked; there is no scaling to nothing, no name, no TLS, no IPv6 and no GPU, the address is another
 * one after each start, and the only way out is a NAT gateway. Container Apps have a name with TLS, revisions that share the
 * traffic, and cost nothing while nobody asks: so they are the default.
 * https://learn.microsoft.com/en-us/azure/container-instances/container-instances-virtual-network-concepts
 */
export const AZURE_QA_LIMITS: readonly QaLimit[] = [
  {
    target: "instance",
    beyond: ({ internet }) => !internet,
    path: ["serving", "qa", "target"],
    message:
      "Container Instances inside a network reach out by a NAT gateway only, and there is none with network.internet: false",
    fix: "Use target: container, or network.internet: true",
  },
];

/** @throws UserError with everything that Azure cannot do of how production is to be served */
export function requireServableOnAzure(wish: Wish): void {
  requireWithin(AZURE_SERVING_LIMITS, wish);
}

/** What Azure cannot do of how production is to be served; empty when it can. */
export function azureServingProblems(wish: Wish): Problem[] {
  return problemsBeyond(AZURE_SERVING_LIMITS, wish);
}

/** @throws UserError with everything that Azure cannot do of how QA is to be served */
export function requireQaOnAzure(wish: QaWish): void {
  const problems = AZURE_QA_LIMITS.filter(({ target, beyond }) => target === wish.target && beyond(wish)).map(
    ({ path, message, fix }) => ({ where: path.join("."), message, fix }),
  );
  if (problems.length > 0) throw new UserError(problems);
}
