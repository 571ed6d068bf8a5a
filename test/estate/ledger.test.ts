/** The ledger on a real PostgreSQL. */
import { Client } from "pg";
import { UserError } from "../../lib/core/errors";
import { type Ledger, type NewRelease, type NewRun, openLedger } from "../../operations/ledger";
import { MIGRATIONS } from "../../operations/ledger-schema";
import { TestPostgres } from "../operations/support/postgres";

jest.setTimeout(60_000);

let database: TestPostgres;
let ledger: Ledger;
const open: Ledger[] = [];

async function another(): Promise<Ledger> {
  const made = await openLedger(database.connection("ledger"));
  open.push(made);
  return made;
}

beforeAll(async () => {
  database = await TestPostgres.create();
  await database.start();
});
beforeEach(async () => {
  await database.fresh();
  ledger = await another();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.close()));
});
afterAll(() => database?.remove());

async function sql<Row extends object>(statement: string): Promise<Row[]> {
  const client = new Client(database.connection("ledger"));
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

const run = (id: string, change: Partial<NewRun> = {}): NewRun => ({
  ...{
    id,
    environment: "local",
    project: "diabetes",
    reason: "manual",
    dedupeKey: null,
    parameters: {},
    coolDownSeconds: 0,
  },
  ...change,
});

const release = (id: string, change: Partial<NewRelease> = {}): NewRelease => ({
  ...{ id, environment: "local", project: "diabetes", kind: "release", version: "1", digest: "sha256:1" },
  ...{ previous: null, drill: null, requestedBy: null },
  ...change,
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 15));

describe("tables", () => {
  test("are made once, though eight processes open an empty ledger at once", async () => {
    await database.fresh();
    await Promise.all(Array.from({ length: 8 }, another));
    expect(await sql("SELECT version FROM schema_version")).toEqual(
      MIGRATIONS.map((_, index) => ({ version: index + 1 })),
    );
  });

  test("that a newer program made are refused, with both versions", async () => {
    await sql("INSERT INTO schema_version (version) VALUES (99)");
    await expect(another()).rejects.toThrow(
      `The ledger's tables have version 99, this program knows ${MIGRATIONS.length}`,
    );
  });
});

describe("runs", () => {
  test("are kept with steps, parameters and what they made, newest first", async () => {
    await ledger.startRun(run("a", { parameters: { "train.alpha": 0.4, note: "a ' quote, a \0, a \\u0000 and ü" } }));
    await ledger.recordRunStep("a", { step: "extract", state: "started" });
    await pause();
    await ledger.recordRunStep("a", { step: "train", state: "failed", seconds: 2.5, message: "no\0 rows" });
    await ledger.recordRunStep("a", { step: "extract", state: "succeeded", seconds: 1 });
    await ledger.finishRun("a", "succeeded", {
      blessed: true,
      reasons: ["better"],
      version: "3",
      metrics: { mse: 2.5 },
      trackingRunId: "t",
    });
    await pause();
    await ledger.startRun(run("b", { project: "taxi" }));
    const [newest, oldest] = await ledger.runs({ environment: "local" });
    expect(newest).toMatchObject({ id: "b", state: "running", endedAt: null, steps: [], metrics: {} });
    expect(oldest).toMatchObject({
      ...{
        id: "a",
        state: "succeeded",
        blessed: true,
        version: "3",
        metrics: { mse: 2.5 },
        trackingRunId: "t",
        reasons: ["better"],
      },
      parameters: { "train.alpha": 0.4, note: "a ' quote, a , a \\u0000 and ü" },
    });
    expect(oldest?.steps.map(({ step, state, seconds, message }) => [step, state, seconds, message])).toEqual([
      ["extract", "succeeded", 1, undefined],
      ["train", "failed", 2.5, "no rows"],
    ]);
    expect(Date.parse(oldest?.endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(oldest?.startedAt ?? ""));
    const ids = async (filter: object) => (await ledger.runs({ environment: "local", ...filter })).map(({ id }) => id);
    expect(await ids({ project: "taxi" })).toEqual(["b"]);
    expect(await ids({ state: "succeeded" })).toEqual(["a"]);
    expect(await ids({ limit: 1 })).toEqual(["b"]);
    expect(await ledger.runs({ environment: "prod" })).toEqual([]);
  });

  test("an event delivered ten times at once starts one run, and the deliveries are counted", async () => {
    const ledgers = await Promise.all([another(), another()]);
    const event = run("key-1", { dedupeKey: "object-17" });
    const starts = await Promise.all(Array.from({ length: 10 }, (_, i) => (ledgers[i % 2] ?? ledger).startRun(event)));
    expect(starts.map(({ outcome }) => outcome).sort()).toEqual([...Array(9).fill("duplicate"), "started"]);
    expect(await sql("SELECT key, run_id, deliveries FROM dedupe_keys")).toEqual([
      { key: "object-17", run_id: "key-1", deliveries: 10 },
    ]);
  });

  test("one that was interrupted starts anew when its event comes again", async () => {
    const event = run("key-1", { dedupeKey: "object-17" });
    await ledger.startRun(event);
    await ledger.recordRunStep("key-1", { step: "extract", state: "started" });
    await ledger.finishRun("key-1", "interrupted", { error: "killed" });
    expect(await ledger.startRun(event)).toEqual({ outcome: "started" });
    expect(await ledger.runs({ environment: "local" })).toMatchObject([
      { state: "running", error: null, endedAt: null, steps: [] },
    ]);
  });

  test("cool down after any run but an interrupted one, each project by itself", async () => {
    await ledger.startRun(run("a"));
    const cool = (id: string, project = "diabetes") => ledger.startRun(run(id, { project, coolDownSeconds: 3600 }));
    const start = await cool("b");
    expect(start).toMatchObject({ outcome: "coolingDown" });
    const until = start.outcome === "coolingDown" ? Date.parse(start.until) : 0;
    expect(until - Date.now()).toBeGreaterThan(3500_000);
    expect(until - Date.now()).toBeLessThanOrEqual(3600_000);
    expect(await cool("c", "taxi")).toEqual({ outcome: "started" });
    await ledger.finishRun("a", "interrupted", {});
    expect(await cool("d")).toEqual({ outcome: "started" });
  });

  test("at most one of many starts at the same moment when they must cool down", async () => {
    const starts = await Promise.all(
      ["a", "b", "c", "d"].map((id) => ledger.startRun(run(id, { coolDownSeconds: 60 }))),
    );
    expect(starts.filter(({ outcome }) => outcome === "started")).toHaveLength(1);
  });
});

describe("releases", () => {
  test("are kept with every step and its time, and JSON as it was", async () => {
    await ledger.startRelease(release("r1", { drill: { errorRate: 0.5 }, requestedBy: "kim", previous: "0" }));
    await ledger.startRelease(release("r1"));
    const details = { window: { requests: 3 }, list: [1, null], text: "ü\n" };
    const step = {
      step: "canary",
      percent: 10,
      outcome: "rollback",
      reasons: ["errors"],
      details,
      startedAt: "2026-11-20T12:00:01.123Z",
      seconds: 1.5,
    };
    await ledger.recordReleaseStep("r1", step);
    await ledger.recordReleaseStep("r1", step);
    await ledger.recordReleaseStep("r1", {
      ...step,
      step: "qa",
      percent: null,
      details: null,
      startedAt: "2026-11-20T12:00:00.000Z",
    });
    expect(await ledger.releases({ environment: "local", state: "open" })).toHaveLength(1);
    await ledger.finishRelease("r1", "rolledBack", ["errors"]);
    const [found, ...others] = await ledger.releases({ environment: "local", project: "diabetes" });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      id: "r1",
      state: "rolledBack",
      drill: { errorRate: 0.5 },
      requestedBy: "kim",
      previous: "0",
      reasons: ["errors"],
    });
    expect(found?.steps[1]).toEqual(step);
    expect(found?.steps.map((one) => one.step)).toEqual(["qa", "canary"]);
    expect(await ledger.served({ environment: "local" })).toEqual([]);
  });

  test("tell which version served at any time", async () => {
    const promote = async (id: string, version: string, kind: NewRelease["kind"] = "release") => {
      await ledger.startRelease(release(id, { version, digest: `sha256:${version}`, kind }));
      await ledger.finishRelease(id, "promoted", []);
      await pause();
      const at = new Date().toISOString();
      await pause();
      return at;
    };
    const before = new Date(Date.now() - 60_000).toISOString();
    const first = await promote("r1", "1");
    const second = await promote("r2", "2");
    const third = await promote("r3", "1", "rollback");
    const at = async (time: string) =>
      (await ledger.served({ environment: "local", at: time })).map(({ version }) => version);
    expect([await at(before), await at(first), await at(second), await at(third)]).toEqual([[], ["1"], ["2"], ["1"]]);
    const history = await ledger.served({ environment: "local", project: "diabetes" });
    expect(history.map(({ releaseId, kind, until }) => [releaseId, kind, until === null])).toEqual([
      ["r3", "rollback", true],
      ["r2", "release", false],
      ["r1", "release", false],
    ]);
    expect(history[1]?.until).toBe(history[0]?.from);
  });

  test("end once: a second end changes nothing, but who does the work overrules who took it for dead", async () => {
    await ledger.startRelease(release("r1"));
    await ledger.finishRelease("r1", "promoted", ["good"]);
    await ledger.finishRelease("r1", "promoted", ["good"]);
    await ledger.finishRelease("r1", "failed", ["late"]);
    await ledger.startRelease(release("r2", { version: "2" }));
    await ledger.finishRelease("r2", "interrupted", ["looked dead"]);
    await ledger.finishRelease("r2", "promoted", ["was not"]);
    expect((await ledger.releases({ environment: "local" })).map(({ state }) => state).sort()).toEqual([
      "promoted",
      "promoted",
    ]);
    expect(await ledger.served({ environment: "local" })).toHaveLength(2);
  });
});

