/**
 * One-off set-up of a subscription: the resource providers and features that the estate uses, and the account of Terraform's
 * state. Terms of marketplace offers are not accepted: the estate uses none.
 */
import type { BootstrapAction, IBootstrapper } from "../../contracts/bootstrap";
import type { CloudAccess } from "../../contracts/cloud-access";
import type { Progress } from "../../contracts/operator";
import { AzureNames } from "../parts/names";
import type { AzureSettings } from "../parts/settings";
import { providerActions } from "./bootstrap-providers";
import { stateRights } from "./bootstrap-rights";
import { stateActions } from "./bootstrap-state";
import { AzureClient } from "./client";
import { checkSubscription } from "./subscription";

/** What is looked at, and how. */
export interface BootstrapOptions {
  readonly settings: AzureSettings;
  readonly access: CloudAccess;
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** What the parts of a set-up share. */
export interface Setup {
  readonly settings: AzureSettings;
  readonly names: AzureNames;
  readonly client: AzureClient;
  readonly access: CloudAccess;
}

/** An action together with the way to do it. */
export interface Pending extends BootstrapAction {
  readonly work: () => Promise<void>;
}

/** Sets up the subscription of one environment. */
export class AzureBootstrapper implements IBootstrapper {
  private readonly setup: Setup;
  private pending: readonly Pending[] | undefined;

  constructor({ settings, access, pause }: BootstrapOptions) {
    this.setup = { settings, access, names: new AzureNames(settings), client: new AzureClient({ access, pause }) };
  }

  async plan(): Promise<readonly BootstrapAction[]> {
    await checkSubscription(this.setup.client, this.setup.settings);
    const keepsState = this.setup.settings.backend.type === "azurerm";
    this.pending = [
      ...(await providerActions(this.setup)),
      ...(keepsState ? [...(await stateActions(this.setup)), ...(await stateRights(this.setup))] : []),
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
