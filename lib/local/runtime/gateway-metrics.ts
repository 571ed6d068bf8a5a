/** What the gateway counts, in the form Prometheus reads. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** Seconds; the same as the scoring app's, so that both can be compared. */
const BUCKETS = [
  0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2,
  0.3, 0.4, 0.5, 0.75, 1, 1.5, 2.5, 5, 10,
];

interface Served {
  readonly role: string;
  readonly slot: string;
}

/**
 * Counters by role, slot and model version. What counts is what a slot was asked: a request that the canary failed and
 * the stable slot answered is one 502 of the canary and one 200 of the stable.
 */
export class GatewayMetrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: "gateway_requests_total",
    help: "Requests passed on; 502: no connection, 504: no answer in time.",
    labelNames: ["role", "slot", "version", "code"],
    registers: [this.registry],
  });
  private readonly seconds = new Histogram({
    name: "gateway_seconds",
    help: "Time until the whole answer was there.",
    labelNames: ["role", "slot", "version"],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly retries = new Counter({
    name: "gateway_retries_total",
    help: "Requests asked again of the stable slot after this one could not be reached.",
    labelNames: ["role", "slot"],
    registers: [this.registry],
  });
  /** The version a slot answered with last: what cannot be reached does not tell its version. */
  private readonly versions = new Map<string, string>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  page(): Promise<string> {
    return this.registry.metrics();
  }

  count({ role, slot }: Served, version: string, code: number): void {
    this.requests.inc({ role, slot, version, code });
  }

  retried({ role, slot }: Served): void {
    this.retries.inc({ role, slot });
  }

  /** Starts the clock for one request; the function it gives ends it. */
  timer({ role, slot }: Served): (version: string, code: number) => void {
    const started = performance.now();
    return (told, code) => {
      const version = told || this.versions.get(slot) || "";
      if (told) this.versions.set(slot, told);
      this.count({ role, slot }, version, code);
      this.seconds.observe({ role, slot, version }, (performance.now() - started) / 1000);
    };
  }
}
