import { BASE, load, problems, removeFolders, wrong } from "./workspace";

afterEach(removeFolders);

/** Problems of a local environment that says this besides its cloud; the settings begin in line 2. */

describe("a key that is not known", () => {
  test.each([
    ["servng: {}", "local.yaml:2:1: servng: unknown key. Did you mean serving?"],
    [
      "kubernetes: { nodePoools: {} }",
      "local.yaml:2:15: kubernetes.nodePoools: unknown key, wanted one of version, upgrades, pools, highAvailability, deletionProtection, authorizedNetworks. Did you mean pools?",
    ],
    ["canary: {}", "local.yaml:2:1: canary: unknown key. Did you mean serving.production.canary?"],
    [
      "region: x",
      "local.yaml:2:1: region: unknown key. Did you mean clouds.gcp.region or clouds.azure.region or clouds.kubernetes.objectStore.region?",
    ],
    ["xyzzy: 1", "local.yaml:2:1: xyzzy: unknown key"],
    [
      "projects: [{ nme: a, name: a }]",
      "local.yaml:2:14: projects[0].nme: unknown key, wanted one of name, parameters. Did you mean name?",
    ],
    [
      "network: { existing: projects/a/global/networks/b }",
      "local.yaml:2:12: network.existing: unknown key; what exists is particular to a cloud. Write clouds.gcp.existing.network or clouds.azure.existing.network",
    ],
    ["clouds: { aws: {} }", "local.yaml:2:11: clouds.aws: unknown key, wanted one of local, gcp, azure, kubernetes"],
  ])("%s", (settings, problem) => {
    expect(wrong(settings)).toEqual([problem]);
  });
});

describe("a value of the wrong type", () => {
  test.each([
    [
      'metadata: { backupRetentionDays: "3" }',
      '2:34: metadata.backupRetentionDays: got "3", which is text because of its quotes, wanted a whole number from 1 to 35 (days). Remove the quotes',
    ],
    [
      "notebooks: { enabled: yes }",
      '2:23: notebooks.enabled: got "yes", wanted true or false. Write true, without quotes',
    ],
    [
      "notebooks: { enabled: no }",
      '2:23: notebooks.enabled: got "no", wanted true or false. Write false, without quotes',
    ],
    [
      "notebooks: { idleShutdownMinutes: 1e3 }",
      "2:35: notebooks.idleShutdownMinutes: got 1e3, wanted a number in plain digits. Write 1000",
    ],
    [
      "notebooks: { idleShutdownMinutes: 0x20 }",
      "2:35: notebooks.idleShutdownMinutes: got 0x20, wanted a number in plain digits. Write 32",
    ],
    [
      "serving: { checks: { maxMetric: .nan } }",
      "2:33: serving.checks.maxMetric: got .nan, wanted a number in plain digits",
    ],
    [
      "storage: { noncurrentDays: 1.5 }",
      "2:28: storage.noncurrentDays: got 1.5, wanted a whole number from 1 to 3650 (days)",
    ],
    ["network:", "2:9: network: got nothing, wanted a map of settings. Give a value or remove the key"],
    ["budget: ~", "2:9: budget: got nothing, wanted a map of settings. Give a value or remove the key"],
    ["serving: []", "2:10: serving: got [], wanted a map of settings"],
    [
      "notebooks: { idleShutdownMinutes: 010 }",
      "2:35: notebooks.idleShutdownMinutes: got 010, wanted a number in plain digits. Write 10",
    ],
    [
      "serving: { production: { canary: { steps: [10, 20] } } }",
      "2:43: serving.production.canary.steps: got [10, 20], wanted percentages that ascend and end with 100, such as [10, 20, 100]",
    ],
    ["projects: diabetes", '2:11: projects: got "diabetes", wanted a list'],
    [
      "kubernetes: { version: 1.30 }",
      '2:24: kubernetes.version: got 1.30, wanted a minor version in quotes such as "1.33"; the patch is the cloud\'s business. Put it in quotes: "1.30"',
    ],
    [
      'kubernetes: { version: "1.30.4" }',
      '2:24: kubernetes.version: got "1.30.4", wanted a minor version in quotes such as "1.33"; the patch is the cloud\'s business',
    ],
    [
      "projects: [{ name: a, parameters: { b: { c: 1 } } }]",
      "2:40: projects[0].parameters.b: got a map, wanted text, a number, true/false, or a list of these",
    ],
    ["backend: { type: s3 }", '2:18: backend.type: got "s3", wanted one of local, gcs, azurerm'],
  ])("%s", (settings, problem) => {
    expect(wrong(settings)).toEqual([`local.yaml:${problem}`]);
  });

  test("no is text, not false, where text is wanted", () => {
    expect(
      load({ "local.yaml": "cloud: local\nlogging: { predictions: { redact: [no, on] } }\n" }).logging.predictions
        .redact,
    ).toEqual(["no", "on"]);
  });
});

