import { AZURE, BASE, GCP, load, onAzure, onGcp, problems, removeFolders, wrong } from "./workspace";

afterEach(removeFolders);

describe("what a cloud cannot do", () => {
  test("is refused in the environment's own file, with what works", () => {
    expect(
      wrong(
        "orchestrator: kubeflow\nserving: { production: { target: kubernetes } }\nmetadata: { highAvailability: true }",
      ),
    ).toEqual([
      "local.yaml:2:15: orchestrator: cloud local cannot do kubeflow: pipelines run by kfp's local runner. Write managed, or remove it",
      "local.yaml:3:34: serving.production.target: cloud local cannot do kubernetes: production is two processes behind the gateway. Write process, or remove it",
      "local.yaml:4:31: metadata.highAvailability: cloud local cannot do true: there is one machine. Write false, or remove it",
    ]);
    expect(onGcp("serving: { qa: { target: process } }")).toEqual([
      "a.yaml:3:26: serving.qa.target: cloud gcp cannot do process: processes are for cloud: local. Write container, or remove it",
    ]);
    expect(
      problems({ "a.yaml": "cloud: kubernetes\nclouds: { kubernetes: { context: kind } }\norchestrator: managed\n" }),
    ).toEqual([
      "a.yaml:3:15: orchestrator: cloud kubernetes cannot do managed: a cluster brings no managed orchestrator. Write kubeflow, or remove it",
    ]);
  });

  test("is replaced and listed where base.yaml asks for it", () => {
    const base = `${BASE}orchestrator: kubeflow\nserving: { production: { host: predict.acme.example } }\nbudget: { monthly: 1, currency: USD }\n`;
    const environment = load({ "base.yaml": base });
    expect(environment.orchestrator).toBe("managed");
    expect(environment.serving.production).toMatchObject({ target: "process", auth: "none" });
    expect(environment.serving.production.host).toBeUndefined();
    expect(environment.budget).toBeUndefined();
    expect(environment.substitutions.map(({ path }) => path)).toEqual([
      "orchestrator",
      "serving.qa.target",
      "serving.production.target",
      "serving.production.auth",
      "serving.production.host",
      "budget",
    ]);
  });
});

describe("what Azure cannot do", () => {
  const to = (cannot: string, because: string, fix: string) =>
    `cloud azure cannot do ${cannot}: ${because}. Write ${fix}, or remove it`;

  test("is an alert that looks back further than Azure Monitor does: it would come too early", () => {
    const alerts = (queue: number, gpu: number, silence: number) =>
      onAzure(
        `monitoring: { alerts: { maxQueueAgeMinutes: ${queue}, gpuIdleMinutes: ${gpu}, noTrafficMinutes: ${silence} } }`,
      );
    expect(alerts(1441, 1440, 2880)).toHaveLength(1);
    expect(alerts(1441, 1441, 2881)).toEqual([
      expect.stringMatching(/maxQueueAgeMinutes: .* looks back over 1440 minutes at most, .* Write 1440/),
      expect.stringMatching(/gpuIdleMinutes: .* Write 1440/),
      expect.stringMatching(/noTrafficMinutes: .* Write 2880/),
    ]);
  });

  test("is refused in the environment's own file, with what works", () => {
    expect(
      onAzure(
        [
          "kubernetes: { authorizedNetworks: [198.51.100.0/24] }",
          "metadata: { backupRetentionDays: 6, storageGiB: 16385 }",
          "encryption: { rotationDays: 6 }",
          "notebooks: { idleShutdownMinutes: 14 }",
          "monitoring: { retentionDays: 29 }",
          "backend: { type: gcs }",
        ].join("\n"),
      ),
    ).toEqual([
      `a.yaml:3:35: kubernetes.authorizedNetworks: ${to("198.51.100.0/24", "the control plane is private, and takes no ranges from outside: whoever uses it comes from the network", "[]")}`,
      `a.yaml:4:34: metadata.backupRetentionDays: ${to("6", "PostgreSQL's backups are kept 7 to 35 days", "7")}`,
      `a.yaml:4:49: metadata.storageGiB: ${to("16385", "the largest disk that a server grows from has 16384 GiB", "16384")}`,
      `a.yaml:5:29: encryption.rotationDays: ${to("6", "a key is rotated after 7 days at the earliest", "7")}`,
      `a.yaml:6:35: notebooks.idleShutdownMinutes: ${to("14", "a compute instance is stopped after 15 minutes at the earliest", "15")}`,
      `a.yaml:7:30: monitoring.retentionDays: ${to("29", "a Log Analytics workspace keeps logs at least 30 days", "30")}`,
      `a.yaml:8:10: backend: ${to("gcs", "the state stays in the cloud of the estate, so that one login reaches both", "{ type: azurerm }")}`,
    ]);
  });

  test.each([
    "metadata: { backupRetentionDays: 7, storageGiB: 16384 }",
    "encryption: { rotationDays: 7 }",
    "notebooks: { idleShutdownMinutes: 15 }",
    "notebooks: { idleShutdownMinutes: 4320 }",
    "monitoring: { retentionDays: 30 }",
    "monitoring: { retentionDays: 730, availabilityObjective: 0.9999 }",
    "kubernetes: { authorizedNetworks: [] }",
    "backend: { type: local }",
  ])("begins beyond %s", (settings) => {
    expect(() => onAzure(settings)).toThrow("accepted");
  });

  test("has an upper end, too", () => {
    expect(onAzure("notebooks: { idleShutdownMinutes: 4321 }\nmonitoring: { retentionDays: 731 }")).toEqual([
      `a.yaml:3:35: notebooks.idleShutdownMinutes: ${to("4321", "a compute instance is stopped after 4320 minutes (3 days) at the latest", "4320")}`,
      `a.yaml:4:30: monitoring.retentionDays: ${to("731", "a Log Analytics workspace keeps logs at most 730 days; monitoring.archive keeps a copy longer", "730")}`,
    ]);
  });

  test("is replaced and listed where base.yaml asks for it, and a TensorBoard also where the file itself does", () => {
    const base = `${BASE}backend: { type: gcs, bucket: acme-state }\nmetadata: { backupRetentionDays: 3 }\n`;
    const environment = load({ "base.yaml": base, "a.yaml": `${AZURE}training: { tensorBoard: true }\n` }, "a");
    expect(environment).toMatchObject({
      backend: { type: "azurerm", container: "tfstate" },
      metadata: { backupRetentionDays: 7 },
      training: { tensorBoard: false },
    });
    expect(environment.substitutions.map(({ path, used }) => [path, used])).toEqual([
      ["training.tensorBoard", false],
      ["backend", { type: "azurerm", container: "tfstate" }],
      ["metadata.backupRetentionDays", 7],
    ]);
  });
});

