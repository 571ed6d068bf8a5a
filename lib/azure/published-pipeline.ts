import { parse } from "yaml";
import type { PipelineDefinition } from "../contracts/pipeline-definitions";
import { escapeTemplates } from "../core/escape";
import { sha256 } from "../core/hash";
import { object } from "../core/json";
import { Construct } from "../framework";
import { AzapiResource, AzapiUpdate } from "./azapi";
import type { AzureEstate } from "./estate";
import {
  azureMlType,
  type BatchEndpointBody,
  batchEndpointBody,
  componentBody,
  defaultDeployment,
  type PipelineDeploymentBody,
  pipelineDeploymentBody,
} from "./parts/azureml";

/** Digits of a digest in a version. */
const DIGEST = 12;
/** Bounds of a component's name: letters, digits, underscores. */
const WORD = /[^A-Za-z0-9_]/g;

/** Where a project's published pipeline is called: POST with an Entra token, from the environment's network. */
export function publishedPipelineUri(estate: AzureEstate, project: string): string {
  return `https://${endpointName(estate, project)}.${estate.settings.region}.inference.ml.azure.com/jobs`;
}

/** Id of the endpoint, the scope of the right to call it (`AzureML Data Scientist`). */
export function publishedPipelineId(estate: AzureEstate, project: string): string {
  return `${estate.workspaceId}/batchEndpoints/${endpointName(estate, project)}`;
}

function endpointName(estate: AzureEstate, project: string): string {
  return estate.name("mlEndpoint", project);
}

/**
 * A project's pipeline as something to call: a batch endpoint, and the compiled pipeline as a component behind it. A new compilation is
 * a new version of the component and a new deployment; the endpoint then answers with that, and its address stays. Runs that have begun
 * keep what they began with. https://learn.microsoft.com/en-us/azure/machine-learning/concept-endpoints-batch#pipeline-component-deployment
 *
 * Without a compiled pipeline the endpoint stands and answers that it has no deployment, until `mlops pipeline deploy` gives it one.
 */
export class AzurePublishedPipeline extends Construct {
  /** Where it is called. */
  readonly uri: string;
  /** Id of the pipeline component's version; undefined until it is compiled. */
  readonly component: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    { project, compiled }: PipelineDefinition,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { region } = estate.settings;
    this.uri = publishedPipelineUri(estate, project);
    const endpoint = new AzapiResource<BatchEndpointBody>(
      this,
      "Endpoint",
      {
        type: azureMlType("batchEndpoints"),
        name: endpointName(estate, project),
        parentId: estate.workspaceId,
        location: region,
        tags: estate.tags(this),
        body: batchEndpointBody(`Runs the pipeline of ${project}`),
      },
      estate,
    );
    this.component = compiled === undefined ? undefined : this.deploy(endpoint, project, compiled);
  }

  private deploy(endpoint: AzapiResource<BatchEndpointBody>, project: string, compiled: string): string {
    const { estate } = this;
    const name = project.replace(WORD, "_");
    const version = sha256(compiled).slice("sha256:".length, "sha256:".length + DIGEST);
    const parentId = `${estate.workspaceId}/components/${name}`;
    const component = new AzapiResource(
      this,
      "Component",
      {
        type: azureMlType("components/versions"),
        name: version,
        parentId,
        body: componentBody({ ...specification(project, compiled), name, version }, `Pipeline of ${project}`),
        lifecycle: { createBeforeDestroy: true },
      },
      estate,
    );
    // A deployment's name is a word of its own: it begins with a letter.
    const deployment = `p${version}`;
    const behind = new AzapiResource<PipelineDeploymentBody>(
      this,
      "Deployment",
      {
        type: azureMlType("batchEndpoints/deployments"),
        name: deployment,
        parentId: endpoint.id,
        location: estate.settings.region,
        tags: estate.tags(this),
        body: pipelineDeploymentBody(component.id, estate.shared("trainingCompute")),
        lifecycle: { createBeforeDestroy: true },
      },
      estate,
    );
    new AzapiUpdate(
      this,
      "Answers",
      {
        type: azureMlType("batchEndpoints"),
        of: endpoint.id,
        body: defaultDeployment(deployment),
        dependsOn: [behind],
      },
      estate,
    );
    return `${parentId}/versions/${version}`;
  }
}

/** The pipeline component that a compiler wrote, as YAML or JSON, in the API's words. */
function specification(project: string, compiled: string): Readonly<Record<string, unknown>> {
  const spec = object(parse(compiled));
  // `${{inputs.NAME}}` is Azure ML's and not Terraform's.
  if (spec?.type === "pipeline") return escapeTemplates(spec);
  throw new Error(`the compiled pipeline of ${project} is no pipeline component of Azure ML`);
}
