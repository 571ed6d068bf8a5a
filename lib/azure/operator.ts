/** The operator of an estate on Azure: what can be done with one that stands, through its REST APIs. Loads no engine. */

import type { IBootstrapper } from "../contracts/bootstrap";
import type { DatabaseName } from "../contracts/metadata-database";
import type {
  Check,
  DatabaseConnection,
  IModelVersions,
  IOperator,
  IPipelineRunner,
  IServing,
  OperatorVerb,
  PartChange,
  PartStatus,
  Progress,
  Unavailable,
} from "../contracts/operator";
import { AzureNames } from "./parts/names";
import { forPurpose } from "./runtime/api-error";
import { AzureBootstrapper, type BootstrapOptions } from "./runtime/bootstrap";
import { AzureClient } from "./runtime/client";
import type { AzureContext, AzureOperatorOptions } from "./runtime/context";
import { refusal, unavailableOn } from "./runtime/unavailable";

/** The operator of one environment. Looks at nothing until it is asked. */
export function createAzureOperator(options: AzureOperatorOptions): IOperator {
  return new AzureOperator(options);
}

/** The one-off set-up of one environment's subscription. */
export function createAzureBootstrapper(options: BootstrapOptions): IBootstrapper {
  return new AzureBootstrapper(options);
}

class AzureOperator implements IOperator {
  readonly unavailable: Readonly<Partial<Record<OperatorVerb, Unavailable>>>;
  private readonly context: AzureContext;

  constructor(options: AzureOperatorOptions) {
    const { settings, access, pause } = options;
    const names = new AzureNames(settings);
    this.context = { ...options, names, client: new AzureClient({ access, pause }) };
    this.unavailable = unavailableOn(names);
  }

  async status(): Promise<readonly PartStatus[]> {
    const { estateStatus } = await import("./runtime/status");
    const scope = this.context.names.resourceGroupId;
    const purpose = {
      what: "the estate cannot be looked at",
      scope,
      action: "the right to list its parts",
      role: "Reader",
    };
    return forPurpose(purpose, () => estateStatus(this.context));
  }

  async reconcile(progress: Progress): Promise<readonly PartChange[]> {
    const { runJobs } = await import("./runtime/jobs");
    return runJobs(this.context, progress);
  }

  async doctor(): Promise<readonly Check[]> {
    const { runDoctor } = await import("./runtime/doctor");
    return runDoctor(this.context);
  }

  async backup(progress: Progress): Promise<{ readonly path: string; readonly bytes: number }> {
    const { backupDatabases } = await import("./runtime/backup");
    return backupDatabases(this.context, progress);
  }

  async stop(): Promise<void> {
    throw this.refuse("stop");
  }

  async purge(): Promise<void> {
    throw this.refuse("purge");
  }

  async restore(): Promise<void> {
    throw this.refuse("restore");
  }

  async database(_name: DatabaseName): Promise<DatabaseConnection> {
    throw this.refuse("ledger");
  }

  get serving(): IServing {
    throw this.refuse("serving");
  }

  get pipelines(): IPipelineRunner {
    throw this.refuse("pipelines");
  }

  get models(): IModelVersions {
    throw this.refuse("models");
  }

  private refuse(verb: OperatorVerb) {
    return refusal(verb, this.unavailable[verb] ?? { message: "is not to be had here", fix: "See mlops --help" });
  }
}
