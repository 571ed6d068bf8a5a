/**
 * Starts pipelines at set times. The times are croner's; what is ours is which command is run and what is told of it.
 * `scheduler.cjs --port P --schedules FILE --workspace DIR --environment NAME`.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { Cron } from "croner";
import fastify, { type FastifyInstance } from "fastify";
import type { SchedulerPart } from "../parts";
import { outliveLog } from "./log-pipe";

/** How a scheduled run ended. */
export interface ScheduledRun {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Null while it runs, or when it was ended by a signal. */
  readonly exitCode: number | null;
  /** Last line it wrote, for people. */
  readonly message: string | null;
}

/** One schedule as `/schedules` shows it. */
export interface ScheduleState {
  readonly project: string;
  readonly cron: string;
  readonly timeZone: string;
  /** ISO 8601; null when it never comes. */
  readonly next: string | null;
  readonly running: boolean;
  readonly last: ScheduledRun | null;
}

/** Runs a project's pipeline to its end. */
export type StartRun = (project: string) => Promise<Pick<ScheduledRun, "exitCode" | "message">>;

/** The schedules at work. */
export class Scheduler {
  private readonly jobs: { readonly schedule: SchedulerPart["schedules"][number]; readonly job: Cron }[] = [];
  private readonly runs = new Map<string, ScheduledRun>();

  constructor(
    schedules: SchedulerPart["schedules"],
    private readonly start: StartRun,
  ) {
    for (const schedule of schedules) {
      // protect: a run that is still going when its time comes again is not started twice.
      const options = { timezone: schedule.timeZone, protect: true, catch: true } as const;
      this.jobs.push({ schedule, job: new Cron(schedule.cron, options, () => this.run(schedule)) });
    }
  }

  state(): ScheduleState[] {
    return this.jobs.map(({ schedule, job }) => ({
      ...schedule,
      next: job.nextRun()?.toISOString() ?? null,
      running: job.isBusy(),
      last: this.runs.get(key(schedule)) ?? null,
    }));
  }

  stop(): void {
    for (const { job } of this.jobs) job.stop();
  }

  private async run(schedule: SchedulerPart["schedules"][number]): Promise<void> {
    const startedAt = new Date().toISOString();
    const tell = (run: Omit<ScheduledRun, "startedAt">) => this.runs.set(key(schedule), { startedAt, ...run });
    tell({ endedAt: null, exitCode: null, message: null });
    console.log(`${startedAt} ${schedule.project}: started`);
    try {
      const end = await this.start(schedule.project);
      tell({ endedAt: new Date().toISOString(), ...end });
      console.log(`${new Date().toISOString()} ${schedule.project}: ended with status ${end.exitCode}`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      tell({ endedAt: new Date().toISOString(), exitCode: null, message });
      console.log(`${new Date().toISOString()} ${schedule.project}: ${message}`);
    }
  }
}

function key({ project, cron, timeZone }: SchedulerPart["schedules"][number]): string {
  return [project, cron, timeZone].join("\0");
}

/** The command that a schedule runs. */
export function runCommand(codeRoot: string, workspace: string, environment: string, project: string): string[] {
  return [
    path.join(codeRoot, "cli", "mlops.cjs"),
    ...["--environments", path.join(workspace, "environments"), "--no-input"],
    ...["pipeline", "run", environment, project, "--reason", "schedule"],
  ];
}

/** Runs that command to its end, its output in this program's own log. It ends when this program does. */
export function commandRun(codeRoot: string, workspace: string, environment: string): StartRun {
  return async (project) => {
    const { execa } = await import("execa");
    const argv = runCommand(codeRoot, workspace, environment, project);
    const options = { stdin: "ignore", stdout: "inherit", stderr: ["inherit", "pipe"], reject: false } as const;
    const { exitCode, stderr } = await execa(process.execPath, argv, options);
    return { exitCode: exitCode ?? null, message: stderr.trim().split("\n").at(-1) || null };
  };
}

/** Answers `/healthz` and `/schedules`. */
export function schedulerServer(scheduler: Pick<Scheduler, "state">): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/schedules", () => scheduler.state());
  return app;
}

/** The program. */
export async function main(): Promise<void> {
  outliveLog();
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      schedules: { type: "string" },
      workspace: { type: "string" },
      environment: { type: "string" },
    },
  });
  const { port, schedules, workspace, environment } = values;
  if (!port || !schedules || !workspace || !environment) {
    console.error("scheduler: wanted --port, --schedules, --workspace and --environment");
    process.exit(1);
  }
  const codeRoot = path.resolve(__dirname, "..", "..", "..");
  const file = JSON.parse(await readFile(schedules, "utf8")) as { schedules: SchedulerPart["schedules"] };
  const scheduler = new Scheduler(file.schedules, commandRun(codeRoot, workspace, environment));
  const app = schedulerServer(scheduler);
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => {
      scheduler.stop();
      void app.close().finally(() => process.exit(0));
    });
  }
  await app.listen({ port: Number(port), host: "127.0.0.1" });
  console.log(`scheduler: ${file.schedules.length} schedules, http://127.0.0.1:${port}/schedules`);
}
