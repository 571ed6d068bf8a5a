/** SIGINT and SIGTERM: work that must end in order is told once and waited for; everything else ends at once. */
import { EXIT } from "../lib/core/errors";
import { Interrupted } from "./failure";

type Signals = Pick<NodeJS.Process, "on" | "exit">;

/** Listens to the signals of one process. */
export class Interrupt {
  readonly #controller = new AbortController();
  #busy = 0;
  #critical = 0;

  /** @param ended tells of an end at once, in the form that was asked for. @default - says nothing */
  constructor(process: Signals, say: (line: string) => void, ended: () => void = () => undefined) {
    const onSignal = () => {
      const again = this.#controller.signal.aborted;
      this.#controller.abort(new Interrupted());
      if (this.#busy === 0 || (again && this.#critical === 0)) {
        ended();
        process.exit(EXIT.interrupted);
      }
      say(again ? "still waiting for Terraform to save its state" : "interrupted: ending in order, please wait");
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  }

  /** Aborted when a person interrupts. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Throws when interrupted: the place between two steps. */
  check(): void {
    if (this.signal.aborted) throw new Interrupted();
  }

  /**
   * Runs work that listens to the signal, or must not be cut.
   * @param critical a second signal does not end the process either: state would be lost
   */
  async during<T>(work: () => Promise<T>, { critical = false } = {}): Promise<T> {
    this.check();
    this.#busy += 1;
    this.#critical += critical ? 1 : 0;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#critical -= critical ? 1 : 0;
    }
  }
}
