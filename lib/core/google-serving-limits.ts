/** What each way of serving cannot do on Google Cloud, as data. Does not load the engine. */
import type { Problem } from "./errors";
import { problemsBeyond, requireWithin, type ServingLimit, type Wish } from "./serving-limits";
import { SIZES } from "./sizes";

/** Most that one instance on Cloud Run has: https://cloud.google.com/run/docs/configuring/services/memory-limits. */
const RUN_LIMITS = { vcpu: 8, memory: 32 } as const;

/** Every limit. */
export const SERVING_LIMITS: readonly ServingLimit[] = [
  {
    target: "kubernetes",
    beyond: ({ expose, host }) => expose === "public" && host === undefined,
    key: "host",
    message: "a public address needs a host name: its certificate is made for one",
    fix: "Give host, or expose: internal",
  },
  {
    target: "managed",
    beyond: ({ auth }) => auth === "oidc",
    key: "auth",
    message: "a Vertex AI endpoint takes the cloud's own identities only, not tokens of an issuer",
    fix: "Use auth: iam, or target: kubernetes",
    instead: { value: "iam" },
  },
  {
    target: "managed",
    beyond: ({ host }) => host !== undefined,
    key: "host",
    message: "a Vertex AI endpoint answers under its own name only",
    fix: "Leave host out, or use target: kubernetes",
    instead: { value: undefined },
  },
  {
    target: "serverless",
    beyond: ({ auth }) => auth !== "iam",
    key: "auth",
    message: "Cloud Run takes the cloud's own identities only: each caller needs the right to invoke the service",
    fix: "Use auth: iam, or target: kubernetes",
    instead: { value: "iam" },
  },
  {
    target: "serverless",
    beyond: ({ host }) => host !== undefined,
    key: "host",
    message: "Cloud Run answers under its own name; another one needs a load balancer, which this target does not make",
    fix: "Leave host out, or use target: kubernetes",
    instead: { value: undefined },
  },
  {
    target: "serverless",
    beyond: ({ class: size }) => {
      const { vcpu, memory, gpu } = SIZES[size];
      return gpu !== undefined || vcpu > RUN_LIMITS.vcpu || memory > RUN_LIMITS.memory;
    },
    key: "class",
    message: `Cloud Run serves on at most ${RUN_LIMITS.vcpu} processors with ${RUN_LIMITS.memory} GiB, and without a GPU here`,
    fix: "Use class: cpu-medium, or target: kubernetes",
  },
  {
    target: "instance",
    beyond: ({ expose }) => expose === "public",
    key: "expose",
    message: "a single machine has no public address",
    fix: "Use expose: internal, or target: serverless",
  },
  {
    target: "instance",
    beyond: ({ auth }) => auth !== "none",
    key: "auth",
    message: "nothing on a single machine asks clients who they are: whoever is in the network may call it",
    fix: "Use auth: none, or target: serverless",
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

/** @throws UserError with everything that Google Cloud cannot do of how production is to be served */
export function requireServable(wish: Wish): void {
  requireWithin(SERVING_LIMITS, wish);
}

/** What Google Cloud cannot do of how production is to be served; empty when it can. */
export function servingProblems(wish: Wish): Problem[] {
  return problemsBeyond(SERVING_LIMITS, wish);
}
