import { explain, explanationLines } from "../../environments/explain";
import { loadAll, loadEnvironment } from "../../environments/load";
import { UserError } from "../../lib/core/errors";
import { BASE, folder, load, removeFolders } from "./workspace";

afterEach(removeFolders);

const GCP = "{ gcp: { project: acme-dev, projectNumber: 1, region: asia-northeast3 } }";

const TEAM = `version: 1
name: search
contact: a@acme.example
group: g@acme.example
quota: { cpu: 10, gpu: 3 }
environments:
  local: {}
  prod:
    quota: { gpu: 5 }
`;

describe("layers", () => {
  test("maps merge deep, lists and single values replace", () => {
    const environment = load({
      "base.yaml": `${BASE}labels: { a: base, b: base }\nprojects: [x, y]\nserving: { production: { canary: { steps: [10, 20, 100], minSamples: 7 } } }\n`,
      "local.yaml":
        "cloud: local\nlabels: { b: own, c: own }\nprojects: [z]\nserving: { production: { canary: { steps: [50, 100] } } }\n",
    });
    expect(environment.labels).toEqual({ a: "base", b: "own", c: "own" });
    expect(environment.projects.map(({ name }) => name)).toEqual(["z"]);
    expect(environment.serving.production.canary).toMatchObject({ steps: [50, 100], minSamples: 7 });
  });

  test("what no file says has its default", () => {
    const { serving, backend, clouds, teams, retraining } = load({});
    expect(serving.production.canary.steps).toEqual([10, 20, 100]);
    expect(clouds.local.ports.gateway).toBe(18080);
    expect([backend, teams, retraining.timeZone]).toEqual([{ type: "local" }, [], "Etc/UTC"]);
  });

  test("an environment changes nothing of another", () => {
    const directory = folder({
      "base.yaml": `${BASE}labels: { a: base }\n`,
      "a.yaml": "cloud: kubernetes\nclouds: { kubernetes: { context: x } }\nlabels: { a: own }\n",
    });
    expect(loadAll({ directory }).map(({ name, labels }) => [name, labels.a])).toEqual([
      ["a", "own"],
      ["local", "base"],
    ]);
  });

  test("a team has what differs by environment, scaled and limited there", () => {
    const prod =
      "cloud: kubernetes\nclouds: { kubernetes: { context: x } }\nteamLimits: { scale: 0.5, maximum: { cpu: 4 } }\n";
    const directory = folder({ "prod.yaml": prod, "other.yaml": prod.replace("0.5", "1"), "teams/search.yaml": TEAM });
    const quotas = loadAll({ directory }).map(({ name, teams }) => [
      name,
      teams.map(({ quota }) => [quota.cpu, quota.gpu]),
    ]);
    expect(quotas).toEqual([
      ["local", [[10, 3]]],
      ["other", []],
      ["prod", [[4, 3]]],
    ]);
  });

  test("only the teams that an environment names are in it", () => {
    const files = {
      "local.yaml": "cloud: local\nteamLimits: { only: [] }\n",
      "teams/search.yaml": TEAM.slice(0, TEAM.indexOf("environments:")),
    };
    expect(load(files).teams).toEqual([]);
    expect(load({ ...files, "local.yaml": "cloud: local\n" }).teams.map(({ name }) => name)).toEqual(["search"]);
  });

  test("the order of keys changes nothing", () => {
    const one = load({ "local.yaml": "cloud: local\ntier: sandbox\nlabels: { a: x, b: y }\n" });
    const two = load({ "local.yaml": "labels: { b: y, a: x }\ntier: sandbox\ncloud: local\n" });
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
  });

  test("what exists on the chosen cloud is used", () => {
    const network = "projects/acme-net/global/networks/shared";
    const text = `cloud: gcp\nclouds: { gcp: { project: acme-dev, projectNumber: 1, region: asia-northeast3, existing: { network: ${network} } } }\n`;
    const environment = load({ "a.yaml": text }, "a");
    expect([environment.network.existing, environment.kubernetes.existing]).toEqual([network, undefined]);
    expect(environment.backend).toEqual({ type: "gcs" });
  });
});

