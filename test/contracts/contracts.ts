/**
 * What each contract promises, written once for all platforms. A check makes the part the way the stacks do and throws
 * when a promise is not kept.
 */
import type { IPlatform } from "../../lib/contracts/platform";
import type { IWorkloadIdentity } from "../../lib/contracts/workload-identity";
import { type Construct, Token } from "../../lib/framework";
import type { SynthesizedStack } from "../support/synth";
import { type Check, onPlatform, type PartMethod, type PlatformUnderTest, provided, stackOf } from "./harness";
import { OPTIONAL } from "./optional";

const LOGGING = { sample: 0.5, retentionDays: 30, redact: ["name"] };
const ENDPOINT = {
  target: "kubernetes",
  expose: "internal",
  auth: "iam",
  class: "cpu-small",
  replicas: { min: 1, max: 2 },
} as const;

const WATCHED = {
  retentionDays: 30,
  availabilityObjective: 0.99,
  production: "kubernetes",
  driftThreshold: 0.2,
  alerts: {
    email: ["ml-oncall@acme.example"],
    maxErrorRate: 0.02,
    maxP95Ms: 500,
    minDiskFreeShare: 0.1,
    noTrafficMinutes: 30,
    maxQueueAgeMinutes: 30,
    gpuIdleMinutes: 60,
  },
} as const;

/** The identity that models are served as. */
function server(platform: IPlatform, scope: Construct): IWorkloadIdentity {
  return provided(platform.workloadIdentity(scope, "Server", { workload: "serving" }));
}

/**
 * These outputs of the stack are there, and no two have the same value. A value that is known only when deployed is compared as
 * it is written: as long as it is a token, each mention of it looks different.
 */
function expectDistinct({ output }: SynthesizedStack, ...keys: readonly [string, string]): void {
  const values = keys.map((key) => output[key]?.value);
  expect(values.every((value) => typeof value === "string" && value !== "")).toBe(true);
  expect(new Set(values).size).toBe(keys.length);
}

/** An address is text of the platform's form, or known only when deployed. */
function expectAddress({ address }: PlatformUnderTest, uri: string): void {
  if (!Token.isUnresolved(uri)) expect(uri).toMatch(address);
}

