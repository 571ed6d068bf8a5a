import { blocks, type HardeningRule } from "../hardening";
import { EVERY, is, ownAccount, ownKey, shape, text, whenThere } from "./demands";

const TOPICS: readonly HardeningRule[] = [
  {
    id: "topic-key",
    type: "google_pubsub_topic",
    path: "kms_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "Messages wait on disk under no key of ours.",
    refs: ["CKV_GCP_83"],
  },
  {
    id: "subscription-dead-letters",
    type: "google_pubsub_subscription",
    path: "dead_letter_policy.dead_letter_topic",
    demand: {
      wanted: "a topic for what cannot be handled",
      holds: (value) => typeof value === "string" && value !== "",
      wrong: () => [""],
    },
    // What nobody could handle waits there for a person.
    where: ({ name }) => !/undelivered/.test(String(name)),
    why: "A message that always fails would be delivered for days, then be lost.",
    refs: [],
  },
  {
    id: "subscription-stays",
    type: "google_pubsub_subscription",
    path: "expiration_policy.ttl",
    demand: is(""),
    why: "A subscription that nobody used for 31 days is deleted by Google.",
    refs: [],
  },
];

const STARTERS: readonly HardeningRule[] = [
  {
    id: "schedule-account",
    type: "google_cloud_scheduler_job",
    path: "http_target?",
    demand: shape(
      "oauth_token or oidc_token with a service account of its own",
      ({ oauth_token, oidc_token }) =>
        [...blocks(oauth_token), ...blocks(oidc_token)].some(({ service_account_email }) =>
          ownAccount.holds(service_account_email, EVERY),
        ),
      ({ oauth_token: _a, oidc_token: _i, ...target }) => [target],
    ),
    why: "A call without a name cannot be told from a stranger's.",
    refs: [],
  },
  {
    id: "event-account",
    type: "google_eventarc_trigger",
    path: "service_account",
    demand: ownAccount,
    why: "Events would be delivered as an account that may edit the project.",
    refs: [],
  },
  {
    id: "workflow-account",
    type: "google_workflows_workflow",
    path: "service_account",
    demand: ownAccount,
    why: "It would run as an account that may edit the project.",
    refs: [],
  },
  {
    id: "workflow-key",
    type: "google_workflows_workflow",
    path: "crypto_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "Arguments and results of runs would be under no key of ours.",
    refs: [],
  },
  {
    id: "push-account",
    type: "google_pubsub_subscription",
    path: "push_config?.oidc_token.service_account_email",
    demand: ownAccount,
    why: "A call without a name cannot be told from a stranger's.",
    refs: [],
  },
  {
    id: "push-encrypted",
    type: "google_pubsub_subscription",
    path: "push_config?.push_endpoint",
    demand: whenThere(text(/^(https:\/\/|\$\{)/, "an https address", "http://trigger.example")),
    why: "Events and tokens would pass the network in clear text.",
    refs: [],
  },
];

/** Topics, and what starts work: schedules, events, flows, subscriptions that push. */
export const GOOGLE_EVENTS: readonly HardeningRule[] = [...TOPICS, ...STARTERS];