describe("explain", () => {
  const files = {
    "base.yaml": `${BASE}serving:\n  production: { target: kubernetes, canary: { minSamples: 7 } }\nprojects: [a]\n`,
    "local.yaml":
      "cloud: local\nserving:\n  production:\n    canary: { minSamples: 60 }\nprojects:\n  - { name: b, parameters: { train.alpha: 2 } }\n",
    "teams/search.yaml": TEAM.replace("  prod:\n    quota: { gpu: 5 }\n", ""),
  };
  const ask = (path: string) => {
    const directory = folder(files);
    const found = explain({ directory, name: "local", path });
    return JSON.parse(JSON.stringify(found).replaceAll(`${directory}/`, ""));
  };

  test("gives the value, its line and what it overrode with its line", () => {
    expect(ask("serving.production.canary.minSamples")).toMatchObject({
      value: 60,
      origin: "local.yaml:4",
      overrides: [{ origin: "base.yaml:5", value: 7 }],
      description: "Fewest canary requests before a step is judged; without them nothing is promoted.",
    });
  });

  test("gives the default, and says so", () => {
    expect(ask("storage.versioned")).toMatchObject({ value: true, origin: "default", overrides: [] });
    expect(ask("serving.production.canary.steps")).toMatchObject({ value: [10, 20, 100], origin: "default" });
  });

  test("says what is not set, with its settings", () => {
    expect(ask("retraining.drift")).toMatchObject({ origin: "not set", settings: ["metric", "threshold"] });
  });

  test("reads list items in both forms, and keys with dots", () => {
    expect(ask("projects[0].name")).toMatchObject({ value: "b", origin: "local.yaml:6" });
    expect(ask("projects.0.parameters.train.alpha")).toMatchObject({
      value: 2,
      path: "projects[0].parameters.train.alpha",
      origin: "local.yaml:6",
    });
    expect(ask("projects")).toMatchObject({ overrides: [{ origin: "base.yaml:6", value: ["a"] }] });
  });

  test("follows teams into their files", () => {
    expect(ask("teams.search.quota.cpu")).toMatchObject({
      value: 10,
      origin: "teams/search.yaml:5",
      description: "vCPU.",
    });
  });

  test("says what the cloud makes of it", () => {
    expect(ask("serving.production.target")).toMatchObject({
      value: "process",
      origin: "base.yaml:5",
      becomes: 'process on cloud local, instead of "kubernetes": production is two processes behind the gateway',
    });
  });

  test.each([
    ["servng", "there is no setting servng, wanted one of cloud, version", "Did you mean serving?"],
    [
      "serving.production.canery",
      "there is no setting serving.production.canery, wanted one of target, expose",
      "Did you mean serving.production.canary?",
    ],
    ["teams.serch.quota", "there is no setting teams.serch.quota, wanted one of search", "Did you mean teams.search?"],
    ["serving.production.canary.steps.first", "there is no setting", undefined],
  ])("refuses %s with the nearest", (path, message, fix) => {
    try {
      ask(path);
    } catch (error) {
      const problem = error instanceof UserError ? error.problems[0] : undefined;
      expect(problem?.message).toContain(message);
      expect(problem?.fix).toBe(fix);
      expect(error instanceof UserError && error.exitCode).toBe(1);
      return;
    }
    throw new Error("it was accepted");
  });

  test.each([
    ["cloud: local", /^nothing on this machine: .*4 vCPU, 15 GiB, 1 × T4/],
    [`cloud: gcp\nclouds: ${GCP}`, /^n1-standard-4 on cloud gcp: .*1 × nvidia-tesla-t4 with 16 GiB; table of 20/],
    [
      `cloud: gcp\nclouds: ${GCP}\noverrides: { gcp: { machineTypes: { gpu-t4: n1-highmem-4 } } }`,
      /^n1-highmem-4 on cloud gcp, by overrides\.gcp/,
    ],
    [
      "cloud: kubernetes\norchestrator: kubeflow\nclouds: { kubernetes: { context: mine } }",
      /^a request for at least 4 vCPU, 15 GiB/,
    ],
  ])("names the machine that a size becomes with %s", (cloud, words) => {
    const directory = folder({ "local.yaml": `${cloud}\nnotebooks: { class: gpu-t4 }\n` });
    expect(explain({ directory, name: "local", path: "notebooks.class" }).becomes).toMatch(words);
    expect(explain({ directory, name: "local", path: "notebooks" }).becomes).toBeUndefined();
  });

  test("reads as lines", () => {
    const directory = folder(files);
    const lines = explanationLines(explain({ directory, name: "local", path: "serving.production.canary.minSamples" }));
    expect(lines.map((line) => line.replaceAll(`${directory}/`, ""))).toEqual([
      "60",
      "from local.yaml:4",
      "overrides 7 from base.yaml:5",
      "Fewest canary requests before a step is judged; without them nothing is promoted.",
    ]);
  });

  test("every setting of the resolved environment can be explained", () => {
    const directory = folder(files);
    const leaves = (value: unknown, path: string): string[] =>
      typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, below]) =>
            leaves(below, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
          )
        : [path];
    const { teams, ...environment } = loadEnvironment({ directory, name: "local" });
    expect(teams).toHaveLength(1);
    for (const path of leaves(environment, "")) {
      const found = explain({ directory, name: "local", path });
      if (!/^(name|substitutions|backend|review)\b/.test(path))
        expect([path, found.description]).toEqual([path, expect.any(String)]);
      expect([path, found.value]).not.toEqual([path, undefined]);
    }
  });
});
