/** Promises of parts that some platforms lack: those say why, in a sentence's words, and make nothing. */
import type { Layer } from "../../lib/contracts/layers";
import type { ObjectStorePurpose } from "../../lib/contracts/object-store";
import { isLacking, type Provided } from "../../lib/contracts/provided";
import type { IWorkloadIdentity } from "../../lib/contracts/workload-identity";
import { Token } from "../../lib/framework";
import { type Bench, type Check, onPlatform, type PartMethod, provided, stackOf } from "./harness";

export const OPTIONAL = {
  autoMl: orLacking(
    "autoMl",
    "ml",
    ({ platform, layer }) => platform.autoMl(layer("ml"), "AutoMl", { projects: ["diabetes"] }),
    ({ reference }) => expectText(reference),
  ),
  budget: orLacking(
    "budget",
    "observability",
    ({ platform, layer }) =>
      platform.budget(layer("observability"), "Budget", { monthly: 100, currency: "USD", alertAt: [50, 100] }),
    ({ reference }) => expectText(reference),
  ),
  ciIdentities: orLacking(
    "ciIdentities",
    "foundation",
    ({ platform, layer }) =>
      platform.ciIdentities(layer("foundation"), "Ci", { host: "github", repository: "acme/platform" }),
    ({ plan, apply, provider }) => {
      expect(new Set([plan, apply, provider]).size).toBe(3);
      expectText(plan);
    },
  ),
  cluster: orLacking(
    "cluster",
    "compute",
    ({ platform, layer }) => {
      // What a cluster keeps is under a key that is made before it, where there are keys.
      platform.encryptionKey(layer("foundation"), "Key-cluster", { use: "cluster" });
      return platform.cluster(layer("compute"), "Cluster", {
        pools: [
          { name: "cpu", class: "cpu-small", min: 1, max: 2 },
          { name: "gpu", class: "gpu-l4", min: 0, max: 1, capacity: "spot" },
        ],
      });
    },
    ({ endpoint, issuer }) => {
      expectText(endpoint);
      if (!Token.isUnresolved(issuer)) expect(issuer).toMatch(/^https:/);
    },
  ),
  dataIntegration: orLacking(
    "dataIntegration",
    "ml",
    ({ platform, layer }) => platform.dataIntegration(layer("ml"), "Integration"),
    ({ uri }) => expectText(uri),
  ),
  dataProcessing: orLacking(
    "dataProcessing",
    "ml",
    (bench) => {
      const { datasets, artifacts } = stores(bench);
      const identity = runner(bench, "ml");
      return bench.platform.dataProcessing(bench.layer("ml"), "Processing", { identity, datasets, artifacts });
    },
    ({ reference }) => expectText(reference),
  ),
  delivery: orLacking(
    "delivery",
    "delivery",
    ({ platform, layer }) =>
      platform.delivery(layer("delivery"), "Source", {
        source: { host: "github", repository: "acme/ml-projects", connection: "acme" },
        rules: [
          { branch: "main", environment: "dev", deploy: "automatic" },
          { tag: "v*", environment: "dev", deploy: "approved" },
        ],
      }),
    ({ connection, triggers }) => {
      expectText(connection);
      expect(Object.keys(triggers).sort()).toEqual(["main", "v*"]);
    },
  ),
  encryptionKey: orLacking(
    "encryptionKey",
    "foundation",
    ({ platform, layer }) => platform.encryptionKey(layer("foundation"), "Key", { use: "storage" }),
    ({ reference }) => expectText(reference),
  ),
  eventTopic: orLacking(
    "eventTopic",
    "data",
    ({ platform, layer }) => platform.eventTopic(layer("data"), "Retrain"),
    (topic, bench) => {
      expectText(topic.reference);
      expectGrants(bench, topic.grants.publish);
    },
  ),
  featureStore: orLacking(
    "featureStore",
    "data",
    ({ platform, layer }) =>
      platform.featureStore(layer("data"), "Features", {
        groups: [{ name: "patients", entity: "patient_id", features: ["age", "bmi"] }],
      }),
    (store, bench) => {
      expect(store.offlineUri).not.toBe(store.onlineUri);
      expectGrants(bench, store.grants.read, store.grants.readWrite);
    },
  ),
  imageRegistry: orLacking(
    "imageRegistry",
    "data",
    ({ platform, layer }) => platform.imageRegistry(layer("data"), "Images"),
    (registry, bench) => {
      expect(registry.prefix).toMatch(/[^/]$/);
      expectGrants(bench, registry.grants.pull, registry.grants.push);
    },
  ),
  network: orLacking(
    "network",
    "network",
    ({ platform, layer }) => platform.network(layer("network"), "Network", { cidr: "10.20.0.0/16" }),
    ({ reference, subnets }) => {
      expectText(reference);
      expect(Object.values(subnets).every((subnet) => subnet !== "")).toBe(true);
    },
  ),
  pipelineDefinitions: orLacking(
    "pipelineDefinitions",
    "delivery",
    (bench) =>
      bench.platform.pipelineDefinitions(bench.layer("delivery"), "Definitions", {
        packages: stores(bench).packages,
        definitions: [{ project: "diabetes", parameters: { "train.alpha": 0.4 } }],
      }),
    ({ settings }) => expect(Object.keys(settings)).toEqual(["diabetes"]),
  ),
  pipelineTrigger: orLacking(
    "pipelineTrigger",
    "delivery",
    (bench) => {
      const { platform, layer } = bench;
      const { packages, datasets } = stores(bench);
      return platform.pipelineTrigger(layer("delivery"), "Trigger", {
        packages,
        newDataIn: datasets,
        topic: provided(platform.eventTopic(layer("data"), "Retrain")),
        ledger: provided(platform.metadataDatabase(layer("data"), "Database", { class: "db-small" })),
        identity: runner(bench, "delivery"),
        projects: ["diabetes"],
        cooldownMinutes: 60,
      });
    },
    ({ uri }) => expectText(uri),
  ),
  pretrainedModels: orLacking(
    "pretrainedModels",
    "ml",
    ({ platform, layer }) =>
      platform.pretrainedModels(layer("ml"), "Pretrained", { allowed: ["publishers/google/models/gemma2"] }),
    ({ uri }) => expectText(uri),
  ),
  training: orLacking(
    "training",
    "ml",
    ({ platform, layer }) => platform.training(layer("ml"), "Training", { class: "gpu-l4", max: 2, capacity: "spot" }),
    ({ reference }) => expectText(reference),
  ),
  workflowEngine: orLacking(
    "workflowEngine",
    "delivery",
    (bench) => {
      const { platform, layer } = bench;
      return platform.workflowEngine(layer("delivery"), "Workflows", {
        topic: provided(platform.eventTopic(layer("data"), "Retrain")),
        packages: stores(bench).packages,
        identity: runner(bench, "delivery"),
        project: "diabetes",
      });
    },
    ({ uri }) => expectText(uri),
  ),
} as const satisfies Partial<Record<PartMethod, Check>>;

