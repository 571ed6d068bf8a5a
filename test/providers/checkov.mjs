#!/usr/bin/env node
/**
 * A second opinion on plans: Checkov, at a pinned version in an environment of its own, reads plans as JSON. What it finds
 * has to be answered in checkov-baseline.json, by somebody and until a day; an answer that nothing needs any more is a
 * failure too. Where Checkov cannot be installed this says so, and every plan counts as skipped.
 *
 *   node test/providers/checkov.mjs FOLDER     each FOLDER/STACK.json as `terraform show -json` writes it
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { sha256 } from "../../cli/setup/common.mjs";
import { findPython } from "../../cli/setup/prerequisites.mjs";
import { judge } from "./judge.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(path.dirname(here));
const home = path.join(root, ".mlops", "checkov");
const LOCK = path.join(here, "checkov-requirements.txt");
const BASELINE = path.join(here, "checkov-baseline.json");

/** Checkov asks a server of its maker for more rules; a closed port keeps the plans here. */
const CLOSED = "http://127.0.0.1:9";
const OFFLINE = { HTTP_PROXY: CLOSED, HTTPS_PROXY: CLOSED, ALL_PROXY: CLOSED, NO_PROXY: "" };

/**
 * What Checkov says of the plans in a folder.
 * @param {string} plans folder with STACK.json
 * @param {{partly?: boolean, today?: string}} [options] partly: not all stacks are there, so unused waivers are no failure
 * @returns {Promise<{passed: number, failed: number, skipped: number}>} plans by what became of them
 */
export async function checkov(plans, { partly = false, today = new Date().toISOString().slice(0, 10) } = {}) {
  const stacks = readdirSync(plans).filter((name) => name.endsWith(".json"));
  const refusal = await install();
  if (refusal !== null) {
    process.stderr.write(
      `\nSKIPPED: Checkov cannot be installed here, so there is no second opinion on the plans.\n${refusal}\n`,
    );
    return { passed: 0, failed: 0, skipped: stacks.length };
  }
  const found = await scan(plans);
  const { waivers } = JSON.parse(readFileSync(BASELINE, "utf8"));
  const { open, problems } = judge(found, waivers, { partly, today });
  for (const { stack, address, check, name } of open)
    process.stdout.write(`FAILED   checkov ${stack}: ${check} ${name}: ${address}\n`);
  for (const problem of problems) process.stdout.write(`FAILED   checkov-baseline.json: ${problem}\n`);
  const failed = new Set(open.map(({ stack }) => stack)).size;
  const answered = found.length - open.length;
  process.stdout.write(`checkov: ${stacks.length} plans, ${answered} findings answered, ${open.length} open\n`);
  return { passed: stacks.length - failed, failed: failed + problems.length, skipped: 0 };
}

/** Installs Checkov where it is not yet there. @returns {Promise<string | null>} why that was not possible */
async function install() {
  const stamp = path.join(home, "mlops-environment.json");
  const wanted = JSON.stringify({ lock: sha256(readFileSync(LOCK)), home });
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return null;
  const { command, problems } = findPython(process.env);
  if (command === null) return problems.join("\n");
  process.stderr.write("installing Checkov into .mlops/checkov (about a minute)\n");
  rmSync(home, { recursive: true, force: true });
  const steps = [
    [command, ["-m", "venv", home]],
    [
      path.join(home, "bin", "python"),
      ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-input", "--disable-pip-version-check", "-r", LOCK],
    ],
  ];
  for (const [program, args] of steps) {
    const { code, err } = await run(program, args);
    if (code !== 0) return err.trim().split("\n").slice(-5).join("\n");
  }
  // Last, so that an environment that was cut off is made again.
  writeFileSync(stamp, wanted);
  return null;
}

/** What Checkov finds in the plans. It ends with 1 when it finds anything, and with more when it breaks. */
async function scan(plans) {
  const args = ["-d", plans, "--framework", "terraform_plan", "-o", "json", "--quiet", "--compact"];
  const { code, out, err } = await run(path.join(home, "bin", "checkov"), args, OFFLINE);
  if (code > 1 || out.trim() === "") throw new Error(`checkov ended with ${code}: ${err.trim().slice(-2000)}`);
  const [report] = [JSON.parse(out)].flat();
  const { parsing_errors: unread, resource_count: seen } = report.summary ?? report;
  if (unread !== 0 || !(seen > 0))
    throw new Error(`checkov read ${seen} resources, and could not read ${unread} plans`);
  return (report.results?.failed_checks ?? []).map(({ file_path, resource, check_id, check_name }) => ({
    stack: path.basename(file_path, ".json"),
    address: resource,
    check: check_id,
    name: check_name,
  }));
}

function run(command, args, env = {}) {
  const { PYTHONPATH: _path, PYTHONHOME: _home, VIRTUAL_ENV: _active, ...outside } = process.env;
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...outside, ...env } });
    const out = [];
    const err = [];
    child.stdout.on("data", (data) => out.push(data));
    child.stderr.on("data", (data) => err.push(data));
    child.once("error", ({ message }) => resolve({ code: 127, out: "", err: message }));
    child.once("close", (code) =>
      resolve({ code: code ?? 130, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    process.stderr.write("usage: node test/providers/checkov.mjs FOLDER_WITH_PLANS_AS_JSON\n");
    process.exitCode = 1;
  } else {
    const { passed, failed, skipped } = await checkov(path.resolve(folder));
    process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    process.exitCode = failed > 0 ? 1 : 0;
  }
}
