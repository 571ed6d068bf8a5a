/** The runtime with real processes: PostgreSQL, MLflow and the scheduler on ports of their own. */

import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { PartStatus } from "../../lib/contracts/operator";
import { createLocalOperator } from "../../lib/local/operator";
import type { LayerDefinition, PartDefinition } from "../../lib/local/parts";
import type { BackupManifest } from "../../lib/local/runtime/backup";
import { probePort } from "../../lib/local/runtime/ports";
import { listProcesses, type ProcessInfo } from "../../lib/local/runtime/processes";
import { provision } from "../../lib/local/runtime/provision-layer";

// Of execa: it exports itself to `import` alone, and jest requires. Read from its file, it is compiled like the others.
jest.mock("unicorn-magic", () => jest.requireActual("../../node_modules/unicorn-magic/node.js"), { virtual: true });
// The same for web streams, which nothing here uses: Node has what the ponyfill makes up for.
jest.mock("@sec-ant/readable-stream/ponyfill", () => ({
  asyncIterator(this: ReadableStream) {
    return this[Symbol.asyncIterator]();
  },
}));

const PORT = { database: 21020, tracking: 21021, scheduler: 21022 };
const codeRoot = path.resolve(__dirname, "../..");
// A 0700 folder: where root starts it, no unprivileged user can enter.
const workspace = realpathSync(mkdtempSync(path.join(os.tmpdir(), "mlops runtime-")));
const directory = path.join(workspace, ".mlops", "local");
const silent = () => undefined;

const layer = (name: string, parts: PartDefinition[]): LayerDefinition => ({
  version: 1,
  environment: "local",
  layer: name,
  directory: path.join(".mlops", "local"),
  parts,
});
const data = layer("data", [
  { kind: "directory", name: "artifacts", path: "buckets/artifacts" },
  {
    kind: "database",
    name: "database",
    port: PORT.database,
    databases: ["mlflow", "ledger"],
    sharedBuffers: 32,
    maxConnections: 30,
  },
]);
const ml = layer("ml", [
  {
    kind: "tracking",
    name: "tracking",
    port: PORT.tracking,
    databasePort: PORT.database,
    database: "mlflow",
    artifacts: "buckets/artifacts/mlflow",
  },
]);
const delivery = layer("delivery", [{ kind: "scheduler", name: "scheduler", port: PORT.scheduler, schedules: [] }]);
const definitions = [data, ml, delivery];
const operator = createLocalOperator({ codeRoot, workspace, environment: "local", directory, definitions });

const put = (verb: "apply" | "destroy", definition: LayerDefinition, digest: string) =>
  provision(verb, { layer: definition, digest, workspace }, { codeRoot }, silent);

async function status(part: string): Promise<PartStatus> {
  const found = (await operator.status()).find((row) => row.part === part);
  if (!found) throw new Error(`no status of ${part}`);
  return found;
}

/** Processes of this test's estate only: found by the mark they carry. */
async function ours(part?: string): Promise<ProcessInfo[]> {
  const marked = (await listProcesses()).filter(({ estate }) => estate === directory);
  return part === undefined ? marked : marked.filter((info) => info.part === part);
}

function readLink(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ""; // closed meanwhile
  }
}

/** Kills the main process of a part, not its children. Returns its pid. */
async function killAll(part: string): Promise<number[]> {
  const leaders = (await ours(part)).filter(({ pid, group }) => pid === group);
  expect(leaders.length).toBeGreaterThan(0);
  for (const { pid } of leaders) process.kill(pid, "SIGKILL");
  await sleep(300);
  return leaders.map(({ pid }) => pid);
}

/** Seconds until the part answers again. */
async function back(part: string, limitSeconds: number): Promise<number> {
  const start = Date.now();
  while (!(await status(part)).healthy) {
    if (Date.now() - start > limitSeconds * 1_000) throw new Error(`${part} is not back after ${limitSeconds} s`);
    await sleep(100);
  }
  return (Date.now() - start) / 1_000;
}

