import type { IObjectStore } from "../lib/contracts/object-store";
import type { Provided } from "../lib/contracts/provided";
import type { IWorkloadIdentity } from "../lib/contracts/workload-identity";
import type { OutputValue } from "../lib/core/layer-stack";
import { outputOf, switchedOff, whenProvided } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import type { StackProps } from "./platform-stack";

/** What the services work with. */
interface Parts {
  readonly identity: Provided<IWorkloadIdentity>;
  readonly datasets: Provided<IObjectStore>;
  readonly artifacts: Provided<IObjectStore>;
}

/** The cloud's own services that steps may call, each behind a switch of the config. Gives what the ml layer publishes of them. */
export function mlServices(scope: Construct, { platform, environment }: StackProps, parts: Parts) {
  const { projects, autoMl, pretrainedModels, dataProcessing, dataIntegration } = environment;
  const withoutCode = autoMl.enabled
    ? platform.autoMl(scope, "AutoMl", { projects: projects.map(({ name }) => name) })
    : switchedOff("autoMl.enabled: false");
  const pretrained =
    pretrainedModels.allowed.length > 0
      ? platform.pretrainedModels(scope, "Pretrained", pretrainedModels)
      : switchedOff("pretrainedModels.allowed: []");
  const processing = dataProcessing.enabled
    ? whenProvided({ ...parts }, (provided) => platform.dataProcessing(scope, "Processing", provided))
    : switchedOff("dataProcessing.enabled: false");
  const integration = dataIntegration.enabled
    ? platform.dataIntegration(scope, "Integration")
    : switchedOff("dataIntegration.enabled: false");
  return {
    autoMlReference: outputOf(withoutCode, ({ reference }) => reference),
    pretrainedModelsUri: outputOf(pretrained, ({ uri }) => uri),
    dataProcessingReference: outputOf(processing, ({ reference }) => reference),
    dataIntegrationUri: outputOf(integration, ({ uri }) => uri),
  } satisfies Record<string, OutputValue>;
}
