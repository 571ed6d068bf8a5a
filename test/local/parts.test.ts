/** What a local environment becomes: every part of every layer, as the runtime is told of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PartDefinition } from "../../lib/local/parts";
import { synthesize } from "../../stacks/synth";
import { localEnvironment } from "../support/fixtures";
import { temporaryFolder } from "../support/folders";

const PORTS = {
  ...{ gateway: 20001, qa: 20002, blue: 20003, green: 20004 },
  ...{ tracking: 20005, database: 20006, scheduler: 20007, notebooks: 20008 },
};

async function partsOf(changes: Readonly<Record<string, unknown>>): Promise<Record<string, PartDefinition[]>> {
  const outdir = temporaryFolder();
  const { stacks } = await synthesize([localEnvironment(changes)], { outdir });
  return Object.fromEntries(
    Object.values(stacks).map(({ layer, synthesizedStackPath }) => {
      const { resource } = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8"));
      return [layer, resource.terraform_data.Parts.input.parts];
    }),
  );
}

test("a local environment has these parts, on the ports of its config", async () => {
  const logging = { sample: 0.5, retentionDays: 30, redact: ["age"] };
  const parts = await partsOf({
    clouds: { local: { ports: PORTS } },
    notebooks: { enabled: true, idleShutdownMinutes: 15 },
    retraining: { schedule: "30 4 * * *", timeZone: "Asia/Seoul" },
    logging: { predictions: logging },
  });
  const bucket = (name: string) => ({ kind: "directory", name, path: `buckets/${name}` });
  const server = (name: "qa" | "blue" | "green") => ({
    ...{ kind: "modelServer", name, port: PORTS[name], logs: "buckets/prediction-logs", logging },
  });
  expect(parts).toEqual({
    foundation: [
      {
        kind: "secrets",
        name: "secrets",
        secrets: ["database-ledger", "database-mlflow", "database-superuser", "notebooks-token"],
      },
    ],
    data: [
      ...["datasets", "artifacts", "packages", "prediction-logs"].map(bucket),
      {
        ...{ kind: "database", name: "database", port: PORTS.database, databases: ["mlflow", "ledger"] },
        ...{ sharedBuffers: 64, maxConnections: 60 },
      },
    ],
    ml: [
      {
        ...{ kind: "tracking", name: "tracking", port: PORTS.tracking },
        ...{ databasePort: PORTS.database, database: "mlflow", artifacts: "buckets/artifacts" },
      },
      {
        ...{ kind: "orchestrator", name: "orchestrator", runs: "orchestrator/runs", cache: "orchestrator/cache" },
        packages: "buckets/packages",
      },
      { kind: "notebooks", name: "notebooks", port: PORTS.notebooks, idleShutdownMinutes: 15 },
    ],
    delivery: [
      {
        ...{ kind: "scheduler", name: "scheduler", port: PORTS.scheduler },
        schedules: [{ project: "diabetes", cron: "30 4 * * *", timeZone: "Asia/Seoul" }],
      },
    ],
    serving: [
      server("qa"),
      server("blue"),
      server("green"),
      {
        ...{ kind: "gateway", name: "gateway", port: PORTS.gateway },
        slots: [
          { name: "blue", port: PORTS.blue },
          { name: "green", port: PORTS.green },
        ],
      },
    ],
  });
});

test("a layer without parts stays in the config with none, so that what ran in it is stopped", async () => {
  expect((await partsOf({})).delivery).toEqual([]);
});
