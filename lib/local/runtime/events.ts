/** What the supervisor's log says happened to each program. */

/** The past of one program since the supervisor started. */
export interface History {
  /** Times it was started again after ending by itself. */
  readonly restarts: number;
  /** How it ended last, in words; null when it never did. */
  readonly lastExit: string | null;
  /** Whether that end was asked for. */
  readonly expected: boolean;
}

const LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),\d+ \w+ (.*)$/;

/**
 * Reads `supervisord.log` (times in UTC, as the supervisor is started with `TZ=UTC`). Ends are kept across starts of the
 * supervisor, restarts are counted from its last start.
 */
export function parseEvents(log: string): ReadonlyMap<string, History> {
  const histories = new Map<string, History>();
  for (const line of log.split("\n")) {
    const [, day, time, text] = LINE.exec(line) ?? [];
    if (text === undefined) continue;
    if (text.startsWith("supervisord started with pid")) {
      for (const [name, history] of histories) histories.set(name, { ...history, restarts: 0 });
      continue;
    }
    const [, verb, name, how] = /^(exited|stopped): (\S+) \((.*)\)$/.exec(text) ?? [];
    if (name !== undefined && how !== undefined) {
      const expected = verb === "stopped";
      const restarts = (histories.get(name)?.restarts ?? 0) + (expected ? 0 : 1);
      histories.set(name, { restarts, lastExit: `${inWords(how, expected)} at ${day}T${time}Z`, expected });
    }
    const gaveUp = /^gave up: (\S+) entered FATAL state/.exec(text)?.[1];
    const before = gaveUp === undefined ? undefined : histories.get(gaveUp);
    // The last end was not followed by a start.
    if (gaveUp !== undefined && before)
      histories.set(gaveUp, { ...before, restarts: Math.max(0, before.restarts - 1) });
  }
  return histories;
}

/** `terminated by SIGKILL; not expected` → `killed by SIGKILL`; `exit status 1; not expected` → `ended with status 1`. */
function inWords(how: string, asked: boolean): string {
  if (asked) return "stopped";
  const killer = /terminated by (SIG\w+)/.exec(how)?.[1];
  if (killer) return `killed by ${killer}`;
  const status = /exit status (\d+)/.exec(how)?.[1];
  return status === undefined ? how : `ended with status ${status}`;
}
