/** What the operators of all public clouds say alike. Does not load the engine. */
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
import { EXIT, UserError } from "./errors";

/**
 * An operator of an estate in a public cloud. Looks at the estate, and runs what a deployment ends with; what needs a program
 * inside the environment's network is refused, with what does it instead.
 */
export abstract class CloudOperator implements IOperator {
  /** @param unavailable every verb that is refused, with what does it instead */
  constructor(readonly unavailable: Readonly<Partial<Record<OperatorVerb, Unavailable>>>) {}

  abstract status(): Promise<readonly PartStatus[]>;
  abstract reconcile(progress: Progress): Promise<readonly PartChange[]>;
  abstract doctor(): Promise<readonly Check[]>;
  abstract backup(progress: Progress): Promise<{ readonly path: string; readonly bytes: number }>;

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

  private refuse(verb: OperatorVerb): UserError {
    const { message, fix } = this.unavailable[verb] ?? { message: "is not to be had here", fix: "See mlops --help" };
    return new UserError({ where: verb, message, fix }, EXIT.refused);
  }
}