describe("what Google Cloud cannot do", () => {
  test("is a state in Azure, and a promise of more than 0.999", () => {
    expect(onGcp("backend: { type: azurerm }\nmonitoring: { availabilityObjective: 0.9991 }")).toEqual([
      "a.yaml:3:10: backend: cloud gcp cannot do azurerm: the state stays in the cloud of the estate, so that one login reaches both. Write { type: gcs }, or remove it",
      "a.yaml:4:38: monitoring.availabilityObjective: cloud gcp cannot do 0.9991: Google Cloud's monitoring takes at most 0.999. Write 0.999, or remove it",
    ]);
    expect(() => onGcp("monitoring: { availabilityObjective: 0.999 }")).toThrow("accepted");
    expect(wrong("monitoring: { availabilityObjective: 1 }")).toEqual([
      "local.yaml:2:38: monitoring.availabilityObjective: got 1, wanted a share below 1: nobody can promise that all are good",
    ]);
  });
});

describe("pretrained models", () => {
  const GOOGLES = "publishers/google/models/gemini-2.0-flash";
  const AZURES = "azureml://registries/azureml/models/Phi-4-mini-instruct";

  test("are called as their cloud calls them", () => {
    expect(onAzure(`pretrainedModels: { allowed: [${GOOGLES}, "${AZURES}"] }`)).toEqual([
      `a.yaml:3:30: pretrainedModels.allowed: cloud azure cannot do ${GOOGLES}, ${AZURES}: models are called azureml://registries/REGISTRY/models/NAME here. Write [${AZURES}], or remove it`,
    ]);
    expect(onGcp(`pretrainedModels: { allowed: ["${AZURES}"] }`)).toEqual([
      `a.yaml:3:30: pretrainedModels.allowed: cloud gcp cannot do ${AZURES}: models are called publishers/PUBLISHER/models/MODEL here. Write [], or remove it`,
    ]);
    expect(wrong("pretrainedModels: { allowed: [gemini, 'azureml://registries/a/models/'] }")).toEqual([
      expect.stringContaining('got "gemini", wanted publishers/PUBLISHER/models/MODEL (Google Cloud) or azureml://'),
      expect.stringContaining("pretrainedModels.allowed[1]"),
    ]);
  });

  test("of both clouds may stand in base.yaml: each environment takes its own", () => {
    const base = `${BASE}pretrainedModels: { allowed: [${GOOGLES}, "${AZURES}"] }\n`;
    const files = { "base.yaml": base, "a.yaml": AZURE, "g.yaml": GCP.replace("acme-dev", "acme-other") };
    expect(load({ ...files, "g.yaml": null }, "a").pretrainedModels.allowed).toEqual([AZURES]);
    expect(load({ ...files, "a.yaml": null }, "g").pretrainedModels.allowed).toEqual([GOOGLES]);
  });
});
