import type { ITraining, TrainingProps } from "../contracts/training";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";
import { acceleratorName } from "./parts/accelerators";

/**
 * The smallest machine of a family that Vertex AI trains on, where it is larger than Compute Engine's.
 * https://cloud.google.com/vertex-ai/docs/training/configure-compute#machine-types
 */
const SMALLEST: Readonly<Record<string, string>> = { "e2-standard-2": "e2-standard-4" };

/**
 * Machines for training steps: made for a job and gone with it, always sized by the cloud, so there is nothing to make and
 * `serverless` has no meaning here.
 *
 * `reference` is JSON with sorted keys, in the words of a Vertex AI custom job:
 * `{"machineSpec":{"acceleratorCount":1,"acceleratorType":"NVIDIA_L4","machineType":"g2-standard-8"},"maxReplicaCount":2,"scheduling":{"strategy":"SPOT"}}`.
 * `machineSpec` goes into each of the job's `workerPoolSpecs`, whose replicas are `maxReplicaCount` together at most, and
 * `scheduling` into its `jobSpec`. https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CustomJobSpec
 */
export class GcpTraining extends Construct implements ITraining {
  readonly reference: string;

  constructor(scope: Construct, id: string, { class: size, max, capacity }: TrainingProps, estate: GcpEstate) {
    super(scope, id);
    const { type, accelerator } = estate.machine(size);
    this.reference = stableJson({
      machineSpec: {
        machineType: SMALLEST[type] ?? type,
        ...(accelerator
          ? { acceleratorType: acceleratorName(accelerator.type), acceleratorCount: accelerator.count }
          : {}),
      },
      maxReplicaCount: max,
      scheduling: { strategy: capacity === "spot" ? "SPOT" : "STANDARD" },
    });
  }
}
