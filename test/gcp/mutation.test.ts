/** The hardened values of a production environment are taken away one by one: a rule notices each. */
import { testMutations } from "../support/mutation-suite";
import { GOOGLE_CLOUD, RECORD } from "./mutation";

/** Rules for what these environments do not have. Each is proved by its fixture. */
const IDLE: readonly string[] = [
  // Batches are started by steps, not by Terraform.
  "batch-account",
  "batch-key",
  // Schedules publish to the topic, and call no address.
  "schedule-account",
  // Source code is at another host here.
  "source-private",
  // Networks have no IPv6, and zones are private.
  "subnet-private-ipv6",
  "zone-algorithm",
  "zone-signed",
  // Builds stand in files of the repository, not in triggers.
  "trigger-build-images",
  // The workflow engine is Composer.
  "workflow-account",
  "workflow-key",
];

testMutations({
  cloud: GOOGLE_CLOUD,
  record: RECORD,
  recordedBy: "node --import jiti/register test/gcp/mutation.ts",
  idle: IDLE,
});
