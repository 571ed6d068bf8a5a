import { labelsFor } from "../core/labels";
import { LayerStack } from "../core/layer-stack";
import type { Construct } from "../framework";
import { GcpNames } from "./parts/names";

/** An environment on Google Cloud as its constructs see it: names, addresses and labels. */
export class GcpEstate extends GcpNames {
  /** Labels of a resource that stands in this scope. */
  labels(scope: Construct): Record<string, string> {
    const { organisation, environment, owner, labels } = this.settings;
    const { layer } = LayerStack.ofLayer(scope);
    return labelsFor("gcp", { organisation, environment, layer, owner, additional: labels });
  }
}
