import type { IPipelineRunner, PipelineResult } from "../../lib/contracts/operator";
import { idOfKey, timeId } from "../../operations/id";
import { type PipelineRunContext, runPipeline } from "../../operations/pipeline-run";
import { MemoryLedger } from "./support/memory-ledger";

const RESULT: Omit<PipelineResult, "runId"> = {
  ...{
    state: "succeeded",
    blessed: true,
    reasons: ["better"],
    version: "4",
    metrics: { mse: 3000 },
    trackingRunId: "abc",
  },
};

function scene(run: IPipelineRunner["run"] = async ({ runId }) => ({ ...RESULT, runId })) {
  const ledger = new MemoryLedger();
  const started: string[] = [];
  const pipelines: IPipelineRunner = {
    run: (request, ...rest) => {
      started.push(request.runId);
      return run(request, ...rest);
    },
  };
  const context: PipelineRunContext = {
    ...{
      operator: { pipelines },
      ledger,
      environment: { name: "local" },
      project: "diabetes",
      directory: "projects/diabetes",
    },
  };
  return { ledger, started, context };
}

test("a run is in the ledger from its start to its end, with its steps and what it made", async () => {
  const { ledger, context } = scene(async ({ runId }, onStep) => {
    expect(ledger.allRuns).toMatchObject([{ id: runId, state: "running" }]);
    onStep({ step: "extract", state: "started" });
    onStep({ step: "extract", state: "cached", seconds: 0.1 });
    onStep({ step: "train", state: "succeeded", seconds: 2 });
    return { ...RESULT, runId };
  });
  const seen: string[] = [];
  const report = await runPipeline({ ...context, parameters: { "train.alpha": 0.4 } }, ({ step, state }) =>
    seen.push(`${step} ${state}`),
  );
  expect(report).toMatchObject({ state: "succeeded", error: null, result: { version: "4" } });
  expect(seen).toEqual(["extract started", "extract cached", "train succeeded"]);
  expect(ledger.allRuns).toMatchObject([
    {
      state: "succeeded",
      reason: "manual",
      parameters: { "train.alpha": 0.4 },
      version: "4",
      metrics: { mse: 3000 },
      blessed: true,
    },
  ]);
  expect(ledger.allRuns[0]?.steps).toMatchObject([{ step: "extract", state: "cached" }, { step: "train" }]);
  expect(ledger.held.size).toBe(0);
});

test("a pipeline that fails, and one that breaks, are reports with the reason", async () => {
  const failing = scene(async ({ runId }) => ({
    ...RESULT,
    runId,
    state: "failed",
    version: null,
    error: "validate: 3 anomalies",
  }));
  expect(await runPipeline(failing.context)).toMatchObject({ state: "failed", error: "validate: 3 anomalies" });
  expect(failing.ledger.allRuns).toMatchObject([{ state: "failed", error: "validate: 3 anomalies" }]);
  const broken = scene(() => Promise.reject(new Error("python ended with 137")));
  expect(await runPipeline(broken.context)).toMatchObject({
    state: "failed",
    result: null,
    error: "python ended with 137",
  });
});

test("an interrupted run is recorded as interrupted", async () => {
  const stop = new AbortController();
  const { ledger, context } = scene(() => {
    stop.abort();
    return Promise.reject(new Error("killed"));
  });
  expect(await runPipeline({ ...context, signal: stop.signal })).toMatchObject({ state: "interrupted" });
  expect(ledger.allRuns).toMatchObject([{ state: "interrupted", endedAt: expect.any(String) }]);
});

test("an event delivered twice starts one run; another key, project or environment starts another", async () => {
  const { started, context } = scene();
  const event = { ...context, reason: "new-data", dedupeKey: "object-17" };
  const [first, second] = [await runPipeline(event), await runPipeline(event)];
  expect(second).toMatchObject({ state: "duplicate", runId: first.runId, run: { state: "succeeded" } });
  await runPipeline({ ...event, dedupeKey: "object-18" });
  await runPipeline({ ...event, project: "taxi" });
  expect(new Set(started).size).toBe(3);
  expect(started[0]).toBe(idOfKey("local", "diabetes", "object-17"));
});

test("two deliveries at the same moment start one run", async () => {
  const { started, context } = scene(async ({ runId }) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { ...RESULT, runId };
  });
  const reports = await Promise.all([1, 2, 3].map(() => runPipeline({ ...context, dedupeKey: "k" })));
  expect(started).toHaveLength(1);
  expect(reports.map(({ state }) => state).sort()).toEqual(["duplicate", "duplicate", "succeeded"]);
});

test("a run that was interrupted is made again when its event comes again", async () => {
  const { ledger, started, context } = scene();
  const event = { ...context, dedupeKey: "k" };
  const { runId } = await runPipeline(event);
  Object.assign(ledger.allRuns[0] ?? {}, { state: "interrupted" });
  expect(await runPipeline(event)).toMatchObject({ state: "succeeded", runId });
  expect(started).toEqual([runId, runId]);
});

test("rows of runs whose process died are closed at the next start; a run that lives is left alone", async () => {
  const { ledger, context } = scene();
  const open = {
    environment: "local",
    project: "diabetes",
    reason: "schedule",
    dedupeKey: null,
    parameters: {},
    coolDownSeconds: 0,
  };
  await ledger.startRun({ ...open, id: "dead" });
  await ledger.startRun({ ...open, id: "alive" });
  await ledger.lock("run alive");
  await runPipeline(context);
  const states = Object.fromEntries(ledger.allRuns.map(({ id, state, error }) => [id, [state, error]]));
  expect(states.dead).toEqual(["interrupted", expect.stringMatching(/without a word/)]);
  expect(states.alive?.[0]).toBe("running");
});

test("runs that start by themselves cool down, by the environment's setting; one started by hand does not wait", async () => {
  const { started, context } = scene();
  const cooled = { ...context, environment: { name: "local", retraining: { cooldownMinutes: 60 } } };
  await runPipeline({ ...cooled, reason: "drift" });
  expect(await runPipeline({ ...cooled, reason: "drift" })).toMatchObject({
    state: "coolingDown",
    until: expect.any(String),
  });
  expect(await runPipeline({ ...cooled, reason: "manual" })).toMatchObject({ state: "succeeded" });
  expect(started).toHaveLength(2);
});

test("a step that cannot be written down does not fail the run", async () => {
  const { ledger, context } = scene(async ({ runId }, onStep) => {
    onStep({ step: "train", state: "succeeded" });
    return { ...RESULT, runId };
  });
  ledger.onWrite = (name) => {
    if (name === "recordRunStep") throw new Error("the database is away");
  };
  expect(await runPipeline(context)).toMatchObject({ state: "succeeded" });
});

test("ids sort by time, differ, and are fit for folder names", () => {
  const ids = [1, 1, 2, 1000, 86_400_000].map((ms) => timeId(new Date(1_700_000_000_000 + ms)));
  expect(new Set(ids).size).toBe(5);
  expect(ids.slice(1)).toEqual(ids.slice(1).toSorted());
  for (const id of [...ids, idOfKey("e", "p", "weird /key\n")]) expect(id).toMatch(/^[a-z0-9-]{10,40}$/);
  expect(idOfKey("ab", "c", "k")).not.toBe(idOfKey("a", "bc", "k"));
});
