/** The operator of an estate on Azure: what can be done with one that stands, through its REST APIs. Loads no engine. */

import type { IBootstrapper } from "../contracts/bootstrap";
import type { Check, IOperator, PartChange, PartStatus, Progress } from "../contracts/operator";
import { CloudOperator } from "../core/cloud-operator";
import { AzureNames } from "./parts/names";
import { forPurpose } from "./runtime/api-error";
import { AzureBootstrapper, type BootstrapOptions } from "./runtime/bootstrap";
import { AzureClient } from "./runtime/client";
import type { AzureContext, AzureOperatorOptions } from "./runtime/context";
import { unavailableOn } from "./runtime/unavailable";

/** The operator of one environment. Looks at nothing until it is asked. */
export function createAzureOperator(options: AzureOperatorOptions): IOperator {
  return new AzureOperator(options);
}

/** The one-off set-up of one environment's subscription. */
export function createAzureBootstrapper(options: BootstrapOptions): IBootstrapper {
  return new AzureBootstrapper(options);
}

class AzureOperator extends CloudOperator {
  private readonly context: AzureContext;

  constructor(options: AzureOperatorOptions) {
    const { settings, access, pause } = options;
    const names = new AzureNames(settings);
    super(unavailableOn(names));
    this.context = { ...options, names, client: new AzureClient({ access, pause }) };
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
}
