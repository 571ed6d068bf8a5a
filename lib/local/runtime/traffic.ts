/** The files a release writes: which model a slot serves, and how requests are split. Terraform owns neither. */
import type { ModelPackage } from "../../contracts/operator";
import type { PredictionLogging } from "../../contracts/serving";
import type { ModelServerPart } from "../parts";
import { estatePaths } from "./context";
import { readJson, writeJson } from "./files";
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
export interface Traffic {
  /** Grows by one with every change; the gateway tells which one it works with. */
  readonly generation: number;
  readonly stable: ProductionSlot;
  readonly canary: ProductionSlot | null;
  /** 0 to 100. */
  readonly canaryPercent: number;
  readonly project: string | null;
}

const FIRST: Traffic = { generation: 0, stable: "blue", canary: null, canaryPercent: 0, project: null };

/** Writes a slot's file when there is none, and brings the logging policy of the config into the one that is there. */
export async function ensureSlot(directory: string, part: ModelServerPart): Promise<void> {
  const file = slotFile(directory, part.name);
  const present = await readJson<SlotFile>(file);
  await writeJson(file, {
    model: present?.model ?? null,
    drill: present?.drill ?? null,
    logging: part.logging,
  } satisfies SlotFile);
}

/** What a slot serves; nothing before its first release. */
export async function readSlot(directory: string, slot: string): Promise<SlotFile | null> {
  return readJson<SlotFile>(slotFile(directory, slot));
}

/** Writes a traffic file when there is none. */
export async function ensureTraffic(directory: string): Promise<void> {
  const { traffic } = estatePaths(directory);
  if ((await readJson<Traffic>(traffic)) === null) await writeJson(traffic, FIRST);
}

/** The present split. */
export async function readTraffic(directory: string): Promise<Traffic> {
  return (await readJson<Traffic>(estatePaths(directory).traffic)) ?? FIRST;
}

/** Changes the split in one write. Returns it with its new generation. */
export async function changeTraffic(directory: string, change: Partial<Omit<Traffic, "generation">>): Promise<Traffic> {
  const present = await readTraffic(directory);
  const next = { ...present, ...change, generation: present.generation + 1 };
  await writeJson(estatePaths(directory).traffic, next);
  return next;
}

/** The slot that is not stable. */
export function otherSlot(slot: ProductionSlot): ProductionSlot {
  return slot === "blue" ? "green" : "blue";
}
