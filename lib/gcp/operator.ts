/** The operator of an estate on Google Cloud: what can be done with one that stands, through its REST APIs. Loads no engine. */

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
import { GcpNames } from "./parts/names";
import { servicesFor } from "./parts/services";
import { type BootstrapOptions, GcpBootstrapper } from "./runtime/bootstrap";
import { forPurpose, GoogleClient } from "./runtime/client";
import type { GcpContext, GcpOperatorOptions } from "./runtime/context";
import { refusal, unavailableOn } from "./runtime/unavailable";

/** The operator of one environment. Looks at nothing until it is asked. */
export function createGcpOperator(options: GcpOperatorOptions): IOperator {
  return new GcpOperator(options);
}

/** The one-off set-up of one environment's project. */
export function createGcpBootstrapper(options: BootstrapOptions): IBootstrapper {
  return new GcpBootstrapper(options);
}

class GcpOperator implements IOperator {
  readonly unavailable: Readonly<Partial<Record<OperatorVerb, Unavailable>>>;
  private readonly context: GcpContext;

  constructor(options: GcpOperatorOptions) {
    const { settings, access, pause } = options;
    const client = new GoogleClient({ access, pause, project: settings.project, region: settings.region });
    this.context = { ...options, client, apis: servicesFor(settings.features) };
    this.unavailable = unavailableOn(new GcpNames(settings));
  }

  async status(): Promise<readonly PartStatus[]> {
    const { estateStatus } = await import("./runtime/status");
    const { project } = this.context.settings;
    const purpose = {
      what: "the estate cannot be looked at",
      project,
      permission: "the right to list its parts",
      role: "roles/viewer",
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