test("approvals tell who approved which digest, and when", async () => {
  const approval = { environment: "prod", project: "diabetes", version: "3", digest: "sha256:3" };
  await ledger.approve({ ...approval, decision: "rejected", by: "kim", reason: "slice too weak" });
  await pause();
  await ledger.approve({ ...approval, decision: "approved", by: "lee", reason: null });
  const found = await ledger.approvals({ environment: "prod", project: "diabetes", version: "3" });
  expect(found.map(({ by, decision, reason }) => [by, decision, reason])).toEqual([
    ["lee", "approved", null],
    ["kim", "rejected", "slice too weak"],
  ]);
  expect(await ledger.approvals({ environment: "prod", version: "4" })).toEqual([]);
});

describe("locks", () => {
  test("are held by one process, and are free after release", async () => {
    const [first, other] = [await ledger.lock("release local"), await another()];
    expect(first).not.toBeNull();
    expect(await other.lock("release local")).toBeNull();
    const elsewhere = await other.lock("release prod");
    expect(elsewhere).not.toBeNull();
    await elsewhere?.release();
    await first?.release();
    const again = await other.lock("release local");
    expect(again).not.toBeNull();
    await again?.release();
  });

  test("die with the connection that holds them", async () => {
    await ledger.lock("run x");
    await sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    const lock = await ledger.lock("run x");
    expect(lock).not.toBeNull();
    await lock?.release();
  });
});

describe("a database that", () => {
  test("restarts under work is waited for, and the work is done once", async () => {
    await ledger.startRun(run("a"));
    await database.stop("SIGQUIT");
    const work = ledger.startRun(run("b"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await database.start();
    expect(await work).toEqual({ outcome: "started" });
    expect(await ledger.runs({ environment: "local" })).toHaveLength(2);
  });

  test("is away is told at once when opened, with what to do, and without the password", async () => {
    await database.stop();
    try {
      const started = Date.now();
      const error = await another().catch((thrown: unknown) => thrown);
      expect(Date.now() - started).toBeLessThan(5000);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toMatch(
        /database ledger on 127.0.0.1:\d+: The ledger does not answer .*ECONNREFUSED.*mlops status/,
      );
      expect(String(error)).not.toContain(database.connection("ledger").password);
    } finally {
      await database.start();
    }
  });

  test("refuses the password, or is not there, is named", async () => {
    const connection = database.connection("ledger");
    await expect(openLedger({ ...connection, password: "wrong" })).rejects.toThrow(/The login of postgres was refused/);
    await expect(openLedger(database.connection("mlflow"))).rejects.toThrow(
      /database mlflow .*: There is no such database/,
    );
  });
});
