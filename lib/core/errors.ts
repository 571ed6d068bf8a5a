/**
 * Errors that people read. Every one says where, what was got, what is wanted and what to do next.
 */

/** What the process ends with. Part of the command line's contract. */
export const EXIT = {
  done: 0,
  error: 1,
  /** Only with `--detailed-exitcode`. */
  changes: 2,
  /** A policy, a gate or a missing waiver said no. */
  refused: 3,
  invalidConfig: 4,
  planDiffers: 5,
  interrupted: 130,
} as const;

/** One of them. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One thing that is wrong. */
export interface Problem {
  /** `file:line:col`, a construct path or a command. Absent when the message already says it. */
  readonly where?: string;
  /** What was got and what is wanted, in one sentence. */
  readonly message: string;
  /** What to do about it: a command to run or a value to write. */
  readonly fix?: string;
  /** Source lines around `where`, ready to print. */
  readonly frame?: string;
}

/** An error whose cause is outside the program: it is printed without a stack trace. */
export class UserError extends Error {
  readonly problems: readonly Problem[];

  /** @param exitCode what the process ends with; 1 unless told. */
  constructor(
    problems: Problem | readonly Problem[],
    readonly exitCode: ExitCode = EXIT.error,
    options?: { cause?: unknown },
  ) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(problemLine).join("\n"), options);
    this.name = "UserError";
    this.problems = list;
  }
}

/** One problem on one line: `where: message (fix)`. */
export function problemLine({ where, message, fix }: Problem): string {
  return `${where ? `${where}: ` : ""}${message}${fix ? `. ${fix}` : ""}`;
}
