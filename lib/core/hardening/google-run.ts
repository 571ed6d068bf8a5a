import { blocks, type HardeningRule, type Resource } from "../hardening";
import {
  byDigest,
  type Demand,
  EVERY,
  filled,
  is,
  oneOf,
  ownAccount,
  ownKey,
  shape,
  text,
  trueInProduction,
} from "./demands";

const SERVICE = "google_cloud_run_v2_service";
const JOB = "google_cloud_run_v2_job";
const TRIGGER = "google_cloudbuild_trigger";

const SERVICES: readonly HardeningRule[] = [
  {
    id: "run-ingress",
    type: SERVICE,
    path: "ingress",
    demand: oneOf("INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
    only: "production",
    // Pipelines of Vertex AI run in Google's network, from which internal addresses of services are not reached:
    // https://cloud.google.com/run/docs/securing/ingress#settings. Its callers prove who they are, as all do.
    where: ({ name }) => !/(^|-)tracking(-|$)/.test(String(name)),
    why: "The service would answer to the internet.",
    refs: [],
    setting: "serving.production.expose: internal",
  },
  {
    id: "run-ingress-written",
    type: SERVICE,
    path: "ingress",
    demand: text(/^INGRESS_TRAFFIC_/, "from where it is reached", ""),
    why: "The provider's default is everywhere.",
    refs: [],
  },
  {
    id: "run-callers-prove-themselves",
    type: SERVICE,
    path: "invoker_iam_disabled",
    demand: is(false),
    why: "Whoever reaches the service could call it.",
    refs: ["CKV_GCP_102"],
  },
  {
    id: "run-account",
    type: SERVICE,
    path: "template.service_account",
    demand: ownAccount,
    why: "It would run as an account that may edit the project.",
    refs: [],
  },
  {
    id: "run-egress",
    type: SERVICE,
    path: "template.vpc_access.egress",
    demand: oneOf("ALL_TRAFFIC", "PRIVATE_RANGES_ONLY"),
    why: "Its connections would pass the network's rules and logs by.",
    refs: [],
  },
  {
    id: "run-egress-network",
    type: SERVICE,
    path: "template.vpc_access.network_interfaces.subnetwork",
    demand: filled("a subnet of the environment"),
    why: "Its connections would pass the network's rules and logs by.",
    refs: [],
  },
  {
    id: "run-binary-authorization",
    type: SERVICE,
    path: "binary_authorization.use_default",
    demand: is(true),
    why: "Any image could be run, whoever built it.",
    refs: [],
  },
  {
    id: "run-key",
    type: SERVICE,
    path: "template.encryption_key",
    demand: ownKey,
    only: "ownKeys",
    why: "The image's copy would be under no key of ours.",
    refs: [],
  },
  {
    id: "run-image",
    type: SERVICE,
    path: "template.containers.image",
    demand: byDigest,
    why: "Behind a tag the image can change without a release.",
    refs: [],
  },
  {
    id: "run-deletion-protection",
    type: SERVICE,
    path: "deletion_protection",
    demand: trueInProduction,
    why: "A rename would take the service away.",
    refs: [],
  },
];

const JOBS: readonly HardeningRule[] = [
  {
    id: "job-account",
    type: JOB,
    path: "template.template.service_account",
    demand: ownAccount,
    why: "It would run as an account that may edit the project.",
    refs: [],
  },
  {
    id: "job-egress",
    type: JOB,
    path: "template.template.vpc_access.egress",
    demand: oneOf("ALL_TRAFFIC", "PRIVATE_RANGES_ONLY"),
    why: "Its connections would pass the network's rules and logs by.",
    refs: [],
  },
  {
    id: "job-binary-authorization",
    type: JOB,
    path: "binary_authorization.use_default",
    demand: is(true),
    why: "Any image could be run, whoever built it.",
    refs: [],
  },
  {
    id: "job-key",
    type: JOB,
    path: "template.template.encryption_key",
    demand: ownKey,
    only: "ownKeys",
    why: "The image's copy would be under no key of ours.",
    refs: [],
  },
  {
    id: "job-image",
    type: JOB,
    path: "template.template.containers.image",
    demand: byDigest,
    why: "Behind a tag the image can change unnoticed.",
    refs: [],
  },
  {
    id: "job-deletion-protection",
    type: JOB,
    path: "deletion_protection",
    demand: trueInProduction,
    why: "A rename would take the job away.",
    refs: [],
  },
];

const anchored: Demand = text(
  /^\^[^|]+\$$|^\^\([^()]+\)\$$/,
  "a pattern from ^ to $",
  "main",
  "^main",
  "main$",
  "^main|dev$",
);

const TRIGGERS: readonly HardeningRule[] = [
  {
    id: "trigger-account",
    type: TRIGGER,
    path: "service_account",
    demand: ownAccount,
    why: "Builds would run as an account that every other build has too.",
    refs: [],
  },
  {
    id: "trigger-approval",
    type: TRIGGER,
    path: "approval_config.approval_required",
    demand: is(true),
    only: "production",
    where: (trigger) => !isPullRequest(trigger),
    why: "A push would change production without a second pair of eyes.",
    refs: [],
  },
  ...["push", "pull_request"].map(
    (event): HardeningRule => ({
      id: `trigger-${event.replace("_", "-")}`,
      type: TRIGGER,
      path: `repository_event_config?.${event}?`,
      demand: shape(
        "a branch or tag from ^ to $",
        ({ branch, tag }) =>
          [branch, tag].filter((each) => each !== undefined).length === 1 && anchored.holds(branch ?? tag, EVERY),
        ({ branch, tag, ...rest }) => [
          rest,
          ...anchored
            .wrong(branch ?? tag, EVERY)
            .map((wrong) => (branch === undefined ? { ...rest, tag: wrong } : { ...rest, branch: wrong })),
        ],
      ),
      why: "The pattern main is found in maintenance and in not-main too.",
      refs: [],
    }),
  ),
  {
    id: "trigger-strangers",
    type: TRIGGER,
    path: "repository_event_config?.pull_request?.comment_control",
    demand: oneOf("COMMENTS_ENABLED", "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY"),
    why: "A stranger's fork would be built, with the rights of the build.",
    refs: [],
  },
  {
    id: "trigger-build-images",
    type: TRIGGER,
    path: "build?.step.name",
    demand: byDigest,
    why: "A changed builder image would build with our rights.",
    refs: [],
  },
  {
    id: "build-pool-private",
    type: "google_cloudbuild_worker_pool",
    path: "worker_config.no_external_ip",
    demand: is(true),
    why: "Build machines would have addresses in the internet.",
    refs: ["CKV_GCP_86"],
  },
];

function isPullRequest({ repository_event_config }: Resource): boolean {
  return blocks(repository_event_config).some(({ pull_request }) => pull_request !== undefined);
}

/** What runs containers and builds. */
export const GOOGLE_RUN: readonly HardeningRule[] = [...SERVICES, ...JOBS, ...TRIGGERS];