/** Text, or a value that is known only when deployed. */
function expectText(value: string): void {
  expect(typeof value).toBe("string");
  expect(value).not.toBe("");
}

/** The stores that parts work with. */
function stores({ platform, layer }: Bench) {
  const store = (purpose: ObjectStorePurpose) =>
    provided(platform.objectStore(layer("data"), `Store-${purpose}`, { purpose }));
  return { datasets: store("datasets"), artifacts: store("artifacts"), packages: store("packages") };
}

/** An identity of a layer. */
function runner({ platform, layer }: Bench, name: Layer): IWorkloadIdentity {
  return provided(platform.workloadIdentity(layer(name), "Runner", { workload: "runner" }));
}

/** A right may be granted twice, to a later layer only. */
function expectGrants({ platform, layer }: Bench, ...rights: readonly ((to: IWorkloadIdentity) => void)[]): void {
  const reader = provided(platform.workloadIdentity(layer("serving"), "Reader", { workload: "reader" }));
  const early = provided(platform.workloadIdentity(layer("foundation"), "Early", { workload: "early" }));
  for (const right of rights) {
    for (const _ of [1, 2]) right(reader);
    expect(() => right(early)).toThrow(/cannot grant/);
  }
}

/** @param check what is promised where there is one */
function orLacking<T extends object>(
  method: PartMethod,
  at: Layer,
  make: (bench: Bench) => Provided<T>,
  check: (part: T, bench: Bench) => void,
): Check {
  return (given) => {
    const wanted = given.makes[method];
    const stacks = onPlatform(given.create(), (bench) => {
      if (wanted !== "lacking") return check(provided(make(bench)), bench);
      // What it would be made with is lacking there, too: the reason is asked for directly.
      const part: object = Reflect.apply(bench.platform[method], bench.platform, [bench.layer(at), "Part", {}]);
      if (!isLacking(part)) throw new Error("is there, though the platform is said to lack it");
      expect(part.lacking).toMatch(/^[a-z`].{15,}[^.]$/);
    });
    expect(given.made(stackOf(stacks, at))).toEqual(wanted === "lacking" ? [] : wanted);
  };
}
