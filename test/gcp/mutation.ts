/**
 * What of Google Cloud the mutation run looks at. `node --import jiti/register test/gcp/mutation.ts` records the result in
 * mutations.json.
 */
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { GOOGLE, GOOGLE_STACKS } from "../../lib/core/hardening/google";
import { type MutationCloud, record } from "../support/mutation";
import { servedBy, shippedProduction, withEverything } from "../support/shipped";
import { EXCEPTIONS } from "./hardening-exceptions";
import { HARDENING_TABLE } from "./hardening-table";

/** File of the recorded result. */
export const RECORD = join(__dirname, "mutations.json");

/** Name of the environment whose data layer has a MySQL server too. */
const KUBEFLOW = "kubeflow";

/** The shipped production environment with every switch on, once with each way to serve, and once with Kubeflow. */
export function environments(): Environment[] {
  const shipped = shippedProduction("gcp");
  const gcp = { ...shipped.clouds.gcp, securityGroup: "gke-security-groups@acme.example" };
  const everything = withEverything({ ...shipped, clouds: { ...shipped.clouds, gcp } });
  return [
    everything,
    servedBy(everything, "managed"),
    servedBy(everything, "serverless"),
    servedBy(everything, "instance", { auth: "none", replicas: { min: 1, max: 1 } }),
    { ...everything, name: KUBEFLOW, orchestrator: "kubeflow", kubeflow: { tenancy: "shared" } },
  ];
}

/** Google Cloud: beside the whole environment only what serves, and what only Kubeflow has. */
export const GOOGLE_CLOUD: MutationCloud = {
  rules: GOOGLE,
  stackRules: GOOGLE_STACKS,
  table: HARDENING_TABLE,
  exceptions: EXCEPTIONS,
  environments,
  also: (environment) => (environment === KUBEFLOW ? "data" : "serving"),
};

if (process.argv[1]?.endsWith("gcp/mutation.ts")) record(GOOGLE_CLOUD, RECORD);
