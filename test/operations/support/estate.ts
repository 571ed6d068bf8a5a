/**
 * An estate in memory: QA, two slots behind a gateway with weights, a model registry. It answers predictions by HTTP
 * calls handed to it, and counts them as the scoring app does, so that a release meets what it meets in real life.
 */
import type {
  Deployment,
  Drill,
  IModelVersions,
  IServing,
  ModelPackage,
  ServingSample,
} from "../../../lib/contracts/operator";
import { type Http, type HttpAnswer, parsed } from "../../../operations/http";
import { type Documents, digestOf, filesOf, packageDocuments, scoreOf, type Weights } from "./package-files";

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, Number.POSITIVE_INFINITY];

interface Slot {
  model: ModelPackage | null;
  drill: Drill;
  requests: number;
  errors: number;
  latency: number[];
  owed: number;
  startedAt: string;
}

const emptySlot = (): Slot => ({
  model: null,
  drill: {},
  requests: 0,
  errors: 0,
  latency: BOUNDS.map(() => 0),
  owed: 0,
  startedAt: "2026-11-20T11:00:00Z",
});

export class MemoryEstate {
  readonly slots: Record<string, Slot> = { qa: emptySlot(), blue: emptySlot(), green: emptySlot() };
  readonly traffic = { stable: null as string | null, canary: null as string | null, percent: 0 };
  readonly aliases: Record<string, string> = {};
  /** What was done, in order. */
  readonly log: string[] = [];
  /** Called before each verb; throws to play a failure, changes things to play an accident, never returns to play a death. */
  onVerb: (verb: string) => void | Promise<void> = () => undefined;
  runtime: object = { python: "3.11.9", packages: { numpy: "2.3.9", "prometheus-client": "0.22.0" } };
  private readonly versions = new Map<string, { documents: Documents; model: ModelPackage }>();
  private unpinned = 0;

  /** Registers a version, and makes it the candidate. */
  register(version: string, weights: Weights, spoil: (documents: Documents) => void = () => undefined): ModelPackage {
    const documents = packageDocuments(weights);
    spoil(documents);
    const model = { project: "houses", version, uri: `memory:${version}`, digest: digestOf(documents) };
    this.versions.set(version, { documents, model });
    this.aliases.candidate = version;
    return model;
  }

  /** Changes a registered package behind the registry's back. */
  tamper(version: string, change: (documents: Documents) => void): void {
    const known = this.versions.get(version);
    if (known) change(known.documents);
  }

  get operator(): { serving: IServing; models: IModelVersions } {
    return { serving: this.serving, models: this.models };
  }

  private readonly models: IModelVersions = {
    get: async (_project, version) => {
      const known = this.versions.get(version);
      if (!known) throw new Error(`there is no version ${version}`);
      return { ...known.model, tags: {} };
    },
    byAlias: async (_project, alias) => this.aliases[alias] ?? null,
    setAlias: async (_project, alias, version) => {
      await this.did(`alias ${alias}=${version}`);
      this.aliases[alias] = version;
    },
    latest: async () => [...this.versions.keys()].at(-1) ?? null,
    readPackage: async ({ version }) => filesOf(this.versions.get(version)?.documents ?? {}),
  };

  private readonly serving: IServing = {
    url: "http://gateway",
    deployments: async () =>
      Object.entries(this.slots).map(
        ([slot, { model }]): Deployment => ({ slot, role: this.roleOf(slot), url: `http://${slot}`, model }),
      ),
    deploy: async (target, model, drill = {}) => {
      await this.did(`deploy ${target} ${model.version}`);
      const slot = target === "qa" ? "qa" : this.traffic.stable === "blue" ? "green" : "blue";
      if (target === "canary") Object.assign(this.traffic, { canary: slot, percent: 0 });
      this.slots[slot] = { ...emptySlot(), model, drill, startedAt: new Date().toISOString() };
      return { slot, role: target, url: `http://${slot}`, model };
    },
    shift: async (percent) => {
      await this.did(`shift ${percent}`);
      this.traffic.percent = percent;
    },
    promote: async () => {
      await this.did("promote");
      Object.assign(this.traffic, { stable: this.traffic.canary, canary: null, percent: 0 });
    },
    abort: async () => {
      await this.did("abort");
      Object.assign(this.traffic, { canary: null, percent: 0 });
    },
    samples: async () => Object.keys(this.slots).flatMap((slot) => this.sampleOf(slot)),
  };

