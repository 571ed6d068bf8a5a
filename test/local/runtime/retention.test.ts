import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pruneRuns } from "../../../lib/local/runtime/retention";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "mlops-retention-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const part = { runs: "runs", cache: "cache" };
const list = (...names: string[]) => readdirSync(path.join(folder, ...names)).sort();

/** A run with its log, its results and the key by which later runs find them. @param days how long ago */
function run(id: string, days: number): void {
  const key = path.join(folder, "cache/keys", `${id}.json`);
  const places = [path.join(folder, "runs/p", id), path.join(folder, "cache/artifacts", id)];
  const log = path.join(folder, "logs/pipelines", `${id}.log`);
  for (const place of [...places, path.dirname(key), path.dirname(log)]) mkdirSync(place, { recursive: true });
  writeFileSync(key, JSON.stringify({ model: { uri: `${folder}/cache/artifacts/${id}/p/train/model` } }));
  writeFileSync(log, "");
  const time = Date.now() / 1000 - days * 86_400;
  for (const place of [...places, log]) utimesSync(place, time, time);
}

test("old runs go with their logs and results, and no later run is sent to a result that went", async () => {
  run("run-1", 9);
  run("run-10", 3);
  run("run-11", 2);
  await pruneRuns({ directory: folder }, part, "p", 2);
  for (const where of ["runs/p", "cache/artifacts"]) expect(list(where)).toEqual(["run-10", "run-11"]);
  expect(list("cache/keys")).toEqual(["run-10.json", "run-11.json"]);
  expect(list("logs/pipelines")).toEqual(["run-10.log", "run-11.log"]);
});

test("runs of the last day stay however many they are, and an estate without any is no error", async () => {
  await pruneRuns({ directory: folder }, part, "p", 1);
  for (const id of ["a", "b", "c"]) run(id, 0.1);
  await pruneRuns({ directory: folder }, part, "p", 1);
  expect(list("runs/p")).toEqual(["a", "b", "c"]);
});