describe("cloud", () => {
  test("unknown: the list and the nearest", () => {
    expect(problems({ "a.yaml": "cloud: gpc\n" })).toEqual([
      'a.yaml:1:8: cloud: got "gpc", wanted one of local, gcp, azure, kubernetes. Did you mean gcp?',
    ]);
  });

  test("missing, and the file's other problems all the same", () => {
    expect(problems({ "a.yaml": "tier: x\n" })).toEqual([
      "a.yaml:1:1: cloud: missing, wanted one of local, gcp, azure, kubernetes. Add cloud here",
      'a.yaml:1:7: tier: got "x", wanted one of sandbox, development, staging, production',
    ]);
  });

  test.each(["cloud: gcp\n", "cloud: gcp\nclouds: { azure: { region: koreacentral } }\n"])(
    "without its section: %j",
    (text) => {
      expect(problems({ "a.yaml": text })).toEqual([
        "a.yaml:1:8: clouds.gcp: missing, wanted the section of the chosen cloud (project, projectNumber, region, zones, billingAccount, securityGroup, keyRing, existing). Add it here or in base.yaml",
      ]);
    },
  );

  test("with an incomplete section: what is missing, at the section", () => {
    expect(problems({ "a.yaml": "cloud: azure\nclouds:\n  azure: { region: koreacentral }\n" })).toEqual([
      "a.yaml:3:3: clouds.azure.subscription: missing, wanted an id like 00000000-0000-0000-0000-000000000000. Add subscription here",
      "a.yaml:3:3: clouds.azure.tenant: missing, wanted an id like 00000000-0000-0000-0000-000000000000. Add tenant here",
    ]);
  });

  test("a key of another cloud in a section is named as such", () => {
    expect(wrong("clouds: { azure: { project: acme-dev } }")).toEqual([
      "local.yaml:2:20: clouds.azure.project: project is a setting of clouds.gcp, not of clouds.azure, wanted one of subscription, tenant, region, zones, nameSalt, resourceGroup, devops, people, existing. Move it to clouds.gcp",
    ]);
  });

  test("a section that is not chosen may be incomplete, but not wrong", () => {
    expect(load({ "local.yaml": "cloud: local\nclouds: { gcp: { region: asia-northeast3 } }\n" }).cloud).toBe("local");
    expect(wrong("clouds: { gcp: { project: Acme } }")).toEqual([
      'local.yaml:2:27: clouds.gcp.project: got "Acme", wanted a Google Cloud project id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter',
    ]);
  });

  test("in base.yaml is refused: the environment's file chooses", () => {
    expect(problems({ "base.yaml": `${BASE}cloud: local\n` })).toEqual([
      "base.yaml:4:1: cloud: got it in base.yaml, wanted it in each environment's file. Move the line",
    ]);
  });
});

describe("an IPv4 range", () => {
  test.each([
    ["10.20.0.5/16", "the first address of the range: 10.20.0.0/16"],
    ["10.20.0.0/33", "an IPv4 range such as 10.20.0.0/16, with a prefix from /0 to /32"],
    ["10.20.0.0", "an IPv4 range such as 10.20.0.0/16, with a prefix from /0 to /32"],
    ["10.300.0.0/16", "an IPv4 range such as 10.20.0.0/16"],
    ["010.20.0.0/16", "an IPv4 range such as 10.20.0.0/16"],
    ["fd00::/8", "an IPv4 range such as 10.20.0.0/16 (IPv6 is not used here)"],
    ["10.20.0.0/16/8", "an IPv4 range such as 10.20.0.0/16"],
  ])("%s is refused", (range, wanted) => {
    expect(wrong(`network: { cidr: '${range}' }`)).toEqual([
      `local.yaml:2:18: network.cidr: got "${range}", wanted ${wanted}`,
    ]);
  });
});

describe("a schedule", () => {
  const five = 'wanted five cron fields (minute hour day month weekday) such as "0 3 * * 1"';
  test.each([
    ["0 25 * * *", `${five}: Invalid value for hour: 25`],
    ["0 0 0 3 * *", `${five}, not 6`],
    ["@daily", `${five}, not 1`],
    ["0 0 30 2 *", `${five}; this one never comes`],
    ["0 0 L * *", `${five}; "L" is not understood by every scheduler`],
    ["*/0 * * * *", five],
  ])("%s is refused", (cron, problem) => {
    const [found, ...more] = wrong(`retraining: { schedule: "${cron}" }`);
    expect(found).toContain(`local.yaml:2:25: retraining.schedule: got "${cron}", ${problem}`);
    expect(more).toEqual([]);
  });

  test.each(["Mars/Base", "asia/seoul", "+09:00", "GMT+25", ""])("time zone %j is refused", (zone) => {
    expect(wrong(`retraining: { timeZone: "${zone}" }`)).toEqual([
      `local.yaml:2:25: retraining.timeZone: got "${zone}", wanted an IANA time zone such as Etc/UTC or Asia/Seoul`,
    ]);
  });

  test.each(["0 3 * * 1", "*/15 8-18 * * MON-FRI", "0 0 1,15 * *"])("%s is accepted", (schedule) => {
    expect(
      load({ "local.yaml": `cloud: local\nretraining: { schedule: "${schedule}", timeZone: Asia/Seoul }\n` }).retraining
        .schedule,
    ).toBe(schedule);
  });
});

