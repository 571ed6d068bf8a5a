import type { IObjectStore } from "../lib/contracts/object-store";
import type { IOrchestrator } from "../lib/contracts/orchestrator";
import type { Provided } from "../lib/contracts/provided";
import type { IWorkloadIdentity } from "../lib/contracts/workload-identity";
import { whenProvided } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import type { StackProps } from "./platform-stack";

/** What an orchestrator works with. */
interface Parts {
  readonly identity: Provided<IWorkloadIdentity>;
  readonly packages: Provided<IObjectStore>;
  readonly artifacts: Provided<IObjectStore>;
}

/** What runs pipelines: the platform's own orchestrator, unless the config asks for Kubeflow, which is none of its services. */
export function orchestratorOf(scope: Construct, props: StackProps, parts: Parts): Provided<IOrchestrator> {
  const { orchestrator, training } = props.environment;
  if (orchestrator === "kubeflow") {
    return {
      lacking: "Kubeflow Pipelines runs in the cluster's platform layer, which this version does not build yet",
    };
  }
  return whenProvided({ ...parts }, (provided) =>
    props.platform.orchestrator(scope, "Orchestrator", { ...provided, tensorBoard: training.tensorBoard }),
  );
}