  /** Answers as the QA service, the slots and the gateway would. */
  readonly http: Http = async ({ url, headers = {}, body = "" }) => {
    const { hostname, pathname } = new URL(url);
    if (hostname !== "gateway") return this.answer(hostname, pathname, body);
    const pin = headers["x-mlops-role"];
    this.unpinned += pin ? 0 : 1;
    const role = pin ?? ((this.unpinned * this.traffic.percent) % 100 < this.traffic.percent ? "canary" : "stable");
    const slot = role === "canary" ? this.traffic.canary : this.traffic.stable;
    if (!slot) return { status: pin ? 409 : 503, headers: {}, body: "{}" };
    const answer = this.answer(slot, pathname, body);
    return { ...answer, headers: { ...answer.headers, "x-mlops-role": role } };
  };

  private async did(verb: string): Promise<void> {
    await this.onVerb(verb);
    this.log.push(verb);
  }

  private roleOf(slot: string): Deployment["role"] {
    if (slot === "qa") return "qa";
    if (slot === this.traffic.stable) return "stable";
    return slot === this.traffic.canary ? "canary" : "idle";
  }

  private sampleOf(name: string): ServingSample[] {
    const slot = this.slots[name];
    if (!slot?.model) return [];
    return [
      {
        role: this.roleOf(name),
        version: slot.model.version,
        at: new Date().toISOString(),
        startedAt: slot.startedAt,
        requests: slot.requests,
        errors: slot.errors,
        latency: BOUNDS.map((le, index) => ({ le, count: slot.latency[index] ?? 0 })),
        cpuSeconds: slot.requests * 0.001,
        memoryBytes: 100 * 1024 * 1024,
        diskFreeBytes: 50 * 1024 ** 3,
      },
    ];
  }

  private answer(name: string, path: string, body: string): HttpAnswer {
    const slot = this.slots[name];
    if (!slot?.model) return { status: 503, headers: {}, body: "{}" };
    const { model, drill } = slot;
    const headers = { "x-model-version": model.version };
    if (path === "/readyz") return { status: 200, headers, body: JSON.stringify({ ...model, ...this.runtime }) };
    const { status, content } = this.predict(model, path, body);
    const seconds = 0.002 + (drill.latencyMs ?? 0) / 1000;
    slot.owed += drill.errorRate ?? 0;
    const faulty = slot.owed >= 1 && status === 200;
    if (faulty) slot.owed -= 1;
    slot.requests += 1;
    slot.errors += faulty || status >= 500 ? 1 : 0;
    slot.latency = slot.latency.map((count, index) => count + (seconds <= (BOUNDS[index] ?? 0) ? 1 : 0));
    return faulty ? { status: 500, headers, body: "{}" } : { status, headers, body: JSON.stringify(content) };
  }

  private predict(model: ModelPackage, path: string, body: string): { status: number; content: unknown } {
    if (path !== `/v1/models/${model.project}:predict`) return { status: 404, content: {} };
    const document = parsed(body) as { instances?: unknown } | undefined;
    const weights = this.versions.get(model.version)?.documents["model.json"];
    const rows = document?.instances;
    const right = (row: { size?: unknown; kind?: unknown } | null) =>
      typeof row?.size === "number" && typeof row.kind === "string";
    if (!weights || !Array.isArray(rows) || rows.length === 0 || !rows.every(right))
      return { status: 400, content: { error: "wrong" } };
    return { status: 200, content: { predictions: rows.map((row) => scoreOf(weights, row)) } };
  }
}
