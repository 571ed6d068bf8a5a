/** The bucket of Terraform's state, as it must be. */

import { isDeepStrictEqual } from "node:util";
import { type Json, object } from "../../core/json";
import { labelsFor } from "../../core/labels";
import type { GcpSettings } from "../parts/settings";

/** Days an overwritten state is kept, and how many are kept however old they are. */
const KEPT = { days: 90, versions: 20 } as const;

/** The settings that are held to, as the API takes them (https://cloud.google.com/storage/docs/json_api/v1/buckets). */
export function desiredBucket({ organisation, environment, owner, labels }: GcpSettings): Json {
  return {
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: "enforced" },
    versioning: { enabled: true },
    lifecycle: {
      rule: [
        {
          action: { type: "Delete" },
          // Both must hold: of a state that rarely changes the last versions stay.
          condition: { daysSinceNoncurrentTime: KEPT.days, numNewerVersions: KEPT.versions },
        },
      ],
    },
    labels: labelsFor("gcp", { organisation, environment, owner, layer: "foundation", additional: labels }),
  };
}

/** Paths of settings that are not as they must be. What the bucket has beyond them is left alone. */
export function differences(found: Json, wanted: Json, prefix = ""): readonly string[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const inner = object(value);
    if (inner !== undefined) return differences(object(found[key]) ?? {}, inner, `${path}.`);
    return isDeepStrictEqual(found[key], value) ? [] : [path];
  });
}
