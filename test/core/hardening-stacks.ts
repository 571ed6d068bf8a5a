/** Stacks that keep and that break rules about stacks as a whole. */
import type { Resource } from "../../lib/core/hardening";
import type { StackJson } from "../../lib/core/protected";

/** By the id of the rule; each stack that breaks it does so once. */
export type Cases = Readonly<Record<string, { readonly keeps: StackJson; readonly breaks: readonly StackJson[] }>>;

/** A stack with one resource. */
export const alone = (type: string, resource: Resource): StackJson => ({ resource: { [type]: { it: resource } } });

const DENY_OUT = { direction: "EGRESS", destination_ranges: ["0.0.0.0/0"], deny: [{ protocol: "all" }] };
const DENY_IN = { direction: "INGRESS", source_ranges: ["0.0.0.0/0"], deny: [{ protocol: "all" }] };
const network = (rules: Readonly<Record<string, Resource>>): StackJson => ({
  resource: { google_compute_network: { it: {} }, google_compute_firewall: rules },
});

/** Of Google Cloud. */
export const GOOGLE_CASES: Cases = {
  "no-unsafe-type": {
    keeps: { resource: { google_storage_bucket_iam_member: { it: {} }, google_logging_project_sink: { it: {} } } },
    breaks: [
      "google_service_account_key",
      "google_storage_hmac_key",
      "google_project_iam_binding",
      "google_project_iam_policy",
      "google_storage_bucket_acl",
      "google_storage_default_object_access_control",
      "google_bigquery_dataset_access",
    ].map((type) => alone(type, {})),
  },
  "images-by-digest": {
    keeps: alone("google_thing", {
      image: `asia-northeast3-docker.pkg.dev/acme/images/serving@sha256:${"a".repeat(64)}`,
      repository: "asia-northeast3-docker.pkg.dev/acme/images",
      boot: { image: "projects/cos-cloud/global/images/cos-stable" },
    }),
    breaks: ["asia-northeast3-docker.pkg.dev/acme/images/serving:1", "gcr.io/acme/serving"].map((image) =>
      alone("google_thing", { containers: [{ image }] }),
    ),
  },
  "network-default-deny": {
    keeps: network({ out: DENY_OUT, in: DENY_IN }),
    breaks: [
      network({ in: DENY_IN }),
      network({ out: DENY_OUT }),
      network({ out: { ...DENY_OUT, destination_ranges: ["10.0.0.0/8"] }, in: DENY_IN }),
      network({ out: { ...DENY_OUT, deny: undefined, allow: [{ protocol: "all" }] }, in: DENY_IN }),
    ],
  },
};