describe("canary steps", () => {
  test.each(["[20, 10, 100]", "[10, 10, 100]", "[10, 20]", "[0, 100]", "[10, 101]", "[]", "[10.5, 100]"])(
    "%s are refused",
    (steps) => {
      const found = wrong(`serving: { production: { canary: { steps: ${steps} } } }`);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(/^local\.yaml:2:4\d: serving\.production\.canary\.steps/);
    },
  );

  test.each(["[100]", "[10, 20, 100]", "[1, 99, 100]"])("%s are accepted", (steps) => {
    const { canary } = load({
      "local.yaml": `cloud: local\nserving: { production: { canary: { steps: ${steps} } } }\n`,
    }).serving.production;
    expect(canary.steps).toEqual(JSON.parse(steps));
  });
});

describe("delivery rules", () => {
  const exact = "wanted the exact name of a branch; no wildcards and no regular expressions";
  test.each([".*", "feature/*", "^main$", "(a+)+", "feature/.*", "main|dev", "/main"])(
    "branch %s is refused",
    (branch) => {
      expect(wrong(`delivery: { rules: [{ branch: '${branch}', environment: local, deploy: automatic }] }`)).toEqual([
        `local.yaml:2:31: delivery.rules[0].branch: got ${JSON.stringify(branch)}, ${exact}`,
      ]);
    },
  );

  test.each(["*", "v*.*", "^v", "v[0-9]", "v+"])("tag %s is refused", (tag) => {
    const found = wrong(`delivery: { rules: [{ tag: '${tag}', environment: local, deploy: approved }] }`);
    expect(found).toEqual([
      expect.stringMatching(/^local\.yaml:2:28: delivery\.rules\[0\]\.tag: got .* no regular expressions$/),
    ]);
  });

  test.each(["environment: local, deploy: automatic", 'branch: a, tag: "v*", environment: local, deploy: automatic'])(
    "branch and tag exclude each other: %s",
    (rule) => {
      expect(wrong(`delivery: { rules: [{ ${rule} }] }`)).toEqual([
        expect.stringMatching(
          /^local\.yaml:2:21: delivery\.rules\[0\]: got a map, wanted either branch or tag, not (neither|both)$/,
        ),
      ]);
    },
  );
});

describe("waivers", () => {
  const waiver = (until: string) =>
    `policies: { waivers: [{ rule: r, reason: because, owner: a@acme.example, until: ${until} }] }`;
  test.each(["2026-02-30", "2026-13-01", "soon", "01.02.2026", "2026-2-1"])("until %s is refused", (until) => {
    expect(wrong(waiver(until))).toEqual([
      `local.yaml:2:81: policies.waivers[0].until: got ${JSON.stringify(until)}, wanted a day that exists, written year-month-day such as 2027-01-31`,
    ]);
  });

  test("ended, or more than a year ahead, are refused when today is known", () => {
    expect(wrong(waiver("2026-01-31"), { today: "2026-02-01" })[0]).toContain(
      "got 2026-01-31, which is past: the waiver of r has ended",
    );
    expect(wrong(waiver("2027-02-02"), { today: "2026-02-01" })[0]).toContain(
      "got 2027-02-02, wanted a day within a year, 2027-02-01 at the latest",
    );
    for (const until of ["2026-02-01", "2027-02-01"])
      expect(() => wrong(waiver(until), { today: "2026-02-01" })).toThrow("accepted");
    expect(() => wrong(waiver("2020-01-01"))).toThrow("accepted");
  });
});

describe("text that would be something else", () => {
  test.each(["${file(1)}", "%{ if true }", "a ${b} c", "$${x}"])("%s is refused, wherever it stands", (text) => {
    expect(wrong(`projects: [{ name: a, parameters: { b: ["${text}"] } }]`)).toEqual([
      `local.yaml:2:41: projects[0].parameters.b[0]: got "${text}", wanted text without \${ and %{, which Terraform would evaluate. Write the value itself`,
    ]);
    expect(wrong(`"${text}": 1`)).toEqual(["local.yaml:2:1: got a key that is not allowed"]);
  });

  test.each([
    ["\\e[31m", "001B"],
    ["\\0", "0000"],
    ["\\u202e", "202E"],
    ["\\u200b", "200B"],
    ["\\r", "000D"],
    ["\\x7f", "007F"],
  ])("the invisible character %s is refused", (written, code) => {
    expect(wrong(`projects: [{ name: a, parameters: { b: "x${written}y" } }]`)).toEqual([
      `local.yaml:2:40: projects[0].parameters.b: got text with the invisible character U+${code}, wanted text that can be printed`,
    ]);
  });

  test("letters of every language are text", () => {
    const { projects } = load({
      "local.yaml": 'cloud: local\nprojects: [{ name: a, parameters: { b: "한글 ünï 1€ $5 100%" } }]\n',
    });
    expect(projects[0]?.parameters).toEqual({ b: "한글 ünï 1€ $5 100%" });
  });
});
