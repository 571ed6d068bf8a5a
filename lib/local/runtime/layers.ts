/** The layers as they were deployed: one file each, written by the provisioner, read by everything that operates the estate. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { type LayerDefinition, layerDigest, type PartDefinition } from "../parts";
import { estatePaths, type RuntimeContext } from "./context";
import { readJson, writeJson } from "./files";

/** One deployed layer. */
export interface LayerRecord {
  /** Digest that Terraform recorded over the definition: tells a superseded destroy from a real one. */
  readonly digest: string;
  readonly definition: LayerDefinition;
}

/** The order in which layers are shown and brought up. */
const ORDER = ["foundation", "network", "data", "compute", "platform", "ml", "delivery", "serving", "observability"];

/** Records of the estate in `directory`, in the order of the layers. */
export async function readLayers(directory: string): Promise<LayerRecord[]> {
  const { layers } = estatePaths(directory);
  const names = (await readdir(layers).catch(() => [])).filter((name) => name.endsWith(".json"));
  const records = await Promise.all(names.map((name) => readJson<LayerRecord>(path.join(layers, name))));
  return records
    .filter((record): record is LayerRecord => record !== null)
    .sort((a, b) => rank(a.definition.layer) - rank(b.definition.layer));
}

function rank(layer: string): number {
  const index = ORDER.indexOf(layer);
  return index < 0 ? ORDER.length : index;
}

/** Writes down that a layer is deployed. */
export async function recordLayer(directory: string, record: LayerRecord): Promise<void> {
  await writeJson(layerFile(directory, record.definition.layer), record);
}

/**
 * Writes the records that were lost (deleted by hand, say) of layers that are known to be deployed. One that is there
 * stays: Terraform's provisioner alone replaces it.
 */
export async function restoreRecords({
  directory,
  definitions,
}: Pick<RuntimeContext, "directory" | "definitions">): Promise<void> {
  const present = new Set((await readLayers(directory)).map(({ definition }) => definition.layer));
  for (const definition of definitions.filter(({ layer }) => !present.has(layer)))
    await recordLayer(directory, { digest: layerDigest(definition), definition });
}

/** Forgets a layer, if it still is the one with this digest. Returns its record, or null when another one took its place. */
export async function forgetLayer(directory: string, layer: string, digest: string): Promise<LayerRecord | null> {
  const file = layerFile(directory, layer);
  const record = await readJson<LayerRecord>(file);
  if (record?.digest !== digest) return null;
  await rm(file, { force: true });
  return record;
}

function layerFile(directory: string, layer: string): string {
  return path.join(estatePaths(directory).layers, `${layer}.json`);
}

/** A part with the layer it belongs to. */
export interface PlacedPart<T extends PartDefinition = PartDefinition> {
  readonly layer: string;
  readonly part: T;
}

/** All parts of some layers, in order. */
export function partsOf(definitions: readonly LayerDefinition[]): PlacedPart[] {
  return definitions.flatMap(({ layer, parts }) => parts.map((part) => ({ layer, part })));
}

/** The parts of one kind. */
export function partsOfKind<K extends PartDefinition["kind"]>(
  parts: readonly PlacedPart[],
  kind: K,
): PlacedPart<Extract<PartDefinition, { kind: K }>>[] {
  return parts.filter(
    (placed): placed is PlacedPart<Extract<PartDefinition, { kind: K }>> => placed.part.kind === kind,
  );
}