export const CONTRACTS: Readonly<Record<PartMethod, Check>> = {
  objectStore: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      const stores = (["datasets", "artifacts"] as const).map((purpose) =>
        provided(platform.objectStore(layer("data"), purpose, { purpose })),
      );
      for (const { uri, node } of stores) layer("data").addOutput(`${node.id}Uri`, uri, "Compared below.");
      const reader = provided(platform.workloadIdentity(layer("ml"), "Reader", { workload: "pipelines" }));
      const early = provided(platform.workloadIdentity(layer("foundation"), "Early", { workload: "early" }));
      for (const { grants } of stores) {
        // A grant may be repeated, and adds nothing to the store's own layer.
        for (const _ of [1, 2]) for (const right of [grants.read, grants.readWrite]) right(reader);
        for (const right of [grants.read, grants.readWrite])
          expect(() => right(early)).toThrow(/cannot grant a right to test-foundation\/Early/);
      }
    });
    expect(given.made(stackOf(stacks, "data"))).toEqual(given.makes.objectStore);
    expectDistinct(stackOf(stacks, "data"), "datasetsUri", "artifactsUri");
  },

  metadataDatabase: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      const database = provided(platform.metadataDatabase(layer("data"), "Database", { class: "db-small" }));
      // A platform that keeps runs elsewhere has no database for them.
      const tracking = database.uri("mlflow");
      if (tracking !== null) expectAddress(given, tracking);
      expect(database.uri("mlflow")).not.toBe(database.uri("ledger"));
      expect(database.uri("ledger")).toContain(`@${database.host}:${database.port}/ledger`);
      // No password in an address: it travels by reference.
      expect(database.uri("ledger")).not.toMatch(/:\/\/[^@/]+:[^@/]+@/);
      expect(database.passwordReference).not.toBe("");
      // What only Kubeflow Pipelines needs is made for it alone.
      expect(database.pipelineStoreUri).toBeNull();
      const user = provided(platform.workloadIdentity(layer("ml"), "User", { workload: "tracking" }));
      const early = provided(platform.workloadIdentity(layer("foundation"), "Early", { workload: "early" }));
      database.grants.connect(user);
      database.grants.connect(user);
      expect(() => database.grants.connect(early)).toThrow(/cannot grant/);
    });
    expect(given.made(stackOf(stacks, "data"))).toEqual(given.makes.metadataDatabase);
    onPlatform(given.create(), ({ platform, layer }) => {
      const props = { class: "db-small", pipelineStore: true } as const;
      const { pipelineStoreUri } = provided(platform.metadataDatabase(layer("data"), "Database", props));
      if (given.pipelineStore) expect(pipelineStoreUri).toMatch(/^mysql:\/\/[^@/:]+@[^@/]+:\d+\/\w+$/);
      else expect(pipelineStoreUri).toBeNull();
    });
    // A larger class is a larger server.
    const sized = (size: "db-small" | "db-medium" | "db-large") =>
      onPlatform(
        given.create(),
        ({ platform, layer }) => void platform.metadataDatabase(layer("data"), "Database", { class: size }),
      );
    const forms = (["db-small", "db-medium", "db-large"] as const).map((size) =>
      JSON.stringify(sized(size).data?.resource),
    );
    expect(new Set(forms).size).toBe(3);
  },

  secretStore: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      const vault = provided(platform.secretStore(layer("foundation"), "Secrets"));
      const reference = vault.secret("webhook-token");
      expect(vault.secret("webhook-token")).toBe(reference);
      expect(vault.uri).not.toBe("");
      const reader = provided(platform.workloadIdentity(layer("ml"), "Reader", { workload: "pipelines" }));
      vault.grants.read(reader, "webhook-token");
      vault.grants.read(reader, "granted-token");
      layer("foundation").addOutput("one", reference, "Compared below.");
      layer("foundation").addOutput("other", vault.secret("other-token"), "Compared below.");
      const late = provided(platform.secretStore(layer("ml"), "Late"));
      const early = provided(platform.workloadIdentity(layer("foundation"), "Early", { workload: "early" }));
      expect(() => late.grants.read(early, "webhook-token")).toThrow(/cannot grant/);
    });
    const foundation = stackOf(stacks, "foundation");
    expect(given.made(foundation)).toEqual(given.makes.secretStore);
    expectDistinct(foundation, "one", "other");
    expect(String(foundation.output.one?.value)).toContain("webhook-token");
    for (const name of given.declaresSecrets ? ["webhook-token", "granted-token"] : [])
      expect(JSON.stringify(foundation.resource)).toContain(name);
  },

  workloadIdentity: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      const [one, other] = ["pipelines", "serving"].map((workload) =>
        provided(platform.workloadIdentity(layer("ml"), workload, { workload })),
      );
      layer("ml").addOutput("one", one?.principal ?? "", "Compared below.");
      layer("ml").addOutput("other", other?.principal ?? "", "Compared below.");
      expect(() => platform.workloadIdentity(layer("ml"), "Bad", { workload: "Bad Name" })).toThrow(
        /wanted are lower-case/,
      );
    });
    expect(given.made(stackOf(stacks, "ml"))).toEqual(given.makes.workloadIdentity);
    expectDistinct(stackOf(stacks, "ml"), "one", "other");
  },

  modelRegistry: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      const database = provided(platform.metadataDatabase(layer("data"), "Database", { class: "db-small" }));
      const artifacts = provided(platform.objectStore(layer("data"), "Artifacts", { purpose: "artifacts" }));
      const tracking = provided(platform.modelRegistry(layer("ml"), "Tracking", { database, artifacts }));
      expectAddress(given, tracking.trackingUri);
      const user = provided(platform.workloadIdentity(layer("serving"), "User", { workload: "user" }));
      const early = provided(platform.workloadIdentity(layer("data"), "Early", { workload: "early" }));
      tracking.grants.use(user);
      tracking.grants.use(user);
      expect(() => tracking.grants.use(early)).toThrow(/cannot grant/);
    });
    expect(given.made(stackOf(stacks, "ml"))).toEqual(given.makes.modelRegistry);
  },

  orchestrator: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      const [packages, artifacts] = (["packages", "artifacts"] as const).map((purpose) =>
        provided(platform.objectStore(layer("data"), purpose, { purpose })),
      );
      if (!packages || !artifacts) throw new Error("no stores");
      const identity = provided(platform.workloadIdentity(layer("ml"), "Runner", { workload: "pipelines" }));
      const made = provided(platform.orchestrator(layer("ml"), "Orchestrator", { packages, artifacts, identity }));
      expect(["kfp-ir", "azureml"]).toContain(made.format);
      expect(made.submitUri).not.toBe("");
    });
    expect(given.made(stackOf(stacks, "ml"))).toEqual(given.makes.orchestrator);
  },

  notebooks: (given) => {
    const stacks = (idleShutdownMinutes?: number) =>
      onPlatform(given.create(), ({ platform, layer }) => {
        expectAddress(given, provided(platform.notebooks(layer("ml"), "Notebooks", { idleShutdownMinutes })).uri);
      });
    expect(given.made(stackOf(stacks(60), "ml"))).toEqual(given.makes.notebooks);
    expect(stackOf(stacks(30), "ml").resource).not.toEqual(stackOf(stacks(60), "ml").resource);
    expect(stackOf(stacks(), "ml").resource).toEqual(stackOf(stacks(60), "ml").resource);
  },

  schedule: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      for (const project of ["diabetes", "churn"]) {
        const made = provided(platform.schedule(layer("delivery"), project, { project, cron: "0 3 * * 1" }));
        layer("delivery").addOutput(`${project}Reference`, made.reference, "Compared below.");
      }
    });
    const delivery = stackOf(stacks, "delivery");
    expect(given.made(delivery)).toEqual(given.makes.schedule);
    expectDistinct(delivery, "diabetesReference", "churnReference");
    for (const text of ["diabetes", "churn", "0 3 * * 1", "Etc/UTC"])
      expect(JSON.stringify(delivery.resource)).toContain(text);
  },

  containerService: (given) => {
    const logging = (sample: number) =>
      onPlatform(given.create(), ({ platform, layer }) => {
        const identity = server(platform, layer("serving"));
        const props = { logging: { ...LOGGING, sample }, identity };
        expectAddress(given, provided(platform.containerService(layer("serving"), "Qa", props)).uri);
      });
    const serving = stackOf(logging(0.5), "serving");
    expect(given.made(serving)).toEqual(given.makes.containerService);
    // What is logged is what the config says.
    expect(serving.resource).not.toEqual(stackOf(logging(1), "serving").resource);
  },

  modelEndpoint: (given) => {
    const redacting = (redact: readonly string[]) =>
      onPlatform(given.create(), ({ platform, layer }) => {
        const identity = server(platform, layer("serving"));
        const props = { ...ENDPOINT, logging: { ...LOGGING, redact }, identity };
        expectAddress(given, provided(platform.modelEndpoint(layer("serving"), "Production", props)).uri);
      });
    const serving = stackOf(redacting(["name"]), "serving");
    expect(given.made(serving)).toEqual(given.makes.modelEndpoint);
    const other = stackOf(redacting([]), "serving");
    expect([serving.resource, serving.output]).not.toEqual([other.resource, other.output]);
    // Clients never reach QA by the address of production.
    const both = onPlatform(given.create(), ({ platform, layer }) => {
      const identity = server(platform, layer("serving"));
      const props = { ...ENDPOINT, logging: LOGGING, identity };
      const qa = provided(platform.containerService(layer("serving"), "Qa", { logging: LOGGING, identity }));
      const production = provided(platform.modelEndpoint(layer("serving"), "Production", props));
      layer("serving").addOutput("qa", qa.uri, "Compared below.");
      layer("serving").addOutput("production", production.uri, "Compared below.");
    });
    expectDistinct(stackOf(both, "serving"), "qa", "production");
  },

  monitoring: (given) => {
    const stacks = onPlatform(given.create(), ({ platform, layer }) => {
      const { dashboardUri, metricsUri } = provided(platform.monitoring(layer("observability"), "Monitoring", WATCHED));
      expectAddress(given, dashboardUri);
      if (metricsUri !== null) expectAddress(given, metricsUri);
    });
    expect(given.made(stackOf(stacks, "observability"))).toEqual(given.makes.monitoring);
  },

  ...OPTIONAL,
};
