import { listProjects } from "../../environments/load";
import { BASE, folder, load, problems, removeFolders } from "./workspace";

afterEach(removeFolders);

const wrong = (settings: string, props = {}) => problems({ "local.yaml": `cloud: local\n${settings}\n` }, props);
const GCP = "cloud: gcp\nclouds: { gcp: { project: acme-dev, projectNumber: 1, region: asia-northeast3 } }\n";
const onGcp = (settings: string) => problems({ "a.yaml": `${GCP}${settings}\n` });

describe("within an environment", () => {
  test("parts of the network stay inside it and apart, both named", () => {
    expect(onGcp("network: { ranges: { nodes: 10.20.0.0/20, endpoints: 10.20.8.0/24 } }")).toEqual([
      "a.yaml:3:54: network.ranges.endpoints: got 10.20.8.0/24, which overlaps network.ranges.nodes 10.20.0.0/20",
    ]);
    expect(onGcp("network: { ranges: { nodes: 10.21.0.0/20 } }")).toEqual([
      "a.yaml:3:29: network.ranges.nodes: got 10.21.0.0/20, wanted a range inside network.cidr 10.20.0.0/16",
    ]);
    expect(onGcp("network: { ranges: { services: 10.0.0.0/8 } }")).toEqual([
      "a.yaml:3:32: network.ranges.services: got 10.0.0.0/8, which covers all of network.cidr 10.20.0.0/16",
    ]);
  });

  test("a pod range too small for the nodes is refused with the arithmetic", () => {
    const pools = "kubernetes: { pools: { cpu: { class: cpu-small, max: 9 }, gpu: { class: gpu-l4, max: 8 } } }";
    expect(onGcp(`network: { ranges: { pods: 10.32.0.0/20 } }\n${pools}`)).toEqual([
      "a.yaml:3:28: network.ranges.pods: got 10.32.0.0/20 with 4096 addresses, wanted at least 17 nodes × 256 = 4352",
    ]);
  });

  test("a network too small to carve is refused", () => {
    expect(onGcp("network: { cidr: 10.20.0.0/21 }")).toEqual([
      "a.yaml:3:18: network.cidr: got 10.20.0.0/21, wanted at least a /20 to carve the parts from",
    ]);
  });

  test("min is at most max", () => {
    expect(wrong("kubernetes: { pools: { gpu: { class: gpu-l4, min: 3, max: 2 } } }")).toEqual([
      "local.yaml:2:51: kubernetes.pools.gpu.min: got 3, wanted at most max, which is 2",
    ]);
    expect(wrong("serving: { production: { replicas: { min: 9 } } }")).toEqual([
      "local.yaml:2:43: serving.production.replicas.min: got 9, wanted at most max, which is 6",
    ]);
    expect(wrong("serving: { checks: { load: { maxP99Ms: 100 } } }")).toEqual([
      "local.yaml:2:22: serving.checks.load.maxP95Ms: got 250, wanted at most maxP99Ms, which is 100",
    ]);
  });

  test.each(["gpu-h900", "db-small", "n1-standard-4"])("pool class %s is refused", (size) => {
    expect(wrong(`kubernetes: { pools: { gpu: { class: ${size}, max: 2 } } }`)).toEqual([
      expect.stringMatching(/^local\.yaml:2:38: kubernetes\.pools\.gpu\.class: got .*, wanted one of cpu-small, /),
    ]);
  });

  test("the whole internet at the control plane is refused in production, and needs a waiver elsewhere", () => {
    const open = "kubernetes: { authorizedNetworks: [0.0.0.0/0] }\n";
    const waiver =
      "policies: { waivers: [{ rule: open-control-plane, reason: demo, owner: a@acme.example, until: 2027-01-01 }] }\n";
    const at =
      "a.yaml:3:36: kubernetes.authorizedNetworks[0]: got 0.0.0.0/0, the whole internet, wanted the ranges of your offices and build machines";
    expect(onGcp(open)).toEqual([`${at}. Or waive the rule open-control-plane under policies.waivers`]);
    expect(onGcp(`${open}${waiver}tier: production`)).toEqual([at]);
    expect(() => onGcp(`${open}${waiver}`)).toThrow("accepted");
  });

  test.each([
    ["80", "80"],
    ["70000", "70000"],
    ["-1", "-1"],
  ])("port %s is out of range", (port) => {
    expect(wrong(`clouds: { local: { ports: { qa: ${port} } } }`)).toEqual([
      `local.yaml:2:33: clouds.local.ports.qa: got ${port}, wanted a whole number from 1024 to 65535 (a port; lower ones need root)`,
    ]);
  });

  test("a port is used once, also against a default", () => {
    expect(wrong("clouds: { local: { ports: { gateway: 2000, qa: 2000, database: 18050 } } }")).toEqual([
      "local.yaml:2:48: clouds.local.ports.qa: got 2000, which clouds.local.ports.gateway has already",
      "local.yaml:2:64: clouds.local.ports.database: got 18050, which clouds.local.ports.tracking has already",
    ]);
  });

  test.each(["~/x", "../x", "a/../../b"])("the local folder %s is refused", (directory) => {
    expect(wrong(`clouds: { local: { directory: ${directory} } }`)).toEqual([
      `local.yaml:2:31: clouds.local.directory: got "${directory}", wanted a folder, relative without .. or absolute`,
    ]);
  });

  test("rules that are right are checked although others are wrong", () => {
    const rules =
      '{ branch: ".*", environment: local, deploy: automatic }, { branch: a, environment: lcal, deploy: x }';
    const ports = "clouds: { local: { ports: { blue: 80, gateway: 18083 } } }";
    expect(wrong(`${ports}\ndelivery: { rules: [${rules}] }`)).toEqual([
      "local.yaml:2:20: clouds.local.ports.green: got 18083, which clouds.local.ports.gateway has already",
      "local.yaml:2:35: clouds.local.ports.blue: got 80, wanted a whole number from 1024 to 65535 (a port; lower ones need root)",
      'local.yaml:3:31: delivery.rules[0].branch: got ".*", wanted the exact name of a branch; no wildcards and no regular expressions',
      'local.yaml:3:104: delivery.rules[1].environment: got "lcal", wanted one of local. Did you mean local?',
      'local.yaml:3:118: delivery.rules[1].deploy: got "x", wanted one of automatic, onMerge, approved',
    ]);
  });

  test("a budget on Google Cloud needs the billing account", () => {
    expect(onGcp("budget: { monthly: 100, currency: USD }")).toEqual([
      "a.yaml:2:11: clouds.gcp.billingAccount: missing, wanted the billing account that the budget watches",
    ]);
  });

  test("a public address without authentication is refused", () => {
    expect(onGcp("serving: { production: { expose: public, auth: none } }")).toEqual([
      "a.yaml:3:48: serving.production.auth: got none with expose: public, wanted oidc or iam",
    ]);
  });

  test("Kubeflow with several teams must be acknowledged", () => {
    const team = (name: string) => `version: 1\nname: ${name}\ncontact: a@acme.example\ngroup: g@acme.example\n`;
    const files = (more: string) => ({
      "a.yaml": `${GCP}orchestrator: kubeflow\n${more}`,
      "teams/a.yaml": team("a"),
      "teams/b.yaml": team("b"),
    });
    expect(problems(files(""))).toEqual([
      "a.yaml:1:1: kubeflow.tenancy: missing, wanted shared: standalone Kubeflow Pipelines does not isolate the 2 teams from one another. Write kubeflow: { tenancy: shared }, or orchestrator: managed",
    ]);
    expect(() => problems(files("kubeflow: { tenancy: shared }\n"))).toThrow("accepted");
    expect(() => problems(files("teamLimits: { only: [a] }\n"))).toThrow("accepted");
  });
});

