import { readdirSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { UpReport } from "../../../cli/up";
import type { PartStatus } from "../../../lib/contracts/operator";
import { answers, CODE_ROOT, type LocalEstate, listens } from "../../support/local-estate";

export function firstUp(estate: LocalEstate): void {
  let report: UpReport;

  test("`up` ends with a prediction made through the gateway by version 1", async () => {
    report = await estate.json<UpReport>(["up", "local"]);
    const [diabetes] = report.projects;
    expect(diabetes).toMatchObject({ project: "diabetes", version: "1" });
    expect(diabetes?.release).toMatchObject({ state: "promoted", first: true });
    expect(diabetes?.prediction?.url).toContain(`127.0.0.1:${estate.ports.gateway}/v1/models/diabetes:predict`);
    expect(diabetes?.prediction?.modelVersion).toBe("1");
  });

  test("the bundled model is as good as published for its alpha, 0.05: mean squared error 3408.9", () => {
    expect(report.projects[0]?.pipeline.metrics.mse).toBeCloseTo(3408.9, 1);
  });

  test("every step is named with its time, every part with its address", () => {
    expect(report.steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(["validate", "deploy data", "pipeline diabetes", "release diabetes", "predict diabetes"]),
    );
    for (const { seconds } of report.steps) expect(seconds).toBeGreaterThanOrEqual(0);
    for (const part of ["gateway", "tracking", "database", "qa"])
      expect(report.addresses[part]).toContain("127.0.0.1:");
  });

  test("a client gets an answer from the gateway, with a request id and the model's version", async () => {
    const body = JSON.stringify({ instances: [report.projects[0]?.prediction?.instance] });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(estate.url("gateway", "/v1/models/diabetes:predict"), { method: "POST", headers, body });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-request-id")).toBeTruthy();
    expect(answer.headers.get("x-model-version")).toBe("1");
    expect(((await answer.json()) as { predictions: number[] }).predictions).toHaveLength(1);
  });

  test("PostgreSQL holds the run and the release", async () => {
    const lines = readFileSync(join(estate.directory, "pgpass"), "utf8").split("\n");
    const [host, port, , user, password] = lines.find((line) => line.includes(":ledger:"))?.split(":") ?? [];
    const client = new Client({ host, port: Number(port), user, password, database: "ledger" });
    await client.connect();
    try {
      const runs = await client.query("select project, state from runs");
      expect(runs.rows).toEqual([{ project: "diabetes", state: "succeeded" }]);
      const releases = await client.query("select project, version, state from releases");
      expect(releases.rows).toEqual([{ project: "diabetes", version: "1", state: "promoted" }]);
    } finally {
      await client.end();
    }
  });

  test("MLflow's registry has the version under the alias production, with what made it", async () => {
    const path = "/api/2.0/mlflow/registered-models/alias?name=diabetes&alias=production";
    const answer = (await (await fetch(estate.url("tracking", path))).json()) as {
      model_version: { version: string; tags: { key: string; value: string }[] };
    };
    expect(answer.model_version.version).toBe("1");
    const keys = answer.model_version.tags.map(({ key }) => key);
    for (const key of ["package.digest", "data.digest", "run.id", "git.commit"]) expect(keys).toContain(key);
    expect(keys.some((key) => key.startsWith("metric."))).toBe(true);
    expect(keys.some((key) => key.startsWith("param."))).toBe(true);
  });

  test("the prediction is logged with its input, request id and model version", async () => {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const folder = join(estate.directory, "buckets/prediction-logs/diabetes");
    const lines = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").trim().split("\n"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const own = lines.find(({ requestId }) => requestId === report.projects[0]?.prediction?.requestId);
    expect(own).toMatchObject({ modelVersion: "1", project: "diabetes" });
    expect(JSON.stringify(own)).toContain("bmi");
  });

  test("`up` again changes nothing: no run, no release, the same processes", async () => {
    const before = await estate.status();
    const again = await estate.json<UpReport>(["up", "local"]);
    expect(again.projects[0]).toMatchObject({ release: null, version: "1" });
    const same = (parts: readonly PartStatus[]) =>
      parts.map(({ part, since, restarts }) => ({ part, since, restarts }));
    expect(same(await estate.status())).toEqual(same(before));
    const runs = await estate.json<{ runs: unknown[] }>(["pipeline", "list", "local"]);
    expect(runs.runs).toHaveLength(1);
  });

  test("`plan` says so too: no layer changes, exit code 0 with --detailed-exitcode", async () => {
    expect((await estate.mlops("plan", "local", "--detailed-exitcode")).code).toBe(0);
  });

  test("`status` shows every part healthy, with address and version", async () => {
    const parts = await estate.status();
    for (const name of ["database", "tracking", "scheduler", "qa", "blue", "green", "gateway"]) {
      expect(parts.find(({ part }) => part === name)).toMatchObject({ state: "running" });
    }
    expect(parts.find(({ part }) => part === "database")?.version).toMatch(/^\d+\.\d+/);
    expect(await answers(estate.url("gateway", "/healthz"))).toBe(true);
  });

  test("`outputs` gives one document whose keys do not depend on the cloud, with a reason where there is nothing", async () => {
    const document = await estate.json<Record<string, unknown>>(["outputs", "local"]);
    expect(JSON.stringify(document)).toContain(`127.0.0.1:${estate.ports.tracking}`);
  });

  test("nothing listens beyond 127.0.0.1", async () => {
    const beyond = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of beyond) {
      for (const port of Object.values(estate.ports)) expect(await listens(port, address)).toBe(false);
    }
    expect(await listens(estate.ports.gateway)).toBe(true);
  });

  test("no secret is anywhere but in its files of mode 0600: not in synthesized files, state, logs or process lists", () => {
    const secrets = Object.values(
      JSON.parse(readFileSync(join(estate.directory, "secrets.json"), "utf8")) as Record<string, string>,
    ).filter((value) => typeof value === "string");
    expect(secrets.length).toBeGreaterThan(0);
    expect(statSync(join(estate.directory, "secrets.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(estate.directory, "pgpass")).mode & 0o777).toBe(0o600);
    const holders = [...texts(join(estate.workspace, "cdktf.out")), ...texts(estate.directory), ...commandLines()]
      .filter(({ text }) => secrets.some((secret) => text.includes(secret)))
      .map(({ name }) => name);
    const allowed = /(secrets\.json|pgpass|jupyter_server_config\.(py|json))$/;
    expect(holders.filter((name) => !allowed.test(name))).toEqual([]);
  });

  test("a stack's state and folder are where `npx cdktf` looks for them", () => {
    expect(readdirSync(join(estate.workspace, "cdktf.out/stacks"))).toContain("local-data");
    expect(readdirSync(join(estate.directory, "state"))).toContain("local-data.tfstate");
    expect(CODE_ROOT).not.toBe(estate.workspace);
  });
}

interface Text {
  readonly name: string;
  readonly text: string;
}

/** Every text file below a folder, but for the database's own files. */
function texts(folder: string): readonly Text[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !name.includes("/database/") && statSync(name).size < 5_000_000)
    .map((name) => ({ name, text: readFileSync(name, "latin1") }));
}

/** Command lines of all processes, where the system shows them. */
function commandLines(): readonly Text[] {
  const pids = (() => {
    try {
      return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    } catch {
      return [];
    }
  })();
  return pids.flatMap((pid) => {
    try {
      return [{ name: `process ${pid}`, text: readFileSync(`/proc/${pid}/cmdline`, "utf8") }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}
