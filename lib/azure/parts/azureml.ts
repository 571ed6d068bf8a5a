/**
 * Bodies of Azure ML's API: environments, components, endpoints, deployments, schedules and monitors, typed after
 * https://learn.microsoft.com/en-us/azure/templates/microsoft.machinelearningservices/2025-12-01/workspaces. Does not load the
 * engine. The vendor's npm package (`@azure/arm-machinelearning` 2.1.1) knows neither published pipelines nor monitors, so
 * the types are written here; `test/providers/azureml.py` holds the bodies against Microsoft's Python library.
 */

/** Version of the API, the one that Microsoft's own library speaks (azure-ai-ml 1.35). */
export const AZURE_ML_API = "2025-12-01";

/** Types below a workspace that bodies are made for here. */
export type AzureMlChild =
  | "batchEndpoints"
  | "batchEndpoints/deployments"
  | "components/versions"
  | "environments/versions"
  | "onlineEndpoints"
  | "onlineEndpoints/deployments"
  | "schedules";

/** Name of a type as `AzapiResource` takes it. */
export function azureMlType<T extends AzureMlChild>(
  child: T,
): `Microsoft.MachineLearningServices/workspaces/${T}@${typeof AZURE_ML_API}` {
  return `Microsoft.MachineLearningServices/workspaces/${child}@${AZURE_ML_API}`;
}

/** An image that steps run in or models are served by. */
export interface EnvironmentBody {
  readonly properties: {
    readonly image: string;
    readonly osType: "Linux";
    readonly isAnonymous: false;
    readonly description: string;
    /** Where the image answers, when it serves models. @default - it runs steps */
    readonly inferenceConfig?: {
      readonly livenessRoute: Route;
      readonly readinessRoute: Route;
      readonly scoringRoute: Route;
    };
  };
}

/** An address of a serving container. */
export interface Route {
  readonly path: string;
  readonly port: number;
}

/** An environment of an image by digest; its version says which. */
export function environmentBody(
  image: string,
  description: string,
  inferenceConfig?: EnvironmentBody["properties"]["inferenceConfig"],
): EnvironmentBody {
  return { properties: { image, osType: "Linux", isAnonymous: false, description, inferenceConfig } };
}

/** What a component takes or gives. Paths are folders or files; the rest is text with a type. */
export interface ComponentPort {
  readonly type: "boolean" | "integer" | "number" | "string" | "uri_file" | "uri_folder";
  /** As text, of whatever type. @default - has to be given */
  readonly default?: string;
  readonly optional?: boolean;
  readonly description?: string;
}

/** A command in an environment, https://learn.microsoft.com/en-us/azure/machine-learning/reference-yaml-component-command. */
export interface CommandSpec {
  readonly $schema: "https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json";
  readonly type: "command";
  readonly name: string;
  readonly version: string;
  readonly display_name: string;
  readonly description: string;
  readonly is_deterministic: boolean;
  /** `azureml:` and the id of an environment's version. */
  readonly environment: string;
  /** With `${{inputs.NAME}}` and `${{outputs.NAME}}`. */
  readonly command: string;
  readonly inputs: Readonly<Record<string, ComponentPort>>;
  readonly outputs: Readonly<Record<string, ComponentPort>>;
}

/** A value that a pipeline hands to one of its steps. */
export interface StepInput {
  /** `${{parent.inputs.NAME}}`, `${{parent.jobs.STEP.outputs.NAME}}`, or the value as text. */
  readonly value: string;
  readonly job_input_type: "literal";
}

/** A step of a pipeline. */
export interface PipelineStep {
  readonly name: string;
  readonly type: "command" | "pipeline";
  /** Id of a component's version. */
  readonly componentId: string;
  /** Name of the compute, when it is not the pipeline's own. @default - the pipeline's */
  readonly computeId?: string;
  readonly inputs: Readonly<Record<string, StepInput>>;
}

/** A pipeline, https://learn.microsoft.com/en-us/azure/machine-learning/reference-yaml-component-pipeline. */
export interface PipelineSpec {
  readonly $schema: "https://azuremlschemas.azureedge.net/latest/pipelineComponent.schema.json";
  readonly type: "pipeline";
  readonly name: string;
  readonly version: string;
  readonly display_name: string;
  readonly inputs: Readonly<Record<string, ComponentPort>>;
  readonly jobs: Readonly<Record<string, PipelineStep>>;
}

/** A component's version. */
export interface ComponentBody<Spec extends object> {
  readonly properties: { readonly componentSpec: Spec; readonly isAnonymous: false; readonly description?: string };
}

/** A component; its name and version stand in the specification too. */
export function componentBody<Spec extends object>(componentSpec: Spec, description?: string): ComponentBody<Spec> {
  return { properties: { componentSpec, isAnonymous: false, description } };
}

/** Where a published pipeline is called. */
export interface BatchEndpointBody {
  readonly properties: { readonly authMode: "AADToken"; readonly description: string };
}

/** An endpoint that takes Entra tokens only. Which deployment answers is said by `defaultDeployment`, once there is one. */
export function batchEndpointBody(description: string): BatchEndpointBody {
  return { properties: { authMode: "AADToken", description } };
}

/** The change that makes a deployment the one that answers. */
export function defaultDeployment(deploymentName: string): {
  readonly properties: { readonly defaults: { readonly deploymentName: string } };
} {
  return { properties: { defaults: { deploymentName } } };
}

/** A pipeline behind an endpoint. */
export interface PipelineDeploymentBody {
  readonly properties: {
    readonly deploymentConfiguration: {
      readonly deploymentConfigurationType: "PipelineComponent";
      readonly componentId: { readonly referenceType: "Id"; readonly assetId: string };
      readonly settings: { readonly default_compute: string; readonly continue_on_step_failure: "false" };
    };
  };
}

/**
 * A pipeline component as an endpoint's deployment.
 * @param component id of its version
 * @param compute name of the compute that its steps run on, `serverless` among them
 */
export function pipelineDeploymentBody(component: string, compute: string): PipelineDeploymentBody {
  return {
    properties: {
      deploymentConfiguration: {
        deploymentConfigurationType: "PipelineComponent",
        componentId: { referenceType: "Id", assetId: component },
        settings: { default_compute: `azureml:${compute}`, continue_on_step_failure: "false" },
      },
    },
  };
}
