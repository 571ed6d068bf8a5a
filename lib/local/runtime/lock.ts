/** One change of an estate at a time, whoever asks: `up`, a layer of Terraform's, a backup. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../core/errors";
import { estatePaths } from "./context";
import { ensureDirectory, errorCode, explainFileError } from "./files";

/** A lock whose holder was killed is free after this long. */
const STALE_MS = 5_000;
const WAIT_MS = 300_000;

/** Runs `work` while nobody else changes the estate; waits for whoever does. @throws UserError after five minutes. */
export async function withEstateLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const { run } = estatePaths(directory);
  await ensureDirectory(run);
  const release = await acquire(directory, run);
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}

async function acquire(directory: string, run: string): Promise<() => Promise<void>> {
  const { default: lockfile } = await import("proper-lockfile");
  const options = {
    lockfilePath: `${run}/change.lock`,
    stale: STALE_MS,
    update: STALE_MS / 5,
    // A machine that slept loses the lock by the clock; ending the work half way would be worse than going on.
    onCompromised: () => undefined,
  };
  const deadline = Date.now() + WAIT_MS;
  // Its own retries would wait for a disk that cannot be written, too.
  for (;;) {
    try {
      return await lockfile.lock(run, options);
    } catch (error) {
      if (errorCode(error) !== "ELOCKED") throw explainFileError(error, run);
      if (Date.now() > deadline) break;
      await sleep(250);
    }
  }
  throw new UserError({
    where: directory,
    message: `another command has been changing this estate for ${WAIT_MS / 60_000} minutes`,
    fix: "Wait for it or end it, then run this command again",
  });
}
