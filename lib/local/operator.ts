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
import { type RuntimeContext, type RuntimeOptions, runtimeContext } from "./runtime/context";
import { ownerConnection } from "./runtime/database";
import { addressOf } from "./runtime/health";
import { deployedPart, restoreRecords } from "./runtime/layers";
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
    this.serving = new LocalServing(context);
    this.models = new MlflowModels(context, () => addressOf(deployedPart(context, "tracking")));
    this.pipelines = new LocalPipelines(context);
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
      restoreDatabase(this.context, path, progress, (scope) => converge(this.context, progress, scope)),
    );
  }

  async database(name: DatabaseName): Promise<DatabaseConnection> {
    const { port } = deployedPart(this.context, "database");
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
}
