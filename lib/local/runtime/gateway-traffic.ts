/** How requests are split between the two slots: the file a release writes, and the choice by request id. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { z } from "zod";

const TRAFFIC = z
  .strictObject({
    generation: z.int().min(0),
    stable: z.string().min(1),
    canary: z.string().min(1).nullable(),
    canaryPercent: z.number().min(0).max(100),
    project: z.string().nullable().default(null),
  })
  .refine(({ stable, canary }) => stable !== canary, { message: "stable and canary are one slot", path: ["canary"] })
  .refine(({ canary, canaryPercent }) => canary !== null || canaryPercent === 0, {
    message: "there is no canary to send requests to",
    path: ["canaryPercent"],
  });

/** Who serves which share of requests. `generation` grows by one with every change. */
export type Traffic = Readonly<z.infer<typeof TRAFFIC>>;

export interface Choice {
  readonly role: "stable" | "canary";
  readonly slot: string;
}

/**
 * The slot that serves a request. The same id always gets the same slot, and one that goes to the canary at 10 percent
 * still does at 20: nobody is sent back and forth while a release proceeds.
 */
export function chooseSlot(requestId: string, { stable, canary, canaryPercent }: Traffic): Choice {
  if (canary === null || canaryPercent <= 0) return { role: "stable", slot: stable };
  const share = createHash("sha256").update(requestId).digest().readUInt32BE(0) / 2 ** 32;
  return share * 100 < canaryPercent ? { role: "canary", slot: canary } : { role: "stable", slot: stable };
}

/** The traffic file, looked at ten times a second: file events get lost on some systems, and run out on others. */
export class TrafficFile {
  /** The last good content; null before the first release. */
  current: Traffic | null = null;
  /** Why the present content is not used; null when it is. */
  problem: string | null = null;
  private seen = "";
  private timer: NodeJS.Timeout | undefined;

  /** @param slots names that the file may use */
  constructor(
    private readonly path: string,
    private readonly slots: readonly string[],
    private readonly onChange: (message: string) => void = () => {},
  ) {
    this.look();
  }

  watch(intervalMs = 100): void {
    this.timer = setInterval(() => this.look(), intervalMs);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Reads the file if it is another one than before. */
  look(): void {
    // Taken before reading: a change in between is seen at the next look.
    const stat = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const signature = stat ? `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : "absent";
    if (signature === this.seen) return;
    this.seen = signature;
    try {
      if (stat) this.take(parseTraffic(readFileSync(this.path, "utf8"), this.slots));
      else if (this.current) this.keep("the file is gone");
    } catch (error) {
      this.keep(error instanceof Error ? error.message : String(error));
    }
  }

  private take(traffic: Traffic): void {
    const { generation, stable, canary, canaryPercent } = traffic;
    this.current = traffic;
    this.problem = null;
    this.onChange(`generation ${generation}: stable ${stable}, canary ${canary ?? "none"} at ${canaryPercent} %`);
  }

  /** Goes on with what was good last: a broken file must not stop predictions. */
  private keep(problem: string): void {
    this.problem = `${this.path}: ${problem}`;
    this.onChange(`${this.problem}; going on with generation ${this.current?.generation ?? "none"}`);
  }
}

/** Reads a traffic file's text. @throws Error saying what is wrong with it. */
export function parseTraffic(text: string, slots: readonly string[]): Traffic {
  const parsed = TRAFFIC.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error).replaceAll("\n", " "));
  const strange = [parsed.data.stable, parsed.data.canary].find((slot) => slot !== null && !slots.includes(slot));
  if (strange) throw new Error(`there is no slot ${strange}; slots are ${slots.join(", ")}`);
  return parsed.data;
}
