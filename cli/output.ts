/** Data on standard output, words on standard error, one form for errors. */
import { createColors } from "picocolors";
import { type Problem, problemLine } from "../lib/core/errors";
import type { Failure } from "./failure";

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

interface OutputOptions {
  readonly json: boolean;
  readonly debug: boolean;
  readonly streams: { readonly stdout: Stream; readonly stderr: Stream };
  readonly variables: NodeJS.ProcessEnv;
}

/** Where a command says what it has to say. */
export interface Output {
  /** The caller is a program: results are one JSON document. */
  readonly json: boolean;
  /** Words may be redrawn: standard error is a terminal that can. */
  readonly animated: boolean;
  readonly colours: ReturnType<typeof createColors>;
  /** The result: `document` for programs, `text` for people. Once per command. */
  result(document: unknown, text: string): void;
  /** A line for people. */
  say(line: string): void;
  failure(failure: Failure, error: unknown): void;
}

/** Smallest window that is redrawn: in a smaller one, or one without a size, lines would break letter by letter. */
const WINDOW = { columns: 40, rows: 10 };

/** Colour and redrawing need a terminal; NO_COLOR (https://no-color.org), TERM=dumb and CI switch them off. */
export function createOutput({ json, debug, streams, variables }: OutputOptions): Output {
  const { stdout, stderr } = streams;
  const terminal = stderr.isTTY === true && variables.TERM !== "dumb";
  const { columns = 80, rows = 24 } = stderr;
  const roomy = columns >= WINDOW.columns && rows >= WINDOW.rows;
  const colours = createColors(terminal && !variables.NO_COLOR);
  // Bound now: while steps are redrawn, listr2 puts a buffer in its place, which is lost when the process ends.
  const write = stderr.write.bind(stderr);
  // A reader that has seen enough (`| head`) is no error.
  stdout.on("error", (error) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    json,
    animated: terminal && roomy && !variables.CI && !variables.NO_COLOR && !json,
    colours,
    result(document, text) {
      if (json) stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      else if (text !== "") stdout.write(`${text}\n`);
    },
    say(line) {
      write(`${line}\n`);
    },
    failure({ problems, exitCode, unexpected }, error) {
      for (const problem of problems) write(`${colours.red("error:")} ${problemText(problem)}\n`);
      if (unexpected && debug && error instanceof Error) write(`${error.stack}\n`);
      if (json) stdout.write(`${JSON.stringify({ error: { problems, exitCode } }, null, 2)}\n`);
    },
  };
}

function problemText(problem: Problem): string {
  const frame = problem.frame?.trimEnd();
  return frame ? `${problemLine(problem)}\n${frame}` : problemLine(problem);
}

/** A plain table: columns as wide as their longest cell, two spaces between. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === head.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)].join("\n");
}

/** Seconds for people: `0.2 s`, `12 s`, `2 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
