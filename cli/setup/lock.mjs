import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { guarded, SetupError, words } from "./common.mjs";

const LIMIT_SECONDS = 20 * 60;

/**
 * One set-up at a time: the second waits for the first. A set-up that was killed is not waited for.
 * @template T
 * @param {string} codeRoot
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withSetupLock(codeRoot, action) {
  const file = path.join(codeRoot, ".mlops", "setup.lock");
  guarded(file, () => mkdirSync(path.dirname(file), { recursive: true }));
  const started = Date.now();
  let told = false;
  while (!take(file)) {
    const holder = read(file);
    if (holder !== null && !alive(holder.pid)) {
      discard(file, holder);
      continue;
    }
    if (!told) words(`another set-up runs (process ${holder?.pid ?? "?"}); waiting for it`);
    told = true;
    if (Date.now() - started > LIMIT_SECONDS * 1000) {
      throw new SetupError([`another set-up (process ${holder?.pid ?? "?"}) still runs. End it and run again`]);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const release = () => {
    if (read(file)?.pid === process.pid) unlinkSync(file);
  };
  process.once("exit", release);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  try {
    return await action();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

/** Whole or not at all: the holder is written first, then given its name. */
function take(file) {
  const own = `${file}.${process.pid}`;
  guarded(file, () => writeFileSync(own, JSON.stringify({ pid: process.pid })));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Takes a dead holder's lock away; puts it back when somebody else was quicker and it is a living one's by now. */
function discard(file, holder) {
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside)?.pid !== holder.pid) linkSync(aside, file);
    unlinkSync(aside);
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