async function ledger<T extends object>(sql: string): Promise<T[]> {
  const client = new pg.Client(await operator.database("ledger"));
  // Of a server that is killed under it: the query tells it too.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function mlflow(method: string, route: string, body?: object): Promise<Record<string, unknown>> {
  const url = `http://127.0.0.1:${PORT.tracking}/api/2.0/mlflow/${route}`;
  const headers = { "content-type": "application/json", connection: "close" };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return (await response.json()) as Record<string, unknown>;
}

afterAll(async () => {
  await operator.stop(silent);
  rmSync(workspace, { recursive: true, force: true });
}, 120_000);

test("before anything is deployed, every part is told as absent with the command that deploys it", async () => {
  expect((await operator.status()).map(({ part, state }) => [part, state])).toEqual([
    ["artifacts", "absent"],
    ["database", "absent"],
    ["tracking", "absent"],
    ["scheduler", "absent"],
  ]);
  expect((await status("database")).detail).toContain("mlops deploy local --layer data");
});

test("a port that is taken stops a layer before anything is written", async () => {
  const holder = net.createServer().listen(PORT.database, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  const refused = await put("apply", data, "1").catch((error: unknown) => error);
  await new Promise((resolve) => holder.close(resolve));
  expect(String(refused)).toContain(`port ${PORT.database} on 127.0.0.1 is taken by process ${process.pid} (`);
  expect(String(refused)).toContain("set clouds.local.ports.database to a free port");
  expect(existsSync(path.join(directory, "layers", "data.json"))).toBe(false);
  expect(existsSync(path.join(directory, "database"))).toBe(false);
  expect(await ours()).toEqual([]);
});

test("layers come up one after another; the databases have owners who cannot enter each other's", async () => {
  for (const definition of definitions) await put("apply", definition, "1");
  const rows = await operator.status();
  expect(rows.filter(({ healthy }) => !healthy)).toEqual([]);
  expect((await status("database")).version).toMatch(/^18\./);
  const client = new pg.Client({ ...(await operator.database("ledger")), database: "mlflow" });
  await expect(client.connect()).rejects.toThrow(/permission denied/);
}, 180_000);

test("nothing listens beyond 127.0.0.1, the supervisor and the children of programs included", async () => {
  const inodes = new Set<string>();
  for (const { pid } of await ours()) {
    for (const handle of readdirSync(`/proc/${pid}/fd`)) {
      const target = readLink(`/proc/${pid}/fd/${handle}`);
      if (target.startsWith("socket:")) inodes.add(target.slice("socket:[".length, -1));
    }
  }
  const listening = ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && inodes.has(fields[9] ?? "")),
  );
  expect(listening.map((fields) => fields[1]?.split(":")[0])).toEqual(Object.keys(PORT).map(() => "0100007F"));
});

test("no process shows a password, and the files that hold one are the owner's alone", async () => {
  const secrets = JSON.parse(readFileSync(path.join(directory, "secrets.json"), "utf8")) as Record<string, string>;
  expect(Object.keys(secrets)).toEqual(expect.arrayContaining(["database-superuser", "database-mlflow"]));
  const commands = (await listProcesses()).map(({ command }) => command).join("\n");
  for (const value of Object.values(secrets)) expect(commands).not.toContain(value);
  for (const name of ["secrets.json", "pgpass"]) {
    expect(statSync(path.join(directory, name)).mode & 0o777).toBe(0o600);
  }
});

test("bringing up what is up starts nothing anew", async () => {
  const before = (await ours()).map(({ pid }) => pid).sort();
  const changes = await operator.reconcile(silent);
  expect(changes.filter(({ change }) => change !== "unchanged")).toEqual([]);
  expect((await ours()).map(({ pid }) => pid).sort()).toEqual(before);
}, 60_000);

