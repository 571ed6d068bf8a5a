/** The layers as they were deployed: one file each, written by the provisioner, read by everything that operates the estate. */
import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../core/errors";
import { type LayerDefinition, layerDigest, type PartDefinition } from "../parts";
import { estatePaths, type RuntimeContext, upCommand } from "./context";
import { errorCode, explainFileError, writeJson } from "./files";

/** One deployed layer. */
export interface LayerRecord {
  /** Digest that Terraform recorded over the definition: tells a superseded destroy from a real one. */
  readonly digest: string;
  readonly definition: LayerDefinition;
}

/** The order in which layers are shown and brought up. */
const ORDER = ["foundation", "network", "data", "compute", "platform", "ml", "delivery", "serving", "observability"];

/** Records of the estate in `directory`, in the order of the layers. @throws UserError for one that cannot be used. */
export function readLayers(directory: string): LayerRecord[] {
  const { layers } = estatePaths(directory);
  return namesIn(layers)
    .flatMap((name) => readRecord(path.join(layers, name)) ?? [])
    .sort((a, b) => rank(a.definition.layer) - rank(b.definition.layer));
}

/** The layers that are deployed, in their order. */
export function deployedLayers(directory: string): LayerDefinition[] {
  return readLayers(directory).map(({ definition }) => definition);
}

function namesIn(layers: string): string[] {
  try {
    return readdirSync(layers).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw explainFileError(error, layers);
  }
}

/** One record; null when there is none. */
function readRecord(file: string): LayerRecord | null {
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as Partial<LayerRecord> | null;
    const { digest, definition } = record ?? {};
    if (digest && definition?.layer && Array.isArray(definition.parts)) return { digest, definition };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    if (!(error instanceof SyntaxError)) throw explainFileError(error, file);
  }
  // Not taken for missing: what a layer that is not known has running would be stopped.
  throw new UserError({
    where: file,
    message: "is not the record of a layer: it was changed or cut short",
    fix: "Delete the file and run `mlops up`, which writes it again",
  });
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
 * Writes the records of layers that are known to be deployed where they are lost (deleted by hand, say), or are those of
 * another environment that had this folder meanwhile: Terraform, which finds nothing changed, does not write them again.
 */
export async function restoreRecords({
  directory,
  definitions,
}: Pick<RuntimeContext, "directory" | "definitions">): Promise<void> {
  const recorded = new Set(readLayers(directory).map(({ digest }) => digest));
  for (const definition of definitions) {
    const digest = layerDigest(definition);
    if (!recorded.has(digest)) await recordLayer(directory, { digest, definition });
  }
}

/** The record of a layer if it still is the one with this digest; null when another one took its place. */
export function recordedLayer(directory: string, layer: string, digest: string): LayerRecord | null {
  const record = readRecord(layerFile(directory, layer));
  return record?.digest === digest ? record : null;
}

/** Forgets a layer. */
export async function forgetLayer(directory: string, layer: string): Promise<void> {
  await rm(layerFile(directory, layer), { force: true });
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

/** The deployed part of a kind. @throws UserError when it is not deployed. */
export function deployedPart<K extends PartDefinition["kind"]>(
  context: Pick<RuntimeContext, "directory" | "environment">,
  kind: K,
): Extract<PartDefinition, { kind: K }> {
  const part = partsOfKind(partsOf(deployedLayers(context.directory)), kind)[0]?.part;
  if (part) return part;
  const fix = `Deploy the estate with \`${upCommand(context)}\``;
  throw new UserError({ where: context.directory, message: `no ${kind} is deployed here`, fix });
}