describe("delivery", () => {
  const rule = (rest: string) => `delivery: { source: { host: github, repository: a/b }, rules: [${rest}] }`;

  test("to an environment that does not exist is refused", () => {
    expect(wrong(rule("{ branch: main, environment: loacl, deploy: automatic }"))).toEqual([
      'local.yaml:2:93: delivery.rules[0].environment: got "loacl", wanted one of local. Did you mean local?',
    ]);
    expect(wrong(rule("{ branch: main, environment: prod, deploy: automatic }"))[0]).toContain(
      "wanted one of local. Add prod.yaml",
    );
  });

  test("the same way twice is refused", () => {
    const same = "{ branch: main, environment: local, deploy: automatic }";
    expect(wrong(rule(`${same}, ${same}`))).toEqual([
      "local.yaml:2:121: delivery.rules[1]: branch main → local stands here again, first as delivery.rules[0]",
    ]);
  });

  test("good runs need an environment that had them", () => {
    expect(wrong(rule("{ branch: main, environment: local, deploy: approved, afterGoodRuns: 3 }"))).toEqual([
      "local.yaml:2:133: delivery.rules[0].afterGoodRuns: got 3, but no rule before this one leads to another environment that could have the runs",
    ]);
  });

  test("rules on a cloud need a source", () => {
    expect(onGcp("delivery: { rules: [{ branch: main, environment: a, deploy: automatic }] }")).toEqual([
      "a.yaml:3:1: delivery.source: missing, wanted the repository that the rules listen to",
    ]);
  });
});