test("a changed program is started anew, the others go on", async () => {
  const database = (await ours("database")).map(({ pid }) => pid);
  const schedules = [{ project: "p", cron: "0 3 * * *", timeZone: "UTC" }];
  await put(
    "apply",
    layer("delivery", [{ kind: "scheduler", name: "scheduler", port: PORT.scheduler, schedules }]),
    "2",
  );
  expect((await ours("database")).map(({ pid }) => pid)).toEqual(database);
  const answer = await fetch(`http://127.0.0.1:${PORT.scheduler}/schedules`);
  expect(await answer.json()).toMatchObject([{ project: "p" }]);
}, 60_000);

test("a layer's destroy that came after its newer self does nothing", async () => {
  await put("destroy", delivery, "1");
  expect(await status("scheduler")).toMatchObject({ state: "running", healthy: true });
});

test.each([
  ["scheduler", 20],
  ["database", 20],
  // Its parent: the worker that is left holds the port.
  ["tracking", 60],
])(
  "a killed %s serves again by itself, and the status says what happened",
  async (part, limit) => {
    // A query that is busy outlives the server that was asked, and another one must not start beside it.
    const busy = part === "database" && ledger("SELECT count(*) FROM generate_series(1, 10000000000)");
    if (busy) await Promise.race([busy, sleep(500)]);
    const old = (await ours(part)).map(({ pid }) => pid);
    await killAll(part);
    if (busy) await busy.catch(() => undefined);
    // What is left of it answers for a moment.
    while ((await ours(part)).some(({ pid }) => old.includes(pid))) await sleep(100);
    await back(part, limit);
    expect(await status(part)).toMatchObject({
      restarts: 1,
      lastExit: expect.stringMatching(/^killed by SIGKILL at \d{4}-/),
    });
  },
  90_000,
);

test("a killed supervisor is told, and the next start ends what it left", async () => {
  await killAll("supervisor");
  expect(await status("supervisor")).toMatchObject({ state: "failed", detail: expect.stringContaining("was killed") });
  expect(await status("database")).toMatchObject({
    state: "running",
    detail: expect.stringContaining("without its supervisor"),
  });
  const old = new Set((await ours()).map(({ pid }) => pid));
  await operator.reconcile(silent);
  expect((await ours()).filter(({ pid }) => old.has(pid))).toEqual([]);
  expect((await operator.status()).filter(({ healthy }) => !healthy)).toEqual([]);
}, 120_000);

test("a supervisor that lost its socket is started anew, and lost secrets are made up again", async () => {
  const [old] = await ours("supervisor");
  for (const name of ["secrets.json", "pgpass", "run/supervisor.sock"]) rmSync(path.join(directory, name));
  expect(await status("supervisor")).toMatchObject({ healthy: false, detail: expect.stringContaining("socket") });
  await operator.reconcile(silent);
  expect((await ours("supervisor")).map(({ pid }) => pid)).not.toContain(old?.pid);
  expect((await operator.status()).filter(({ healthy }) => !healthy)).toEqual([]);
  expect(await ledger("SELECT 1 AS one")).toEqual([{ one: 1 }]);
}, 120_000);

test("what was written after a backup is gone after its restore, what was before is there, and MLflow works on it", async () => {
  await ledger("CREATE TABLE kept (id int)");
  await ledger("INSERT INTO kept VALUES (1)");
  await mlflow("POST", "registered-models/create", { name: "before" });
  const backup = await operator.backup(silent);
  expect(statSync(backup.path)).toMatchObject({ size: backup.bytes });
  expect(statSync(backup.path).mode & 0o777).toBe(0o600);
  await ledger("INSERT INTO kept VALUES (2)");
  await mlflow("POST", "registered-models/create", { name: "after" });

  await operator.restore(backup.path, silent);
  expect(await ledger("SELECT id FROM kept")).toEqual([{ id: 1 }]);
  expect(await operator.models.latest("before")).toBeNull();
  expect(await mlflow("GET", "registered-models/get?name=after")).toMatchObject({
    error_code: "RESOURCE_DOES_NOT_EXIST",
  });
  expect(await mlflow("POST", "registered-models/create", { name: "again" })).toHaveProperty("registered_model");
  expect(existsSync(path.join(directory, "database.previous"))).toBe(false);
}, 180_000);

