import type { Construct } from "../framework";
import type { IObjectStore } from "./object-store";

/** One project's pipeline as it is deployed with the estate. */
export interface PipelineDefinition {
  readonly project: string;
  /** Settings by dotted name that replace those of the project's settings file. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The compiled pipeline's text. @default - it is uploaded by `mlops pipeline deploy` */
  readonly compiled?: string;
}

/** Where the definitions go. */
export interface PipelineDefinitionsProps {
  readonly packages: IObjectStore;
  readonly definitions: readonly PipelineDefinition[];
}

/** The bundled pipelines and their settings as versioned objects. */
export interface IPipelineDefinitions extends Construct {
  /** Addresses of the settings by project. */
  readonly settings: Readonly<Record<string, string>>;
}