describe("projects", () => {
  test("without a folder are refused when the folders are known", () => {
    expect(wrong("projects: [diabtes, { name: churn }]", { projects: ["diabetes"] })).toEqual([
      'local.yaml:2:12: projects[0]: got "diabtes", which has no folder under pipelines/projects (there: diabetes). Did you mean diabetes?',
      'local.yaml:2:29: projects[1].name: got "churn", which has no folder under pipelines/projects (there: diabetes)',
    ]);
    expect(load({ "local.yaml": "cloud: local\nprojects: [anything]\n" }).projects).toEqual([
      { name: "anything", parameters: {} },
    ]);
  });

  test("twice are refused", () => {
    expect(wrong("projects: [a, { name: a }]")).toEqual(["local.yaml:2:23: projects[1].name: a stands here again"]);
  });

  test("are the folders that are not hidden", () => {
    expect(listProjects(folder({ "diabetes/a.yaml": "", "__pycache__/x": "", ".git/x": "", "file.txt": "" }))).toEqual([
      "diabetes",
    ]);
  });
});

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

describe("across environments", () => {
  const gcp = (cidr: string, more = "") => `${GCP}network: { cidr: ${cidr} ${more}}\n`;

  test("overlapping networks are refused, both named", () => {
    expect(
      problems({ "a.yaml": gcp("10.20.0.0/16"), "b.yaml": gcp("10.20.128.0/17"), "c.yaml": gcp("10.21.0.0/16") }),
    ).toEqual([
      "b.yaml:3:18: network.cidr: got 10.20.128.0/17 in b, which overlaps 10.20.0.0/16 of a (a.yaml:3). Give each its own range, or write network.isolated: true when the two are never peered",
    ]);
  });

  test("a range that both inherit is refused where it stands", () => {
    expect(problems({ "base.yaml": `${BASE}network: { cidr: 10.30.0.0/16 }\n`, "a.yaml": GCP, "b.yaml": GCP })).toEqual(
      [
        expect.stringMatching(
          /^base\.yaml:4:18: network\.cidr: got 10\.30\.0\.0\/16 in b, which overlaps 10\.30\.0\.0\/16 of a \(base\.yaml:4\)/,
        ),
      ],
    );
  });

  test("isolated networks may overlap", () => {
    expect(() =>
      problems({ "a.yaml": gcp("10.20.0.0/16"), "b.yaml": gcp("10.20.0.0/16", ", isolated: true ") }),
    ).toThrow("accepted");
  });

  test("two local environments share neither ports nor the folder", () => {
    const ports = "clouds: { local: { ports: { qa: 2000, gateway: 18081 } } }";
    expect(problems({ "other.yaml": `cloud: local\n${ports}\n` })).toEqual([
      "other.yaml:2:11: clouds.local.directory: got .mlops/local in other, the folder that local has (the default). Write a folder of its own, such as .mlops/other",
      "other.yaml:2:27: clouds.local.ports: other has the default for blue 18082, green 18083, tracking 18050, database 18054, scheduler 18070, notebooks 18088, taken by local. Write other ports for one of them",
      "other.yaml:2:48: clouds.local.ports.gateway: got 18081 in other, which clouds.local.ports.qa of local has (the default). Give each its own port",
    ]);
  });
});

describe("teams", () => {
  const team = (name: string, more = "") =>
    `version: 1\nname: ${name}\ncontact: a@acme.example\ngroup: g@acme.example\n${more}`;

  test("are called like their file", () => {
    expect(problems({ "teams/a.yaml": team("b") })).toEqual([
      'teams/a.yaml:2:7: name: got "b", wanted the file\'s name, a',
    ]);
  });

  test("own a project alone", () => {
    expect(
      problems({ "teams/a.yaml": team("a", "projects: [p]\n"), "teams/b.yaml": team("b", "projects: [p]\n") }),
    ).toEqual(["teams/b.yaml:5:12: projects[0]: p belongs to team a already"]);
  });

  test("are in environments that exist", () => {
    expect(problems({ "teams/a.yaml": team("a", "environments: { lokal: {} }\n") })).toEqual([
      "teams/a.yaml:5:24: environments.lokal: there is no such environment (there: local). Did you mean local?",
    ]);
  });

  test("have settings that are checked by environment too", () => {
    expect(
      problems({
        "teams/a.yaml": team("a", "quota: { gpus: 1 }\nenvironments: { local: { quota: { cpu: many } } }\n"),
      }),
    ).toEqual([
      "teams/a.yaml:5:10: quota.gpus: unknown key, wanted one of cpu, memoryGiB, gpu, storageGiB. Did you mean gpu?",
      'teams/a.yaml:6:40: environments.local.quota.cpu: got "many", wanted a whole number from 0 to 100000 (vCPU)',
    ]);
  });

  test("named under teamLimits exist", () => {
    expect(
      problems({ "local.yaml": "cloud: local\nteamLimits: { only: [serch] }\n", "teams/search.yaml": team("search") }),
    ).toEqual(['local.yaml:2:22: teamLimits.only[0]: got "serch", wanted one of search. Did you mean search?']);
  });
});
