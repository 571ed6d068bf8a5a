/**
 * What Terraform runs for one layer of a local estate. MLOPS_LAYER holds the layer's definition, MLOPS_DIGEST the digest
 * Terraform recorded for it, MLOPS_WORKSPACE the workspace relative to the folder Terraform runs in. Nothing started from
 * here inherits stdout or stderr: Terraform would wait for it for ever.
 */
import path from "node:path";
import { problemLine, UserError } from "../../core/errors";
import type { LayerDefinition } from "../parts";
import { estatePaths, runtimeContext } from "./context";
import { exists } from "./files";
import { forgetLayer, partsOf, readLayers, recordedLayer, recordLayer } from "./layers";
import { withEstateLock } from "./lock";
import { converge } from "./reconcile";
import { stopPrograms } from "./stop";
import { Supervisor } from "./supervisor";

/** The variables that tell what to provision. */
export interface ProvisionInput {
  readonly layer: LayerDefinition;
  readonly digest: string;
  readonly workspace: string;
}

/** Reads the variables. @throws UserError naming those that are missing or wrong. */
export function provisionInput(env: Readonly<Record<string, string | undefined>>, cwd: string): ProvisionInput {
  const missing = ["MLOPS_LAYER", "MLOPS_DIGEST", "MLOPS_WORKSPACE"].filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new UserError({
      message: `${missing.join(", ")} not set; this program is run by Terraform`,
      fix: "Use `mlops deploy`",
    });
  }
  let layer: LayerDefinition;
  try {
    layer = JSON.parse(env.MLOPS_LAYER ?? "") as LayerDefinition;
  } catch (error) {
    throw new UserError({ where: "MLOPS_LAYER", message: "is not JSON", fix: "Synthesize again" }, 1, { cause: error });
  }
  if (layer.version !== 1) {
    throw new UserError({
      where: "MLOPS_LAYER",
      message: `has version ${layer.version}, this blueprint reads version 1`,
      fix: "Synthesize again with this version of the blueprint",
    });
  }
  return { layer, digest: env.MLOPS_DIGEST ?? "", workspace: path.resolve(cwd, env.MLOPS_WORKSPACE ?? "") };
}

/** Records a layer and brings it up, or takes it down when it was not superseded meanwhile. */
export async function provision(
  verb: "apply" | "destroy",
  { layer, digest, workspace }: ProvisionInput,
  options: { readonly codeRoot: string; readonly python?: string },
  progress: (message: string) => void,
): Promise<void> {
  const directory = path.resolve(workspace, layer.directory);
  const context = runtimeContext({ ...options, workspace, environment: layer.environment, directory });
  if (verb === "apply") {
    await withEstateLock(directory, () =>
      converge(context, progress, {
        layer: layer.layer,
        adding: partsOf([layer]),
        commit: () => recordLayer(directory, { digest, definition: layer }),
      }),
    );
    return;
  }
  if (!(await exists(estatePaths(directory).layers))) return;
  await withEstateLock(directory, async () => {
    const record = recordedLayer(directory, layer.layer, digest);
    if (!record) return progress(`${layer.layer} was superseded: nothing to stop`);
    const supervisor = new Supervisor(context);
    await stopPrograms(
      supervisor,
      progress,
      record.definition.parts.map(({ name }) => name),
    );
    // After its processes: whoever is killed in between finds the record, and stops them again.
    await forgetLayer(directory, layer.layer);
    if (readLayers(directory).length === 0) await supervisor.shutdown();
  });
}

async function run(): Promise<void> {
  const verb = process.argv[2];
  if (verb !== "apply" && verb !== "destroy") {
    throw new UserError({ message: `got \`${verb ?? ""}\`, wanted \`apply\` or \`destroy\`` });
  }
  const codeRoot = path.resolve(__dirname, "..", "..", "..");
  const python = process.env.MLOPS_PYTHON;
  const input = provisionInput(process.env, process.cwd());
  await provision(verb, input, { codeRoot, ...(python && { python }) }, (message) => console.log(message));
}

/** Prints an error the way a person reads it: one line a problem, the log's end below it. */
export function printError(error: unknown): void {
  if (!(error instanceof UserError)) {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    return;
  }
  for (const problem of error.problems) {
    console.error(problemLine(problem));
    if (problem.frame) console.error(problem.frame);
  }
}

/** The program: ends the process, with status 1 and one line a problem when it failed. */
export function main(): void {
  run().then(
    () => process.exit(0),
    (error: unknown) => {
      printError(error);
      process.exit(1);
    },
  );
}
