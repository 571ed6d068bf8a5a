/**
 * What of Azure the mutation run looks at. `node --import jiti/register test/azure/mutation.ts` records the result in
 * mutations.json.
 */
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { AZURE, AZURE_STACKS } from "../../lib/core/hardening/azure";
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
  const shipped = shippedProduction("azure");
  const azure = { ...shipped.clouds.azure, people: { ada: "1b2c3d4e-0000-4000-8000-0000000000f1" } };
  const everything = withEverything({ ...shipped, clouds: { ...shipped.clouds, azure } });
  const instance = servedBy(everything, "instance", { auth: "none", replicas: { min: 1, max: 1 } });
  return [
    everything,
    servedBy(everything, "managed"),
    servedBy(everything, "serverless", { auth: "none" }),
    // The one machine has a plain container beside it.
    { ...instance, serving: { ...instance.serving, qa: { ...instance.serving.qa, target: "instance" } } },
    { ...everything, name: KUBEFLOW, orchestrator: "kubeflow", kubeflow: { tenancy: "shared" } },
  ];
}

/** Azure: beside the whole environment only what serves, and what only Kubeflow has. */
export const MICROSOFT_AZURE: MutationCloud = {
  rules: AZURE,
  stackRules: AZURE_STACKS,
  table: HARDENING_TABLE,
  exceptions: EXCEPTIONS,
  environments,
  also: (environment) => (environment === KUBEFLOW ? "data" : "serving"),
};

if (process.argv[1]?.endsWith("azure/mutation.ts")) record(MICROSOFT_AZURE, RECORD);
