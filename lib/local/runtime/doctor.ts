/** What must be right before a deployment is tried, each with its cure. */
import type { Check } from "../../contracts/operator";
import type { Problem } from "../../core/errors";
import { diskProblem, folderProblem, foreignPorts, MINIMUM_FREE_MIB, pythonProblem } from "./checks";
import type { RuntimeContext } from "./context";
import { exists } from "./files";
import { deployedLayers, partsOf } from "./layers";
import { findPostgres } from "./postgres";
import { listProcesses } from "./processes";
import { isProgramPart } from "./programs";

/** Lowest versions that work, as in the README. */
export const REQUIRED = { node: "20.19", terraform: "1.11", python: "3.11", pythonBelow: "3.14" } as const;

/** Runs every check. Changes nothing. */
export async function runDoctor(context: RuntimeContext): Promise<Check[]> {
  return Promise.all([
    nodeCheck(process.versions.node),
    terraformCheck(),
    pythonCheck(context),
    folderCheck(context),
    diskProblem(context.directory).then((problem) =>
      check("disk", problem, `at least ${MINIMUM_FREE_MIB} MiB are free`),
    ),
    portsCheck(context),
    databaseCheck(context),
  ]);
}

function check(name: string, problem: Problem | null, fine: string): Check {
  if (problem === null) return { check: name, ok: true, message: fine, fix: null };
  return { check: name, ok: false, message: problem.message, fix: problem.fix ?? null };
}

/** Node of this process. */
export function nodeCheck(version: string): Check {
  const old = compareVersions(version, REQUIRED.node) < 0;
  const problem = old
    ? { message: `got Node ${version}, wanted ${REQUIRED.node} or newer`, fix: "Install Node 20 or newer" }
    : null;
  return check("node", problem, `Node ${version}`);
}

async function terraformCheck(): Promise<Check> {
  const fix = `Install Terraform ${REQUIRED.terraform} or newer: https://developer.hashicorp.com/terraform/install`;
  const { execa } = await import("execa");
  const { stdout, failed } = await execa("terraform", ["version", "-json"], {
    reject: false,
    stdin: "ignore",
    timeout: 15_000,
  });
  const version = failed ? null : /"terraform_version":\s*"([^"]+)"/.exec(stdout)?.[1];
  if (!version) return check("terraform", { message: "Terraform is not installed", fix }, "");
  const old = compareVersions(version, REQUIRED.terraform) < 0;
  const problem = old ? { message: `got Terraform ${version}, wanted ${REQUIRED.terraform} or newer`, fix } : null;
  return check("terraform", problem, `Terraform ${version}`);
}

async function pythonCheck(context: RuntimeContext): Promise<Check> {
  const missing = await pythonProblem(context);
  if (missing) return check("python", missing, "");
  const { execa } = await import("execa");
  const { stdout, failed } = await execa(context.python, ["--version"], {
    reject: false,
    stdin: "ignore",
    timeout: 15_000,
  });
  const version = /Python (\S+)/.exec(stdout ?? "")?.[1];
  const fix = "Delete the environment's folder and run `npm run up`, which installs it";
  if (failed || !version) return check("python", { message: `${context.python} does not start`, fix }, "");
  const fits = compareVersions(version, REQUIRED.python) >= 0 && compareVersions(version, REQUIRED.pythonBelow) < 0;
  const problem = fits ? null : { message: `got Python ${version}, wanted 3.11 to 3.13`, fix };
  return check("python", problem, `Python ${version} at ${context.python}`);
}

async function folderCheck({ directory }: RuntimeContext): Promise<Check> {
  // A look must not make the folder: where there is none, the nearest one above tells.
  const path = await import("node:path");
  let at = directory;
  while (!(await exists(at)) && path.dirname(at) !== at) at = path.dirname(at);
  return check("folder", await folderProblem(at), `${directory} can be written`);
}

async function portsCheck(context: RuntimeContext): Promise<Check> {
  const definitions = context.definitions.length > 0 ? context.definitions : deployedLayers(context.directory);
  const wanted = partsOf(definitions).flatMap(({ part }) => (isProgramPart(part) ? [part] : []));
  const problems = await foreignPorts(wanted, context.directory, listProcesses);
  if (problems.length === 0)
    return check("ports", null, `${wanted.map(({ port }) => port).join(", ")} are free or ours`);
  return {
    check: "ports",
    ok: false,
    message: problems.map(({ message }) => message).join("; "),
    fix: problems.map(({ fix }) => fix).join("; "),
  };
}

async function databaseCheck(context: RuntimeContext): Promise<Check> {
  try {
    const { account, version } = await findPostgres(context, { prepare: false });
    const how = {
      self: "run by this user",
      namespace:
        account.kind === "namespace" ? `run as ${account.user} in a user namespace, since it refuses to be root` : "",
      system:
        account.kind === "system"
          ? `run as ${account.user} from ${account.folder}: user namespaces do not work here`
          : "",
    };
    return check("database", null, `PostgreSQL ${version}, ${how[account.kind]}`);
  } catch (error) {
    return check("database", { message: error instanceof Error ? error.message : String(error) }, "");
  }
}

/** Compares versions by their numbers: negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0));
  for (let index = 0; index < (right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
