import type {
  IPipelineDefinitions,
  PipelineDefinition,
  PipelineDefinitionsProps,
} from "../contracts/pipeline-definitions";
import { escapeTemplate } from "../core/escape";
import { sha256, stableJson } from "../core/hash";
import { Construct } from "../framework";
import { StorageBucketObject } from "./bindings";
import type { GcpEstate } from "./estate";

/** Digits of the digest in a name. */
const DIGEST = 16;
/** A name with a digest never means anything else. */
const FOREVER = "private, max-age=31536000, immutable";

/**
 * The settings of each project and, when it comes with the estate, its compiled pipeline, as objects under
 * `definitions/PROJECT/` of the packages' bucket. Names hold a digest of the content, so a change is a new object and runs
 * that have begun keep what they began with. An object that is no longer named is deleted; the bucket keeps it as an
 * earlier version.
 */
export class GcpPipelineDefinitions extends Construct implements IPipelineDefinitions {
  readonly settings: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    { definitions }: PipelineDefinitionsProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    this.settings = Object.fromEntries(definitions.map((definition) => [definition.project, this.add(definition)]));
  }

  private add({ project, parameters, compiled }: PipelineDefinition): string {
    const settings = `${stableJson(parameters, 2)}\n`;
    if (compiled !== undefined) this.put(`pipeline-${project}`, project, "pipeline", "yaml", compiled);
    return this.put(`settings-${project}`, project, "settings", "json", settings);
  }

  private put(id: string, project: string, what: string, ending: "json" | "yaml", text: string): string {
    const digest = sha256(text).slice("sha256:".length, "sha256:".length + DIGEST);
    const bucket = this.estate.bucket("packages");
    const name = `definitions/${project}/${what}-${digest}.${ending}`;
    new StorageBucketObject(this, id, {
      bucket,
      name,
      content: escapeTemplate(text),
      contentType: `application/${ending}`,
      cacheControl: FOREVER,
      lifecycle: { createBeforeDestroy: true },
    });
    return `gs://${bucket}/${name}`;
  }
}
