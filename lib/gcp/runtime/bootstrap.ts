/** One-off set-up of a project: the APIs Terraform itself needs, the state's bucket, the agents that keys are granted to. */
import type { BootstrapAction, IBootstrapper } from "../../contracts/bootstrap";
import type { CloudAccess } from "../../contracts/cloud-access";
import type { Progress } from "../../contracts/operator";
import { GcpNames } from "../parts/names";
import type { GcpSettings } from "../parts/settings";
import { agentRequests } from "./agents";
import { agentActions } from "./bootstrap-agents";
import { apiActions, TERRAFORMS_APIS } from "./bootstrap-apis";
import { bucketAction, findBucket } from "./bootstrap-bucket";
import { GoogleClient } from "./client";
import { checkNumber } from "./project";

/** What is looked at, and how. */
export interface BootstrapOptions {
  readonly settings: GcpSettings;
  readonly access: CloudAccess;
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** What the parts of a set-up share. */
export interface Setup {
  readonly settings: GcpSettings;
  readonly names: GcpNames;
  readonly client: GoogleClient;
}

/** An action together with the way to do it. */
export interface Pending extends BootstrapAction {
  readonly work: () => Promise<void>;
}

/** Sets up the project of one environment. */
export class GcpBootstrapper implements IBootstrapper {
  private readonly setup: Setup;
  private pending: readonly Pending[] | undefined;

  constructor({ settings, access, pause }: BootstrapOptions) {
    const { project, region } = settings;
    const client = new GoogleClient({ access, pause, project, region });
    this.setup = { settings, names: new GcpNames(settings), client };
  }

  async plan(): Promise<readonly BootstrapAction[]> {
    const { settings, client } = this.setup;
    await checkNumber(client, settings);
    const agents = agentRequests(settings);
    const apis = await apiActions(this.setup, [...TERRAFORMS_APIS, ...agents.map(({ service }) => service)]);
    const keepsState = settings.backend.type === "gcs";
    const bucket = keepsState ? await findBucket(this.setup) : null;
    this.pending = [
      apis,
      ...(keepsState ? [bucketAction(this.setup, bucket)] : []),
      ...(await agentActions(this.setup, agents, bucket)),
    ];
    return this.pending.map(({ work: _, ...action }) => action);
  }

  async carryOut(progress: Progress): Promise<void> {
    if (this.pending === undefined) throw new Error("carryOut comes after plan");
    for (const { action, state, work } of this.pending) {
      if (state === "there") continue;
      progress(`${action} ...`);
      await work();
    }
  }
}
