/** The files a release writes: which model a slot serves, and how requests are split. Terraform owns neither. */
import type { ModelPackage } from "../../contracts/operator";
import type { PredictionLogging } from "../../contracts/serving";
import type { ModelServerPart } from "../parts";
import { estatePaths } from "./context";
import { readJson, readText, writeJson } from "./files";
import { type Traffic as GatewayTraffic, parseTraffic } from "./gateway-traffic";
import { packageFolder } from "./package";
import { slotFile } from "./programs";

/** The two places of production. */
export type ProductionSlot = "blue" | "green";

/** What one scoring process serves. */
export interface SlotFile {
  readonly model: ModelPackage | null;
  readonly drill: { readonly latencyMs: number; readonly errorRate: number } | null;
  readonly logging: PredictionLogging;
}

/** How the gateway splits requests. */
export interface Traffic extends GatewayTraffic {
  readonly stable: ProductionSlot;
  readonly canary: ProductionSlot | null;
}

const SLOTS: readonly ProductionSlot[] = ["blue", "green"];
const FIRST: Traffic = { generation: 0, stable: "blue", canary: null, canaryPercent: 0, project: null };

/**
 * Writes a slot's file when there is none that can be used, and brings the logging policy of the config into the one that
 * is there. What a lost file named is served again by the next release.
 */
export async function ensureSlot(directory: string, part: ModelServerPart): Promise<void> {
  const file = slotFile(directory, part.name);
  const present = await readJson<SlotFile>(file).catch(() => null);
  const model = present?.model ?? null;
  const folder = model && (await packageFolder(model, directory).catch(() => null));
  await writeJson(file, {
    model: model && { ...model, uri: folder ?? model.uri },
    drill: present?.drill ?? null,
    logging: part.logging,
  } satisfies SlotFile);
}

/** What a slot serves; nothing before its first release. */
export async function readSlot(directory: string, slot: string): Promise<SlotFile | null> {
  return readJson<SlotFile>(slotFile(directory, slot));
}

/** Takes the model out of a slot. Returns whether there was one. The process serves it until it is started anew. */
export async function emptySlot(directory: string, slot: string): Promise<boolean> {
  const present = await readSlot(directory, slot).catch(() => null);
  if (!present?.model) return false;
  await writeJson(slotFile(directory, slot), { ...present, model: null, drill: null } satisfies SlotFile);
  return true;
}

/**
 * Writes the traffic file when there is none that can be used: from its copy, else as before the first release. Nobody
 * knows then which slot was good, so both are emptied, and the next release fills them.
 */
export async function ensureTraffic(directory: string): Promise<void> {
  const { traffic, trafficCopy } = estatePaths(directory);
  const present = (await usable(traffic)) ?? (await usable(trafficCopy));
  if (!present) for (const slot of SLOTS) await emptySlot(directory, slot);
  await writeJson(traffic, present ?? FIRST);
  await writeJson(trafficCopy, present ?? FIRST);
}

/** The present split. */
export async function readTraffic(directory: string): Promise<Traffic> {
  const { traffic, trafficCopy } = estatePaths(directory);
  return (await usable(traffic)) ?? (await usable(trafficCopy)) ?? FIRST;
}

/** The split in a file; null when there is none, or none that the gateway would take. */
async function usable(file: string): Promise<Traffic | null> {
  const text = await readText(file);
  try {
    return text === null ? null : (parseTraffic(text, SLOTS) as Traffic);
  } catch {
    return null;
  }
}

/** Changes the split in one write. Returns it with its new generation. */
export async function changeTraffic(directory: string, change: Partial<Omit<Traffic, "generation">>): Promise<Traffic> {
  const { traffic, trafficCopy } = estatePaths(directory);
  const present = await readTraffic(directory);
  const next = { ...present, ...change, generation: present.generation + 1 };
  await writeJson(traffic, next);
  // Which slot is stable is known from nowhere else.
  await writeJson(trafficCopy, next);
  return next;
}

/** The slot that is not stable. */
export function otherSlot(slot: ProductionSlot): ProductionSlot {
  return slot === "blue" ? "green" : "blue";
}
