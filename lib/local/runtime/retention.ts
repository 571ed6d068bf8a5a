/**
 * What a local estate keeps and for how long, so that nothing grows without bound:
 *
 * - pipeline runs, their logs and the results kept for later runs: the newest fifty of each, and those of the last day
 * - programs' logs: 10 MB and two former ones each, by the supervisor
 * - prediction logs: `logging.predictions.retentionDays`, by the scoring processes
 * - backups, registered model packages, rows of the database: until a person deletes them. They are what one goes back to.
 */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { OrchestratorPart } from "../parts";
import { estatePaths, type RuntimeContext } from "./context";

const KEPT = 50;
const DAY_MS = 86_400_000;

/** Deletes what old pipeline runs of a project left. Other runs may go on meanwhile. */
export async function pruneRuns(
  { directory }: Pick<RuntimeContext, "directory">,
  { runs, cache }: Pick<OrchestratorPart, "runs" | "cache">,
  project: string,
  kept = KEPT,
): Promise<void> {
  const before = Date.now() - DAY_MS;
  const old = (folder: string) => oldEntries(folder, kept, before);
  const results = path.join(directory, cache, "artifacts");
  const gone = await old(results);
  // First what refers to results, so that no later run is sent to one that is gone.
  for (const key of await entries(path.join(directory, cache, "keys"))) {
    const text = await readFile(key, "utf8").catch(() => "");
    if (gone.some((folder) => text.includes(`/artifacts/${path.basename(folder)}/`))) await rm(key, { force: true });
  }
  const folders = [path.join(directory, runs, project), path.join(estatePaths(directory).logs, "pipelines")];
  const others = (await Promise.all(folders.map(old))).flat();
  await Promise.all([...gone, ...others].map((place) => rm(place, { recursive: true, force: true })));
}

async function entries(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => path.join(folder, name));
}

/** Entries of a folder that are neither among the newest nor young. */
async function oldEntries(folder: string, kept: number, before: number): Promise<string[]> {
  const aged = await Promise.all(
    (await entries(folder)).map(async (place) => ({
      place,
      time: (await stat(place).catch(() => null))?.mtimeMs ?? 0,
    })),
  );
  return aged
    .sort((a, b) => b.time - a.time)
    .slice(kept)
    .filter(({ time }) => time < before)
    .map(({ place }) => place);
}
