/** The operator of an estate on Google Cloud: what can be done with one that stands, through its REST APIs. Loads no engine. */

import type { IBootstrapper } from "../contracts/bootstrap";
import type { Check, IOperator, PartChange, PartStatus, Progress } from "../contracts/operator";
import { CloudOperator } from "../core/cloud-operator";
import { GcpNames } from "./parts/names";
import { servicesFor } from "./parts/services";
import { type BootstrapOptions, GcpBootstrapper } from "./runtime/bootstrap";
import { forPurpose, GoogleClient } from "./runtime/client";
import type { GcpContext, GcpOperatorOptions } from "./runtime/context";
import { unavailableOn } from "./runtime/unavailable";

/** The operator of one environment. Looks at nothing until it is asked. */
export function createGcpOperator(options: GcpOperatorOptions): IOperator {
  return new GcpOperator(options);
}

/** The one-off set-up of one environment's project. */
export function createGcpBootstrapper(options: BootstrapOptions): IBootstrapper {
  return new GcpBootstrapper(options);
}

class GcpOperator extends CloudOperator {
  private readonly context: GcpContext;

  constructor(options: GcpOperatorOptions) {
    const { settings, access, pause } = options;
    super(unavailableOn(new GcpNames(settings)));
    const client = new GoogleClient({ access, pause, project: settings.project, region: settings.region });
    this.context = { ...options, client, apis: servicesFor(settings.features) };
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
}
