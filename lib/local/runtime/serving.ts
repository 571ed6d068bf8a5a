/** Serving on one machine: two slots behind the gateway, one for QA. What a slot serves is a file; a release writes it. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment, Drill, IServing, ModelPackage, ServingRole, ServingSample } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import type { ModelServerPart } from "../parts";
import { estatePaths, type RuntimeContext, upCommand } from "./context";
import { readJson, tail, writeJson } from "./files";
import { addressOf, get } from "./health";
import { deployedLayers, deployedPart, partsOf, partsOfKind } from "./layers";
import { withEstateLock } from "./lock";
import { bucketsOf, type MetricSample, parseMetrics, sumOf } from "./metrics";
import { verifyPackage } from "./package";
import { slotFile } from "./programs";
import { Supervisor } from "./supervisor";
import { changeTraffic, emptySlot, otherSlot, readSlot, readTraffic, type Traffic } from "./traffic";

/** A scoring process imports numpy and reads a few files: 2 s on free cores. */
const READY_MS = 60_000;
const GATEWAY_MS = 10_000;

/** Codes by which the gateway says that a slot gave no answer. */
const NO_ANSWER = ["502", "504"];

/** The serving of one local estate. */
export class LocalServing implements IServing {
  constructor(private readonly context: RuntimeContext) {}

  /** What is deployed counts, and not what a changed config asks for. */
  get url(): string {
    return addressOf(deployedPart(this.context, "gateway"));
  }

  async deployments(): Promise<readonly Deployment[]> {
    const { directory } = this.context;
    const traffic = await readTraffic(directory);
    return Promise.all(
      (await this.slots()).map(async ({ name, port }) => ({
        slot: name,
        role: roleOf(name, traffic),
        url: `http://127.0.0.1:${port}`,
        model: (await readSlot(directory, name))?.model ?? null,
      })),
    );
  }

  async deploy(target: "qa" | "canary", model: ModelPackage, drill?: Drill): Promise<Deployment> {
    const { directory } = this.context;
    const uri = await verifyPackage(model, directory);
    return withEstateLock(directory, async () => {
      const traffic = await readTraffic(directory);
      if (target === "canary") {
        await this.refuseOtherProject(model, traffic);
        // Nobody is sent to a slot that is about to be restarted.
        await this.apply(await changeTraffic(directory, { canary: null, canaryPercent: 0 }));
      }
      const slot = target === "qa" ? "qa" : otherSlot(traffic.stable);
      const server = await this.slot(slot);
      const { project, version, digest } = model;
      const served = { project, version, uri, digest };
      await writeJson(slotFile(directory, slot), {
        model: served,
        drill: drill ? { latencyMs: drill.latencyMs ?? 0, errorRate: drill.errorRate ?? 0 } : null,
        logging: server.logging,
      });
      const supervisor = new Supervisor(this.context);
      await this.requireRunning(supervisor);
      await supervisor.stop(slot);
      await this.rememberFailures(slot);
      await supervisor.startProgram(slot);
      await this.waitServes(server, model);
      if (slot !== "qa") await this.apply(await changeTraffic(directory, { canary: slot, project: model.project }));
      return { slot, role: target, url: `http://127.0.0.1:${server.port}`, model: served };
    });
  }

  async shift(canaryPercent: number): Promise<void> {
    if (!(canaryPercent >= 0 && canaryPercent <= 100)) {
      throw new UserError({ where: "canary", message: `got ${canaryPercent} percent, wanted 0 to 100` });
    }
    await this.change((traffic) => {
      if (traffic.canary === null) throw noCanary();
      return { canaryPercent };
    });
  }

  async promote(): Promise<void> {
    await this.change((traffic) => {
      if (traffic.canary === null) throw noCanary();
      return { stable: traffic.canary, canary: null, canaryPercent: 0 };
    });
  }

  async abort(): Promise<void> {
    const { directory } = this.context;
    await withEstateLock(directory, async () => {
      const traffic = await changeTraffic(directory, { canary: null, canaryPercent: 0 });
      await this.apply(traffic);
      // A model that was turned down must not be what serves when the split is lost, or changed by hand.
      const slot = otherSlot(traffic.stable);
      if (!(await emptySlot(directory, slot))) return;
      const supervisor = new Supervisor(this.context);
      if ((await supervisor.programs()) === null) return;
      await supervisor.stop(slot);
      await supervisor.startProgram(slot);
    });
  }

  async samples(): Promise<readonly ServingSample[]> {
    const [deployments, failures, baseline] = await Promise.all([
      this.deployments(),
      this.gatewayMetrics(),
      readJson<Record<string, number>>(this.baselineFile),
    ]);
    const all = await Promise.all(
      deployments.map(async ({ slot, role, url, model }) => {
        if (!model) return null;
        const scrape = await get(`${url}/metrics`, 2_000).catch(() => null);
        const lost = unanswered(failures, slot) - (baseline?.[slot] ?? 0);
        return sampleOf(role, model.version, scrape?.ok ? parseMetrics(scrape.text) : [], Math.max(0, lost));
      }),
    );
    return all.filter((sample) => sample !== null);
  }

  private async change(how: (present: Traffic) => Partial<Omit<Traffic, "generation">>): Promise<void> {
    const { directory } = this.context;
    await withEstateLock(directory, async () => {
      await this.apply(await changeTraffic(directory, how(await readTraffic(directory))));
    });
  }

