/** One change of an estate at a time, whoever asks: `up`, a layer of Terraform's, a backup. */
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
  const { default: lockfile } = await import("proper-lockfile");
  let release: () => Promise<void>;
  try {
    release = await lockfile.lock(run, {
      lockfilePath: `${run}/change.lock`,
      stale: STALE_MS,
      update: STALE_MS / 5,
      retries: { retries: WAIT_MS / 250, factor: 1, minTimeout: 250, maxTimeout: 250 },
      // A machine that slept loses the lock by the clock; ending the work half way would be worse than going on.
      onCompromised: () => undefined,
    });
  } catch (error) {
    if (errorCode(error) !== "ELOCKED") throw explainFileError(error, run);
    throw new UserError({
      where: directory,
      message: `another command has been changing this estate for ${WAIT_MS / 60_000} minutes`,
      fix: "Wait for it or end it, then run this command again",
    });
  }
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}
