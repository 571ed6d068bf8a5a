/** The operator of a local estate: everything that can be done with one that stands. Loads no engine. */

import type { DatabaseName } from "../contracts/metadata-database";
import type {
  Check,
  DatabaseConnection,
  IModelVersions,
  IOperator,
  IPipelineRunner,
  IServing,
  PartChange,
  PartStatus,
  Progress,
} from "../contracts/operator";
import { UserError } from "../core/errors";
import type { PartDefinition } from "./parts";
import { type RuntimeContext, type RuntimeOptions, runtimeContext, upCommand } from "./runtime/context";
import { ownerConnection } from "./runtime/database";
import { partsOf, partsOfKind, readLayers, restoreRecords } from "./runtime/layers";
import { MlflowModels } from "./runtime/models";
import { LocalPipelines } from "./runtime/pipelines";
import { SECRET, secret } from "./runtime/secrets";
import { LocalServing } from "./runtime/serving";

/**
 * The operator of the local estate in `options.directory`. Looks at nothing until it is asked.
 * Its verbs that change the estate wait for one another, whichever process they are called in.
 */
export function createLocalOperator(options: RuntimeOptions): IOperator {
  return new LocalOperator(runtimeContext(options));
}

class LocalOperator implements IOperator {
  readonly serving: IServing;
  readonly pipelines: IPipelineRunner;
  readonly models: IModelVersions;

  constructor(private readonly context: RuntimeContext) {
    const gateway = partsOfKind(partsOf(context.definitions), "gateway")[0]?.part;
    this.serving = new LocalServing(context, gateway?.port ?? null);
    this.models = new MlflowModels(context, async () => `http://127.0.0.1:${(await this.part("tracking")).port}`);
    this.pipelines = new LocalPipelines(context, async () => ({
      orchestrator: await this.part("orchestrator"),
      tracking: await this.part("tracking"),
    }));
  }

  async status(): Promise<readonly PartStatus[]> {
    const { estateStatus } = await import("./runtime/status");
    return estateStatus(this.context);
  }

  async reconcile(progress: Progress): Promise<readonly PartChange[]> {
    const { converge } = await import("./runtime/reconcile");
    return this.locked(async () => {
      await restoreRecords(this.context);
      return converge(this.context, progress);
    });
  }

  async stop(progress: Progress): Promise<void> {
    const { stopEstate } = await import("./runtime/stop");
    if (!(await this.stands())) return;
    await this.locked(() => stopEstate(this.context, progress));
  }

  async purge(): Promise<void> {
    const { purgeEstate } = await import("./runtime/stop");
    await purgeEstate(this.context);
  }

  async doctor(): Promise<readonly Check[]> {
    const { runDoctor } = await import("./runtime/doctor");
    return runDoctor(this.context);
  }

  async backup(progress: Progress): Promise<{ readonly path: string; readonly bytes: number }> {
    const { backupDatabase } = await import("./runtime/backup");
    return this.locked(() => backupDatabase(this.context, progress));
  }

  async restore(path: string, progress: Progress): Promise<void> {
    const { restoreDatabase } = await import("./runtime/restore");
    const { converge } = await import("./runtime/reconcile");
    await this.locked(() =>
      restoreDatabase(this.context, path, progress, (layer) =>
        converge(this.context, progress, layer === undefined ? {} : { layer }),
      ),
    );
  }

  async database(name: DatabaseName): Promise<DatabaseConnection> {
    const { port } = await this.part("database");
    return ownerConnection(port, name, await secret(this.context.directory, SECRET.database(name)));
  }

  private async locked<T>(work: () => Promise<T>): Promise<T> {
    const { withEstateLock } = await import("./runtime/lock");
    return withEstateLock(this.context.directory, work);
  }

  /** Whether there is anything to stop. */
  private async stands(): Promise<boolean> {
    const { exists } = await import("./runtime/files");
    return exists(this.context.directory);
  }

  /** The deployed part of a kind. @throws UserError when it is not deployed. */
  private async part<K extends PartDefinition["kind"]>(kind: K): Promise<Extract<PartDefinition, { kind: K }>> {
    const definitions = (await readLayers(this.context.directory)).map(({ definition }) => definition);
    const part = partsOfKind(partsOf(definitions), kind)[0]?.part;
    if (part) return part;
    const fix = `Deploy the estate with \`${upCommand(this.context)}\``;
    throw new UserError({ where: this.context.directory, message: `no ${kind} is deployed here`, fix });
  }
}