  /** Waits until the gateway works with this split or a later one. */
  private async apply({ generation }: Traffic): Promise<void> {
    const deadline = Date.now() + GATEWAY_MS;
    for (;;) {
      const answer = await get(`${this.url}/-/traffic`, 1_000).catch(() => null);
      if (answer?.ok && Number((JSON.parse(answer.text) as Partial<Traffic>).generation) >= generation) return;
      if (Date.now() > deadline) {
        throw new UserError({
          where: "gateway",
          message: `did not take up the new traffic weights within ${GATEWAY_MS / 1_000} s`,
          fix: `Look at \`mlops status ${this.context.environment}\`; \`${upCommand(this.context)}\` starts what is down`,
        });
      }
      await sleep(50);
    }
  }

  private async waitServes({ name, port }: ModelServerPart, model: ModelPackage): Promise<void> {
    const deadline = Date.now() + READY_MS;
    let last = "no answer";
    while (Date.now() < deadline) {
      const answer = await get(`http://127.0.0.1:${port}/readyz`, 1_000).catch(() => null);
      const told = answer ? (JSON.parse(answer.text) as Record<string, unknown>) : null;
      if (answer?.ok && String(told?.version) === model.version && told?.digest === model.digest) return;
      if (told) last = typeof told.reason === "string" ? told.reason : JSON.stringify(told);
      // It answers, and what it says of the model will not change until it is started again.
      if (answer?.status === 503 && told?.reason !== undefined && !/load|start/i.test(last)) break;
      await sleep(100);
    }
    const log = path.join(estatePaths(this.context.directory).logs, `${name}.log`);
    const lines = await tail(log, 5);
    throw new UserError({
      where: name,
      message: `does not serve ${model.project} version ${model.version}: ${last}`,
      fix: `Read ${log}`,
      ...(lines.length > 0 && { frame: lines.join("\n") }),
    });
  }

  private async refuseOtherProject(model: ModelPackage, traffic: Traffic): Promise<void> {
    const stable = (await readSlot(this.context.directory, traffic.stable))?.model;
    if (!stable || stable.project === model.project) return;
    throw new UserError({
      where: "serving.production",
      message: `serves the project ${stable.project}; one local estate serves one project, got ${model.project}`,
      fix: "Give the other project an environment of its own, with its own directory and ports",
    });
  }

  private async requireRunning(supervisor: Supervisor): Promise<void> {
    if ((await supervisor.programs()) !== null) return;
    throw new UserError({
      where: "serving",
      message: "the estate does not run",
      fix: `Run \`${upCommand(this.context)}\``,
    });
  }

  private async slots(): Promise<ModelServerPart[]> {
    return partsOfKind(partsOf(deployedLayers(this.context.directory)), "modelServer").map(({ part }) => part);
  }

  private async slot(name: string): Promise<ModelServerPart> {
    const found = (await this.slots()).find((part) => part.name === name);
    if (found) return found;
    throw new UserError({ where: name, message: "is not deployed", fix: `Run \`${upCommand(this.context)}\`` });
  }

  private async gatewayMetrics(): Promise<MetricSample[]> {
    const scrape = await get(`${this.url}/metrics`, 2_000).catch(() => null);
    return scrape?.ok ? parseMetrics(scrape.text) : [];
  }

  /** The gateway counts on when a slot's process is replaced; what it counted before is not the new one's. */
  private async rememberFailures(slot: string): Promise<void> {
    const now = { [slot]: unanswered(await this.gatewayMetrics(), slot) };
    await writeJson(this.baselineFile, { ...(await readJson<Record<string, number>>(this.baselineFile)), ...now });
  }

  private get baselineFile(): string {
    return path.join(estatePaths(this.context.directory).serving, "unanswered.json");
  }
}

/** What a slot is, by the present split. */
export function roleOf(slot: string, traffic: Pick<Traffic, "stable" | "canary">): ServingRole {
  if (slot === "qa") return "qa";
  if (slot === traffic.stable) return "stable";
  return slot === traffic.canary ? "canary" : "idle";
}

function unanswered(gateway: readonly MetricSample[], slot: string): number {
  const fits = (labels: Readonly<Record<string, string>>) =>
    labels.slot === slot && NO_ANSWER.includes(labels.code ?? "");
  return sumOf(gateway, "gateway_requests_total", fits) ?? 0;
}

/**
 * A sample from the scrape of a scoring process. @param lost requests that reached no process, as the gateway counted.
 */
export function sampleOf(
  role: ServingRole,
  version: string,
  scrape: readonly MetricSample[],
  lost: number,
): ServingSample {
  const own = (labels: Readonly<Record<string, string>>) => labels.version === version;
  const failed = (labels: Readonly<Record<string, string>>) => own(labels) && /^5/.test(labels.code ?? "");
  return {
    role,
    version,
    at: new Date().toISOString(),
    startedAt: startOf(scrape),
    requests: (sumOf(scrape, "predict_requests_total", own) ?? 0) + lost,
    errors: (sumOf(scrape, "predict_requests_total", failed) ?? 0) + lost,
    latency: bucketsOf(scrape, "predict_seconds", own),
    cpuSeconds: finite(sumOf(scrape, "process_cpu_seconds_total")),
    memoryBytes: finite(sumOf(scrape, "process_resident_memory_bytes")),
    diskFreeBytes: finite(sumOf(scrape, "disk_free_bytes")),
  };
}

function startOf(scrape: readonly MetricSample[]): string | null {
  const seconds = finite(sumOf(scrape, "process_start_time_seconds"));
  return seconds === null ? null : new Date(seconds * 1_000).toISOString();
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function noCanary(): UserError {
  return new UserError({
    where: "canary",
    message: "there is no canary",
    fix: "Release a model version with `mlops release`",
  });
}
