import { labelsFor } from "../core/labels";
import { LayerStack } from "../core/layer-stack";
import type { Construct } from "../framework";
import { AzureNames } from "./parts/names";

/**
 * Values that only Azure knows, by what they are of. `clusterIssuer`: who issues the tokens of the cluster's service accounts.
 * `clusterPrincipal`: object id of whom the environment's own cluster acts as. `clusterKey`: address, with its version, of the key that encrypts what the cluster keeps. `encryptionClientId` and
 * `encryptionPrincipal`: client and object id of the identity that unwraps the environment's own keys. `trainingCompute`: what a job
 * of Azure ML names to get machines.
 */
export type SharedValue =
  | "clusterIssuer"
  | "clusterKey"
  | "clusterPrincipal"
  | "encryptionClientId"
  | "encryptionPrincipal"
  | "trainingCompute";

/** An environment on Azure as its constructs see it: names, ids and tags. */
export class AzureEstate extends AzureNames {
  private readonly values = new Map<SharedValue, string>();

  /** Leaves a value that Azure gives, for the layers after this one; give it through `handOver`. */
  share(key: SharedValue, value: string): void {
    this.values.set(key, value);
  }

  /** A value that an earlier layer, or this one, has left. */
  shared(key: SharedValue): string {
    const value = this.values.get(key);
    if (value === undefined) throw new Error(`nothing has left ${key} yet: what gives it belongs to an earlier layer`);
    return value;
  }

  /** Tags of a resource that stands in this scope. */
  tags(scope: Construct): Record<string, string> {
    const { organisation, environment, owner, labels } = this.settings;
    const { layer } = LayerStack.ofLayer(scope);
    return labelsFor("azure", { organisation, environment, layer, owner, additional: labels });
  }

  /** Where nearly every resource stands, and its tags. */
  placed(scope: Construct): {
    readonly resourceGroupName: string;
    readonly location: string;
    readonly tags: Record<string, string>;
  } {
    return { resourceGroupName: this.resourceGroup, location: this.settings.region, tags: this.tags(scope) };
  }
}
