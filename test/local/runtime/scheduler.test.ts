import { cpSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandRun, runCommand, Scheduler, schedulerServer } from "../../../lib/local/runtime/scheduler-program";

/** Stopped whatever a test ended with: a schedule that goes on keeps the process alive. */
const made: Scheduler[] = [];
beforeEach(() => {
  jest.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  for (const scheduler of made.splice(0)) scheduler.stop();
  jest.restoreAllMocks();
});

function schedulerOf(...args: ConstructorParameters<typeof Scheduler>): Scheduler {
  const scheduler = new Scheduler(...args);
  made.push(scheduler);
  return scheduler;
}

const every = { project: "diabetes", cron: "* * * * * *", timeZone: "UTC" };

test("a run that is still going when its time comes again is not started twice", async () => {
  let going = 0;
  let most = 0;
  let started = 0;
  schedulerOf([every], async () => {
    started++;
    most = Math.max(most, ++going);
    await sleep(1_500);
    going--;
    return { exitCode: 0, message: null };
  });
  await sleep(3_800);
  expect(started).toBeGreaterThanOrEqual(1);
  expect(most).toBe(1);
}, 10_000);

test("what ran last and what comes next is told, a failure with its words", async () => {
  const scheduler = schedulerOf([every], async () => ({ exitCode: 1, message: "MLflow does not answer" }));
  const app = schedulerServer(scheduler);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  await sleep(1_300);
  const [state] = (await (await fetch(`${url}/schedules`)).json()) as ReturnType<Scheduler["state"]>;
  const health = await fetch(`${url}/healthz`);
  await app.close();
  expect(state).toMatchObject({ project: "diabetes", last: { exitCode: 1, message: "MLflow does not answer" } });
  expect(Date.parse(state?.next ?? "")).toBeGreaterThan(Date.now() - 2_000);
  expect(health.status).toBe(200);
});

test("times are meant in the schedule's own zone", () => {
  const scheduler = schedulerOf([{ project: "p", cron: "0 3 * * *", timeZone: "Asia/Seoul" }], async () => {
    throw new Error("not now");
  });
  const [state] = scheduler.state();
  expect(new Date(state?.next ?? "").getUTCHours()).toBe(18);
});

test("it runs the command that a person would", () => {
  expect(runCommand("/code", "/work space", "local", "diabetes")).toEqual([
    "/code/cli/mlops.cjs",
    "--environments",
    "/work space/environments",
    "--no-input",
    "pipeline",
    "run",
    "local",
    "diabetes",
    "--reason",
    "schedule",
  ]);
});

test("a schedule that is due really starts `mlops pipeline run`, and tells what came of it", async () => {
  const codeRoot = path.resolve(__dirname, "../../..");
  const workspace = mkdtempSync(path.join(os.tmpdir(), "mlops schedule-"));
  cpSync(path.join(codeRoot, "environments"), path.join(workspace, "environments"), { recursive: true });
  const start = commandRun(codeRoot, workspace, "local");
  const scheduler = schedulerOf([every], async (project) => {
    const end = await start(project);
    scheduler.stop();
    return end;
  });
  try {
    while (scheduler.state()[0]?.last?.endedAt == null) await sleep(100);
    // Nothing is deployed in this workspace: the command came as far as asking for it.
    expect(scheduler.state()[0]?.last).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        /\.mlops\/local: no \w+ is deployed here\. Deploy the estate with `mlops up local`/,
      ),
    });
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}, 30_000);
