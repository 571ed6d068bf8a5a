/**
 * Synthesizes so many buckets in one stack: `ours` through the platform with every rule, `bare` by the binding alone with the
 * same attributes. Run as a process of its own: `many.ts ours|bare COUNT FOLDER`.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LayerStack } from "../lib/core/layer-stack";
import { PolicyReview } from "../lib/core/policies";
import { RULES } from "../lib/core/rules";
import { App, Aspects, GcsBackend } from "../lib/framework";
import { GoogleProvider, StorageBucket } from "../lib/gcp/bindings";
import { GcpPlatform } from "../lib/gcp/platform";
import { PRODUCTION } from "../test/gcp/support";

const [which = "ours", count = "100", outdir = "cdktf.out"] = process.argv.slice(2);
mkdirSync(outdir, { recursive: true });
const app = new App({ outdir, stackTraces: false });
const stack = new LayerStack(app, { environment: "many", layer: "data" });

if (which === "ours") {
  const platform = new GcpPlatform(PRODUCTION);
  platform.attachTo(stack, "data");
  const review = new PolicyReview(RULES);
  Aspects.of(stack).add(review);
  for (let index = 0; index < Number(count); index++)
    platform.objectStore(stack, `Store-${index}`, { purpose: "datasets" });
  app.synth();
  const json = JSON.parse(readFileSync(join(outdir, "stacks/many-data/cdk.tf.json"), "utf8"));
  review.read({ name: "many-data", json }, { userText: [], production: true, ownKeys: true });
  review.verdict([], "2026-01-01");
} else {
  new GcsBackend(stack, { bucket: "many", prefix: "many" });
  new GoogleProvider(stack, "Google", { project: "many", region: "asia-northeast3" });
  for (let index = 0; index < Number(count); index++) {
    new StorageBucket(stack, `Store-${index}`, {
      name: `acme-many-datasets-${index}`,
      location: "asia-northeast3",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      forceDestroy: false,
      labels: { organisation: "acme", environment: "many", layer: "data", owner: "nobody", "managed-by": "bench" },
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: 604800 },
      encryption: { defaultKmsKeyName: "projects/many/locations/asia-northeast3/keyRings/many/cryptoKeys/storage" },
      logging: { logBucket: "many-access-logs" },
      lifecycleRule: [
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30 } },
        { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
      ],
    });
  }
  app.synth();
}
