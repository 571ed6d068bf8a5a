import { readFileSync } from "node:fs";
import path from "node:path";
import { install, needSpace, readJson, SetupError, sha256, words, writeJson } from "./common.mjs";
import { which } from "./prerequisites.mjs";

const stampFile = (codeRoot) => path.join(codeRoot, "node_modules", ".mlops-setup.json");

function lockText(codeRoot) {
  try {
    return readFileSync(path.join(codeRoot, "package-lock.json"), "utf8");
  } catch (error) {
    throw new SetupError([
      `package-lock.json cannot be read (${error.code}). Get it back: git checkout package-lock.json`,
    ]);
  }
}

/** Whether node_modules is what the lock file says. A folder that npm itself filled is looked at once and adopted. */
export function nodePackagesReady(codeRoot) {
  const lock = lockText(codeRoot);
  const digest = sha256(lock);
  const stamp = readJson(stampFile(codeRoot));
  if (stamp?.lock === digest) return true;
  if (stamp !== null && stamp.lock !== digest && !changedByNpm(codeRoot, stamp)) return false;
  const ready = matches(JSON.parse(lock), readJson(path.join(codeRoot, "node_modules", ".package-lock.json")));
  if (ready) writeJson(stampFile(codeRoot), { lock: digest, hidden: hiddenDigest(codeRoot) });
  return ready;
}

function hiddenDigest(codeRoot) {
  try {
    return sha256(readFileSync(path.join(codeRoot, "node_modules", ".package-lock.json")));
  } catch {
    return null;
  }
}

const changedByNpm = (codeRoot, stamp) => stamp.hidden !== hiddenDigest(codeRoot);

/** npm writes what it installed, as its last act, into a lock file of the same form inside node_modules. */
function matches(wanted, installed) {
  if (installed === null) return false;
  const have = installed.packages ?? {};
  for (const [name, entry] of Object.entries(wanted.packages ?? {})) {
    if (!name.startsWith("node_modules/") || entry.link) continue;
    const found = have[name];
    if (found === undefined) {
      if (!entry.optional && !entry.peer) return false;
    } else if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return false;
    }
  }
  return true;
}

/** Exactly the lock file: `npm ci`. */
export async function installNodePackages(codeRoot, environment) {
  const lock = lockText(codeRoot);
  const count = Object.keys(JSON.parse(lock).packages ?? {}).length;
  needSpace(codeRoot, 1.2 * 2 ** 30, "the node packages");
  const started = Date.now();
  words(`installing ${count} node packages from package-lock.json (about a minute)`);
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  // Inside `npm run` the same npm is used again; it may not be in PATH under that name.
  const own = environment.npm_execpath;
  const npm = own?.endsWith(".js") ? [process.execPath, own] : [which("npm", environment)[0]];
  if (npm[0] === undefined) throw new SetupError(["npm was not found in PATH. It comes with Node: https://nodejs.org"]);
  await install("node packages", npm[0], [...npm.slice(1), ...args], { cwd: codeRoot, env: environment });
  writeJson(stampFile(codeRoot), { lock: sha256(lock), hidden: hiddenDigest(codeRoot) });
  words(`node packages installed (${Math.round((Date.now() - started) / 1000)} s)`);
}
