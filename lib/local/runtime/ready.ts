/** Waiting until programs answer, with a deadline and the log in the error. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../core/errors";
import { estatePaths, type RuntimeContext, upCommand } from "./context";
import { tail } from "./files";
import { addressOf, probe } from "./health";
import type { Program } from "./programs";
import type { Supervisor } from "./supervisor";

/** How long each kind may take. MLflow's first start makes its tables: 12 s on two free cores. */
const DEADLINE_MS: Partial<Record<Program["part"]["kind"], number>> = { tracking: 180_000, database: 120_000 };
const ORDINARY_DEADLINE_MS = 60_000;

/** A program that was started this often without once answering is not going to. */
const TOO_MANY_STARTS = 4;

/**
 * Resolves when the program answers; a database also when it does not take the password, which waiting does not mend.
 * @param deadlineMs by kind unless told.
 * @throws UserError with the last lines of its log when it was given up on, ends again and again, or takes too long.
 */
export async function waitReady(
  context: RuntimeContext,
  supervisor: Supervisor,
  program: Program,
  secrets: Readonly<Record<string, string>>,
  deadlineMs = DEADLINE_MS[program.part.kind] ?? ORDINARY_DEADLINE_MS,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  const pids = new Set<number>();
  for (;;) {
    // An answer counts only from a program that is ours and running, not from whoever else has the port.
    const [health, programs] = await Promise.all([probe(program.part, secrets, 2_000), supervisor.programs()]);
    const seen = programs?.find(({ name }) => name === program.name);
    if ((health.healthy || health.refused) && (seen?.state === "RUNNING" || seen?.state === "STARTING")) return;
    if (seen && seen.pid > 0) pids.add(seen.pid);
    if (seen?.state === "FATAL") throw await notReady(context, program, "was started again and again and given up on");
    // On a machine that is very busy it may miss one call; gone it is when its process is.
    if (programs === null && !(await supervisor.census()).supervisor)
      throw await notReady(context, program, "lost its supervisor");
    if (pids.size >= TOO_MANY_STARTS) throw await notReady(context, program, "ends soon after every start");
    if (Date.now() > deadline) {
      const seconds = Math.round(deadlineMs / 1_000);
      throw await notReady(context, program, `does not answer at ${addressOf(program.part)} within ${seconds} s`);
    }
    await sleep(100);
  }
}

async function notReady(context: RuntimeContext, program: Program, how: string): Promise<UserError> {
  const file = path.join(estatePaths(context.directory).logs, `${program.name}.log`);
  const lines = await tail(file, 10);
  // A server's last words are often that it stops, and the cause stands above.
  const last = lines.findLast((line) => /\b(?:FATAL|PANIC)\b|Error\b/.test(line)) ?? lines.at(-1);
  return new UserError({
    where: program.name,
    message: `${how}${last ? `; its log says: ${last.trim()}` : ""}`,
    fix: `Read ${file}, then run \`${upCommand(context)}\` again`,
    ...(lines.length > 0 && { frame: lines.join("\n") }),
  });
}