test("a damaged backup is refused before anything is stopped", async () => {
  const backup = await operator.backup(silent);
  const bytes = readFileSync(backup.path);
  const damaged = path.join(workspace, "damaged.tar.gz");
  writeFileSync(damaged, bytes.subarray(0, bytes.length - 1_000));
  const database = (await ours("database")).map(({ pid }) => pid);
  await expect(operator.restore(damaged, silent)).rejects.toThrow(/is not a whole backup/);
  expect((await ours("database")).map(({ pid }) => pid)).toEqual(database);
}, 60_000);

test("a backup whose server does not start is put back: the former data serves again", async () => {
  const backup = await operator.backup(silent);
  const unpacked = path.join(workspace, "unpacked");
  mkdirSync(unpacked);
  execFileSync("tar", ["-xzf", backup.path, "-C", unpacked]);
  // Whole by its manifest, and yet not what a server can start from.
  const hba = path.join(unpacked, "pg_hba.conf");
  writeFileSync(hba, "nonsense\n");
  const manifest = JSON.parse(readFileSync(path.join(unpacked, "manifest.json"), "utf8")) as BackupManifest;
  const files = manifest.files.map((file) =>
    file.path === "pg_hba.conf"
      ? { ...file, sha256: createHash("sha256").update(readFileSync(hba)).digest("hex") }
      : file,
  );
  writeFileSync(path.join(unpacked, "manifest.json"), JSON.stringify({ ...manifest, files }));
  const spoiled = path.join(workspace, "spoiled.tar.gz");
  execFileSync("tar", ["-czf", spoiled, "-C", unpacked, "."]);
  await ledger("INSERT INTO kept VALUES (3)");

  await expect(operator.restore(spoiled, silent)).rejects.toThrow(/database.*pg_hba/s);
  expect(await ledger("SELECT id FROM kept ORDER BY id")).toEqual([{ id: 1 }, { id: 3 }]);
  expect((await operator.status()).filter(({ healthy }) => !healthy)).toEqual([]);
}, 180_000);

test("a start that is killed at any moment is completed by the next", async () => {
  await operator.stop(silent);
  const database = path.join(directory, "database");
  writeFileSync(path.join(database, "postmaster.pid"), "cut sho");
  // As a restore leaves it that was killed before the restored server answered.
  renameSync(database, `${database}.previous`);
  mkdirSync(database);
  writeFileSync(path.join(database, "PG_VERSION"), "18\n");
  const script = `
    const { createJiti } = require("jiti");
    const { createLocalOperator } = createJiti(${JSON.stringify(`${codeRoot}/lib/`)})("./local/operator.ts");
    createLocalOperator(JSON.parse(process.argv[1])).reconcile(() => {});
  `;
  const context = JSON.stringify({ codeRoot, workspace, environment: "local", directory, definitions });
  for (const ms of [600, 1_200, 2_400]) {
    const child = spawn(process.execPath, ["-e", script, context], { cwd: codeRoot, stdio: "ignore" });
    await sleep(ms);
    child.kill("SIGKILL");
  }
  await operator.reconcile(silent);
  expect((await operator.status()).filter(({ healthy }) => !healthy)).toEqual([]);
  expect(await ledger("SELECT id FROM kept ORDER BY id")).toEqual([{ id: 1 }, { id: 3 }]);
}, 180_000);

test("stopped means no process and no port; the data stays and a purge is refused until then", async () => {
  await expect(operator.purge()).rejects.toThrow(/still runs/);
  await operator.stop(silent);
  expect(await ours()).toEqual([]);
  for (const port of Object.values(PORT)) expect(await probePort(port)).toBe("free");
  expect(await status("database")).toMatchObject({ state: "stopped", healthy: false });
  await operator.purge();
  expect(existsSync(path.join(directory, "database"))).toBe(false);
  expect(existsSync(path.join(directory, "secrets.json"))).toBe(false);
}, 120_000);
