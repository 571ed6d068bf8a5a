/** Shows steps as they go: redrawn on a terminal, plain lines elsewhere (listr2 runs both). Words, so on standard error. */
import type { Progress } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import { Interrupted } from "./failure";
import { duration, type Output } from "./output";

/** A step that is over. */
export interface StepReport {
  readonly step: string;
  readonly seconds: number;
  /** What came of it, in a few words. */
  readonly detail: string | null;
}

/** What a step gave, and the same in a few words for people; null when there is nothing to say. */
export interface StepResult<T> {
  readonly value: T;
  readonly detail: string | null;
}

/** A piece of work that is shown. */
export interface Step<T> {
  readonly step: string;
  /** Steps of the same call that must have ended well before. @default - none */
  readonly after?: readonly string[];
  readonly work: (say: Progress) => Promise<StepResult<T>>;
}

/** The steps of one command, with their times. */
export class Steps {
  readonly #reports: StepReport[] = [];

  readonly #animated: boolean;

  /** @param asks a person is asked inside a step: nothing may be drawn over the question, and one is asked at a time */
  constructor(
    private readonly output: Output,
    private readonly asks = false,
  ) {
    this.#animated = output.animated && !asks;
  }

  /** In the order they ended. */
  get reports(): readonly StepReport[] {
    return this.#reports;
  }

  async run<T>(step: string, work: Step<T>["work"]): Promise<T> {
    const [value] = await this.all([{ step, work }], 1);
    return value as T;
  }

  /**
   * Runs steps that are listed so that each comes after those it needs, `limit` at a time. When one fails, those that
   * run are waited for and no other is begun.
   */
  async all<T>(steps: readonly Step<T>[], limit: number): Promise<readonly T[]> {
    const { Listr, ProcessOutput } = await import("listr2");
    const run = new StepRun<T>(steps);
    const list = new Listr(
      steps.map((step) => ({
        title: step.step,
        task: async (_: unknown, task: { title: string; output: unknown; skip(message: string): void }) => {
          if (!(await run.mayBegin(step))) {
            run.leaveOut(step);
            return task.skip(`${step.step}: not begun`);
          }
          this.#plain(`${step.step} ...`);
          const started = performance.now();
          const { value, detail } = await run.measure(step, (line) => {
            task.output = line;
            this.#plain(`  ${step.step}: ${line}`);
          });
          const seconds = (performance.now() - started) / 1000;
          this.#reports.push({ step: step.step, seconds: round(seconds), detail });
          const ending = detail === null ? `done (${duration(seconds)})` : `${detail} (${duration(seconds)})`;
          task.title = `${step.step}: ${ending}`;
          this.#plain(task.title);
          return value;
        },
      })),
      {
        concurrent: this.asks ? 1 : limit,
        exitOnError: false,
        registerSignalListeners: false,
        renderer: this.#animated ? "default" : "silent",
        rendererOptions: {
          processOutput: new ProcessOutput(process.stderr, process.stderr),
          showErrorMessage: false,
          collapseErrors: false,
          collapseSkips: false,
        } as object,
      },
    );
    // The renderer hides the cursor; an end in the middle must not leave it so.
    const write = process.stderr.write.bind(process.stderr);
    const showCursor = () => this.#animated && write("\u001B[?25h");
    process.once("exit", showCursor);
    await list.run();
    process.removeListener("exit", showCursor);
    return run.values(steps);
  }

  #plain(line: string): void {
    if (!this.#animated) this.output.say(line);
  }
}

/** What came of the steps of one call. */
class StepRun<T> {
  readonly #ends = new Map<string, End>();
  readonly #values = new Map<string, T>();
  readonly #errors: unknown[] = [];

  /** Every step can be waited for from the beginning: one that is listed next must not overtake it. */
  constructor(steps: readonly Step<T>[]) {
    for (const { step } of steps) this.#ends.set(step, endOf());
  }

  async mayBegin({ after = [] }: Step<T>): Promise<boolean> {
    await Promise.all(after.map((name) => this.#ends.get(name)?.reached));
    return this.#errors.length === 0;
  }

  leaveOut({ step }: Step<T>): void {
    this.#ends.get(step)?.reach();
  }

  async measure({ step, work }: Step<T>, say: Progress): Promise<StepResult<T>> {
    try {
      const done = await work(say);
      this.#values.set(step, done.value);
      return done;
    } catch (error) {
      this.#errors.push(error);
      throw error;
    } finally {
      this.#ends.get(step)?.reach();
    }
  }

  /** The values in the steps' order; throws what went wrong, all of it when it is for people. */
  values(steps: readonly Step<T>[]): readonly T[] {
    const [first, ...others] = this.#errors;
    if (first !== undefined) {
      const interrupted = this.#errors.find((error) => error instanceof Interrupted);
      if (interrupted !== undefined) throw interrupted;
      if (first instanceof UserError && others.length > 0) {
        const known = this.#errors.filter((error) => error instanceof UserError);
        throw new UserError(
          known.flatMap(({ problems }) => problems),
          first.exitCode,
        );
      }
      throw first;
    }
    return steps.flatMap(({ step }) => (this.#values.has(step) ? [this.#values.get(step) as T] : []));
  }
}

/** The end of a step, whatever it was. */
interface End {
  readonly reached: Promise<void>;
  readonly reach: () => void;
}

function endOf(): End {
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reached, reach: () => reach() };
}

/** Seconds with two places: enough to compare, short to read. */
export function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
