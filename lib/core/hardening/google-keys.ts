import { asMap, blocks, type HardeningRule } from "../hardening";
import { SECONDS_PER_DAY } from "../time";
import { absent, is, ownKey, seconds, shape, trueInProduction, whenThere } from "./demands";

const KEY = "google_kms_crypto_key";
const SECRET = "google_secret_manager_secret";
const VERSION = "google_secret_manager_secret_version";

/** Keys and secrets. */
export const GOOGLE_KEYS: readonly HardeningRule[] = [
  {
    id: "key-rotation",
    type: KEY,
    path: "rotation_period",
    demand: seconds(SECONDS_PER_DAY, 90 * SECONDS_PER_DAY),
    where: ({ purpose = "ENCRYPT_DECRYPT" }) => purpose === "ENCRYPT_DECRYPT",
    why: "A key that leaks would open all data ever written.",
    refs: ["CKV_GCP_43", "CIS GCP 1.10"],
  },
  {
    id: "key-stays",
    type: KEY,
    path: "lifecycle.prevent_destroy",
    demand: is(true),
    only: "production",
    why: "With the key goes everything that it encrypts.",
    refs: ["CKV_GCP_82"],
  },
  {
    id: "key-ring-stays",
    type: "google_kms_key_ring",
    path: "lifecycle.prevent_destroy",
    demand: is(true),
    only: "production",
    why: "A ring cannot be deleted in the cloud: Terraform would forget it and fail to make it again.",
    refs: [],
  },
  {
    id: "key-destruction-delay",
    type: KEY,
    path: "destroy_scheduled_duration",
    demand: whenThere(seconds(7 * SECONDS_PER_DAY)),
    why: "A key destroyed by mistake has to be noticed before it is gone.",
    refs: [],
  },
  {
    id: "secret-key",
    type: SECRET,
    path: "replication",
    demand: shape(
      "replication under a key of the environment, in each place",
      (replication) => {
        const auto = blocks(replication.auto);
        const replicas = blocks(replication.user_managed).flatMap((managed) => blocks(managed.replicas));
        return [...auto, ...replicas].length > 0 && [...auto, ...replicas].every(underOwnKey);
      },
      ({ user_managed }) => [
        ...blocks(user_managed).flatMap(({ replicas }) =>
          blocks(replicas).map((_, bare) => ({
            user_managed: {
              replicas: blocks(replicas).map((each, at) => (at === bare ? { location: each.location } : each)),
            },
          })),
        ),
        { auto: {} },
      ],
    ),
    only: "ownKeys",
    why: "Secrets would be under no key of ours.",
    refs: [],
  },
  {
    id: "secret-destruction-delay",
    type: SECRET,
    path: "version_destroy_ttl",
    demand: seconds(SECONDS_PER_DAY),
    why: "A version destroyed by mistake could not be had back.",
    refs: [],
  },
  {
    id: "secret-deletion-protection",
    type: SECRET,
    path: "deletion_protection",
    demand: trueInProduction,
    why: "The provider's default is false: a rename would delete the secret with its versions.",
    refs: [],
  },
  {
    id: "secret-value",
    type: VERSION,
    path: "secret_data",
    demand: absent("correct horse"),
    why: "It would stand in state and plan in clear text.",
    refs: [],
  },
  {
    id: "secret-value-written-only",
    type: VERSION,
    path: "secret_data_wo",
    demand: {
      wanted: "the value, by the attribute that is written and never kept",
      holds: (value) => value !== undefined,
      wrong: () => [],
    },
    why: "Any other attribute stands in state and plan in clear text.",
    refs: [],
  },
];

function underOwnKey(place: unknown): boolean {
  return blocks(asMap(place).customer_managed_encryption).some(({ kms_key_name }) =>
    ownKey.holds(kms_key_name, { production: true, ownKeys: true }),
  );
}
