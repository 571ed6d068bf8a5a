/** Calls over HTTP as every cloud's client makes them: one limit of time, an end at once when a person interrupts, patience. */
import { setTimeout as sleep } from "node:timers/promises";
import { object, text } from "./json";

/** One call, in milliseconds. */
const TIMEOUT = 30_000;
/** Waits between tries, in milliseconds: clouds ask for exponential backoff (https://cloud.google.com/storage/docs/retry-strategy). */
const PAUSES = [500, 1_000, 2_000, 4_000];

/** What was answered. */
export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly said: string;
  readonly headers: Headers;
}

/** Nothing answered. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** What calls share. */
export interface TransportOptions {
  /** Ends waiting when a person interrupts. @default - never */
  readonly signal?: AbortSignal;
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Makes calls and waits. */
export class Transport {
  constructor(private readonly options: TransportOptions) {}

  /** One call; throws Unreachable, with the cause in words, when there is no answer. */
  async send(url: URL, init: Pick<RequestInit, "method" | "headers" | "body">): Promise<Answer> {
    const { signal } = this.options;
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(TIMEOUT);
    try {
      const response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
      // The answer's body is a part of the call: a connection can break in the middle of it.
      const said = await response.text();
      return { ok: response.ok, status: response.status, said, headers: response.headers };
    } catch (error) {
      signal?.throwIfAborted();
      throw new Unreachable(`${url.host}: ${networkWords(error)}`);
    }
  }

  /**
   * Makes a call again while it fails in a way that passes.
   * @param passing how long to wait at least, in milliseconds; null for what does not pass
   */
  async again<T>(call: () => Promise<T>, passing: (error: unknown) => number | null): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await call();
      } catch (error) {
        const pause = PAUSES[tries];
        const least = passing(error);
        if (least === null || pause === undefined) throw error;
        await this.wait(Math.max(pause, least));
      }
    }
  }

  /** Asks again until something is so. @param seconds how long at most */
  async until<T>(look: () => Promise<T | null>, seconds: number): Promise<T | null> {
    for (let waited = 0, step = 1; waited <= seconds; waited += step, step = Math.min(step * 1.5, 10)) {
      const found = await look();
      if (found !== null) return found;
      await this.wait(step * 1000);
    }
    return null;
  }

  /** Lets time pass; an interruption ends it at once. */
  async wait(milliseconds: number): Promise<void> {
    const { pause, signal } = this.options;
    signal?.throwIfAborted();
    await (pause ?? ((time) => sleep(time, undefined, { signal })))(milliseconds);
  }
}

/** What to look at when nothing answers. Node takes a proxy only when it is told to (https://nodejs.org/api/cli.html#node_use_env_proxy1). */
export const NETWORK_FIX =
  "Look at the network, the proxy (HTTPS_PROXY, which Node 22.21 or newer takes with NODE_USE_ENV_PROXY=1) and the clock, and run again: what was done stays done";

/** What the network said. The cause stands below an error that says only that fetching failed. */
function networkWords(error: unknown): string {
  // By their fields, not by class: what fetches may come from another realm.
  const thrown = object(error) ?? {};
  if (thrown.name === "TimeoutError") return `no answer in ${TIMEOUT / 1000} s`;
  const cause = object(thrown.cause) ?? thrown;
  const code = text(cause.code);
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: "the name is not known here (DNS)",
    EAI_AGAIN: "names cannot be looked up (DNS)",
    ECONNREFUSED: "nothing listens there",
    ECONNRESET: "the connection was closed",
    UND_ERR_SOCKET: "the connection was closed",
    UND_ERR_CONNECT_TIMEOUT: "no connection",
    CERT_NOT_YET_VALID: "its certificate is not valid yet: look at this machine's clock",
    CERT_HAS_EXPIRED: "its certificate has expired: look at this machine's clock",
    DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not signed by anybody known here: set NODE_EXTRA_CA_CERTS",
    SELF_SIGNED_CERT_IN_CHAIN: "somebody in between has replaced its certificate: set NODE_EXTRA_CA_CERTS",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate's issuer is unknown: set NODE_EXTRA_CA_CERTS",
  };
  return known[code] ?? (text(cause.message) || code || String(error));
}
