import { listProjects } from "../../environments/load";
import { folder, GCP, load, onGcp, problems, removeFolders, wrong } from "./workspace";

afterEach(removeFolders);

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
      "a.yaml:3:28: network.ranges.pods: got 10.32.0.0/20 with 4096 addresses, wanted at least 23 nodes × 256 = 5888 (cpu 9 + gpu 8 + system 3 + upgrades 3). Write at least a /19",
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

  test.each(["~/x", "../x", "a/../../b", ".", "./.", "/"])("the local folder %s is refused", (directory) => {
    expect(wrong(`clouds: { local: { directory: ${directory} } }`)).toEqual([
      `local.yaml:2:31: clouds.local.directory: got "${directory}", wanted a folder of its own, relative without .. or absolute`,
    ]);
  });

  test.each([".mlops", "./.mlops", ".mlops/python", "cdktf.out", "environments/x", "node_modules"])(
    "the local folder %s, which holds something else, is refused",
    (directory) => {
      expect(wrong(`clouds: { local: { directory: ${directory} } }`)).toEqual([
        `local.yaml:2:31: clouds.local.directory: got ${directory}, which holds something else, wanted a folder of its own. Write a folder such as .mlops/local`,
      ]);
    },
  );

  test("a local folder's name is one line", () => {
    expect(wrong('clouds: { local: { directory: "a\\nb" } }')).toHaveLength(1);
  });

  test("most of the internet is refused like the whole of it", () => {
    const halves = "kubernetes: { authorizedNetworks: [0.0.0.0/1, 128.0.0.0/1, 10.0.0.0/8] }";
    expect(onGcp(halves)).toEqual([
      expect.stringMatching(/authorizedNetworks\[0\]: got 0\.0\.0\.0\/1, a large part of the internet/),
      expect.stringMatching(/authorizedNetworks\[1\]: got 128\.0\.0\.0\/1/),
    ]);
  });

  test("the control plane's range is a /28 on Google Cloud", () => {
    expect(onGcp("network: { ranges: { controlPlane: 172.16.0.0/24 } }")).toEqual([
      "a.yaml:3:36: network.ranges.controlPlane: got 172.16.0.0/24, wanted a /28: Google Cloud takes no other",
    ]);
  });

  test("zones of another region are refused", () => {
    expect(
      problems({
        "a.yaml": GCP.replace("asia-northeast3 }", "asia-northeast3, zones: [asia-northeast3-a, us-central1-a] }"),
      }),
    ).toEqual([expect.stringMatching(/clouds\.gcp\.zones\[1\]: got us-central1-a, wanted a zone of asia-northeast3$/)]);
  });

  test("more labels than every cloud takes are refused", () => {
    const labels = (count: number) =>
      `labels: { ${Array.from({ length: count }, (_, index) => `k${index}: v`).join(", ")} }`;
    expect(wrong(labels(33))).toEqual(["local.yaml:2:9: labels: got 33 labels, wanted at most 32"]);
    expect(() => wrong(labels(32))).toThrow("accepted");
  });

  test.each(["my-google-state", "10.0.0.1", "goog-state", "ab", "g00gle"])(
    "the state's bucket %s is refused",
    (bucket) => {
      expect(onGcp(`backend: { type: gcs, bucket: ${bucket} }`)).toEqual([
        expect.stringMatching(/^a\.yaml:3:31: backend\.bucket: got .*, wanted a bucket name: 3 to 63/),
      ]);
    },
  );

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
    expect(onGcp("serving: { production: { expose: public, auth: none, host: a.acme.example } }")).toEqual([
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

describe("teams", () => {
  test("have no base.yaml, and no setting of an environment", () => {
    expect(problems({ "teams/a.yaml": "cloud: local\nversion: 1\nname: a\ngroup: g@acme.example\n" })).toEqual([
      "teams/a.yaml:1:1: contact: missing, wanted an e-mail address. Add contact here",
      expect.stringMatching(/^teams\/a\.yaml:1:1: cloud: unknown key, wanted one of version, [\w, ]+$/),
    ]);
  });

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
