#!/usr/bin/env node
/**
 * `npm run test:providers`: every layer of every example environment of a cloud, validated and planned offline with the
 * provider that the bindings are pinned to: made-up credentials, no state, other layers' values assumed. Then Checkov reads
 * the plans. Where the providers cannot be installed this says so, and counts what was not run as skipped.
 *
 * The same files are taken for both clouds: for Azure the one word in each is changed.
 *
 *   node test/providers/run.mjs [CLOUD/]ENVIRONMENT...
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { azureml } from "./azureml.mjs";
import { checkov } from "./checkov.mjs";
import { everything, images, kubeflow } from "./everything.mjs";
import { organisation } from "./organisation.mjs";
import { signIn } from "./sign-in.mjs";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const scratch = mkdtempSync(path.join(tmpdir(), "mlops-providers-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

const { url: token, close: closeSignIn } = await signIn();
const { url: devOps, close: closeOrganisation } = await organisation();

/** Terraform talks to nobody: a closed port is the way out, so that no account can be reached by mistake. */
const CLOSED = "http://127.0.0.1:9";
const OFFLINE = {
  ...process.env,
  TF_IN_AUTOMATION: "1",
  CHECKPOINT_DISABLE: "1",
  GOOGLE_OAUTH_ACCESS_TOKEN: "made-up",
  ARM_USE_MSI: "true",
  ARM_MSI_ENDPOINT: token,
  ARM_USE_CLI: "false",
  ARM_PROVIDER_ENHANCED_VALIDATION: "false",
  AZDO_PERSONAL_ACCESS_TOKEN: "made-up",
  HTTP_PROXY: CLOSED,
  HTTPS_PROXY: CLOSED,
  ALL_PROXY: CLOSED,
  NO_PROXY: "",
};
/** Stacks at once: Terraform is mostly one core. */
const AT_ONCE = 2;

/** Clouds that have providers, each with the folder of its files. */
const CLOUDS = ["gcp", "azure"];

/** The shipped environments with every image built, one with every switch on, and one with Kubeflow. */
function writeEnvironments(cloud) {
  const folder = path.join(scratch, cloud, "environments");
  cpSync(path.join(root, "environments"), folder, {
    recursive: true,
    filter: (source) => !/\.ts$|schema$/.test(source),
  });
  writeFileSync(path.join(folder, "images.lock.yaml"), images());
  writeFileSync(path.join(folder, "everything.yaml"), everything(cloud));
  writeFileSync(path.join(folder, "kubeflow.yaml"), kubeflow());
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const text = readFileSync(path.join(folder, file), "utf8");
    writeFileSync(path.join(folder, file), text.replace(/^cloud: gcp\b/m, `cloud: ${cloud}`));
  }
  return folder;
}

function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    const said = [];
    const out = [];
    child.stdout.on("data", (data) => {
      said.push(data);
      out.push(data);
    });
    child.stderr.on("data", (data) => said.push(data));
    child.once("error", (error) => resolve({ code: 1, text: error.message, out: "" }));
    child.once("close", (code) =>
      resolve({ code: code ?? 1, text: Buffer.concat(said).toString(), out: Buffer.concat(out).toString() }),
    );
  });
}

const mlops = (...args) => run(process.execPath, [path.join(root, "cli", "mlops.cjs"), ...args]);

/** Stacks of one environment, each in a folder of its own with a local backend. */
async function synthesize({ cloud, environments, name }) {
  const out = path.join(scratch, cloud, "out", name);
  const made = await mlops("--environments", environments, "synth", name, "--assume", "--out", out);
  if (made.code !== 0) throw new Error(`synth ${name} on ${cloud}: ${made.text}`);
  return readdirSync(path.join(out, "stacks")).map((stack) => {
    const folder = path.join(out, "stacks", stack);
    writeFileSync(path.join(folder, "here_override.tf.json"), JSON.stringify(here(folder)));
    return { stack: cloud === "gcp" ? stack : `${cloud}-${stack}`, folder };
  });
}

/** What is another here than where it is deployed: the state lies beside it, and the organisation is on this machine. */
function here(folder) {
  const { provider } = JSON.parse(readFileSync(path.join(folder, "cdk.tf.json"), "utf8"));
  const terraform = { backend: { local: {} } };
  return provider?.azuredevops ? { terraform, provider: { azuredevops: { org_service_url: devOps } } } : { terraform };
}

const terraform = (folder, ...args) => run("terraform", [...args, "-no-color"], { cwd: folder, env: OFFLINE });
/** `init` is the one that needs the registry, a mirror or a cache. */
const init = (folder) => run("terraform", ["init", "-no-color", "-input=false"], { cwd: folder });

/** What became of one stack: how it was refused, or nothing. */
async function plan({ stack, folder }, plans) {
  for (const step of [
    () => init(folder),
    () => terraform(folder, "validate"),
    () => terraform(folder, "plan", "-input=false", "-lock=false", "-out=plan"),
  ]) {
    const { code, text } = await step();
    if (code !== 0) return text.trim();
  }
  const { out } = await terraform(folder, "show", "-json", "plan");
  const { resource_changes: changes = [] } = JSON.parse(out);
  const other = changes.filter(({ change }) => change.actions.join() !== "create");
  if (changes.length === 0 || other.length > 0)
    return `an empty plan, or one that does more than create: ${other.map(({ address }) => address)}`;
  writeFileSync(path.join(plans, `${stack}.json`), out);
  process.stdout.write(`ok       ${stack}: ${changes.length} to create\n`);
  return null;
}

async function main(wanted) {
  const all = [];
  for (const cloud of CLOUDS) {
    const environments = writeEnvironments(cloud);
    const { out } = await mlops("--environments", environments, "validate", "--json");
    const found = JSON.parse(out).environments.filter((one) => one.cloud === cloud);
    all.push(...found.map(({ name }) => ({ cloud, environments, name })));
  }
  const asked = ({ cloud, name }) =>
    wanted.length === 0 || wanted.includes(name) || wanted.includes(`${cloud}/${name}`);
  const stacks = [];
  for (const environment of all.filter(asked)) stacks.push(...(await synthesize(environment)));
  if (stacks.length === 0) throw new Error(`no environment is called ${wanted.join(" or ")}`);

  const first = await init(stacks[0].folder);
  if (first.code !== 0) {
    process.stderr.write(
      `\nSKIPPED: the providers cannot be installed here, so nothing was validated or planned with them.\n${first.text.trim()}\n` +
        "Give Terraform a registry, or a mirror by TF_CLI_CONFIG_FILE, and run this again.\n",
    );
    return { passed: 0, failed: 0, skipped: stacks.length };
  }
  const plans = path.join(scratch, "plans");
  mkdirSync(plans);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const queue = [...stacks];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const refusal = await plan(next, plans);
      counts[refusal === null ? "passed" : "failed"] += 1;
      if (refusal !== null) process.stdout.write(`FAILED   ${next.stack}:\n${refusal}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const opinion = await checkov(plans, { partly: wanted.length > 0 || counts.failed > 0 });
  const documents = await azureml();
  for (const key of Object.keys(counts)) counts[key] += opinion[key] + documents[key];
  return counts;
}

const { passed, failed, skipped } = await main(process.argv.slice(2));
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
closeSignIn();
closeOrganisation();
process.exitCode = failed > 0 ? 1 : 0;
