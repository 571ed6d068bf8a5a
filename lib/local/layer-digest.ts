import { sha256, stableJson } from "../core/hash";
import type { LayerDefinition } from "./parts";

/** Digest of a layer's definition: what Terraform records and what the layer's record on disk is known by. */
export function layerDigest(definition: LayerDefinition): string {
  return sha256(stableJson(definition));
}
