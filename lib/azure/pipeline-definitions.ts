import type {
  IPipelineDefinitions,
  PipelineDefinition,
  PipelineDefinitionsProps,
} from "../contracts/pipeline-definitions";
import { escapeTemplate } from "../core/escape";
import { sha256, stableJson } from "../core/hash";
import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import type { AzureEstate } from "./estate";
import { AZURE_ML_API } from "./parts/azureml";
import { AzurePublishedPipeline } from "./published-pipeline";

/** Digits of the digest that is a version. */
const DIGEST = 16;

/** A version of a data asset, https://learn.microsoft.com/en-us/azure/templates/microsoft.machinelearningservices/workspaces/data/versions. */
interface DataVersion {
  readonly properties: {
    readonly dataType: "uri_folder";
    readonly dataUri: string;
    readonly description: string;
    readonly isAnonymous: false;
    readonly properties: Readonly<Record<string, string>>;
  };
}

/**
 * Each project's published pipeline, and its settings as a data asset of the workspace, `definition-PROJECT`. The asset is the folder
 * `definitions/PROJECT` of the packages, where `mlops pipeline deploy` puts compiled pipelines, and its properties are the settings, each
 * as JSON. So they get there by Azure's management API: the containers are private, and Terraform writes nothing into them.
 *
 * The version is a digest of the content: a change is a new version, and runs that have begun keep what they began with.
 */
export class AzurePipelineDefinitions extends Construct implements IPipelineDefinitions {
  readonly settings: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    { definitions }: PipelineDefinitionsProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    this.settings = Object.fromEntries(definitions.map((definition) => [definition.project, this.add(definition)]));
  }

  /** Returns `azureml:NAME:VERSION`. */
  private add(definition: PipelineDefinition): string {
    const { estate } = this;
    const { project, parameters } = definition;
    new AzurePublishedPipeline(this, project, definition, estate);
    const asset = estate.name("mlData", `definition-${project}`);
    const version = sha256(stableJson(parameters)).slice("sha256:".length, "sha256:".length + DIGEST);
    new AzapiResource<DataVersion>(
      this,
      `settings-${project}`,
      {
        type: `Microsoft.MachineLearningServices/workspaces/data/versions@${AZURE_ML_API}`,
        name: version,
        parentId: `${estate.workspaceId}/data/${asset}`,
        body: {
          properties: {
            dataType: "uri_folder",
            dataUri: `${estate.containerUri("packages")}/definitions/${project}/`,
            description: `Settings of ${project} in ${estate.settings.environment}`,
            isAnonymous: false,
            properties: Object.fromEntries(
              Object.entries(parameters).map(([name, value]) => [name, escapeTemplate(stableJson(value))]),
            ),
          },
        },
        lifecycle: { createBeforeDestroy: true },
      },
      estate,
    );
    return `azureml:${asset}:${version}`;
  }
}
