import { AZURE, onAzure, problems, removeFolders } from "./workspace";

afterEach(removeFolders);

/** What is wrong on Azure with this place and these settings. */
const at = (place: string, settings = "") =>
  problems({ "a.yaml": `${AZURE.replace("region: koreacentral", place)}${settings}\n` });
const gpu = (size: string, more = "") => `kubernetes: { pools: { gpu: { class: ${size}, max: 2 ${more}} } }`;
const waiver = (more = "") =>
  `policies: { waivers: [{ rule: single-gpu-zone, ${more}reason: demo, owner: a@acme.example, until: 2027-01-01 }] }`;
const TABLE = "(table of 2026-11-20)";

describe("the place", () => {
  test("is a region that exists, or the nearest name is told", () => {
    expect(at("region: koreacentrl")).toEqual([
      `a.yaml:2:126: clouds.azure.region: got koreacentrl, which is no region of Azure ${TABLE}. Did you mean koreacentral?`,
    ]);
    expect(at("region: moonbase")).toEqual([
      `a.yaml:2:126: clouds.azure.region: got moonbase, which is no region of Azure ${TABLE}. See az account list-locations`,
    ]);
  });

  test("has zones, each once, or the nearest region that has some is told", () => {
    expect(at('region: westus, zones: ["1"]')).toEqual([
      `a.yaml:2:141: clouds.azure.zones: got 1, but westus (California) has no availability zones ${TABLE}. Remove the line, or take a region that has some, the nearest first: westus2 (Washington), westus3 (Phoenix), centralus (Iowa)`,
    ]);
    expect(at('region: koreacentral, zones: ["1", "2", "1"]')).toEqual([
      "a.yaml:2:158: clouds.azure.zones[2]: 1 stands here again",
    ]);
    expect(at("region: koreacentral, zones: [4]")).toEqual([
      'a.yaml:2:148: clouds.azure.zones[0]: got 4, wanted a zone in quotes: "1", "2" or "3". Put it in quotes: "4"',
    ]);
  });

  test("has more than one zone where nodes are to stand in several", () => {
    const several = "kubernetes: { highAvailability: true }";
    expect(at("region: westus", several)).toEqual([
      `a.yaml:3:33: kubernetes.highAvailability: got true, but westus (California) has no availability zones ${TABLE}. Write false, or take a region that has some, the nearest first: westus2 (Washington), westus3 (Phoenix), centralus (Iowa)`,
    ]);
    expect(at('region: koreacentral, zones: ["2"]', several)).toEqual([
      'a.yaml:3:33: kubernetes.highAvailability: got true, but clouds.azure.zones has one zone only. Write clouds.azure.zones: ["1", "2", "3"]',
    ]);
    expect(() => at("region: koreacentral", several)).toThrow("accepted");
    // Beside a server, on other hardware, a standby stands without zones, too.
    expect(() => at("region: westus", "metadata: { highAvailability: true }")).toThrow("accepted");
  });

  test("is looked at also while another cloud is chosen, so that a swap finds no surprise", () => {
    expect(problems({ "local.yaml": "cloud: local\nclouds: { azure: { region: koreacentrl } }\n" })).toEqual([
      `local.yaml:2:28: clouds.azure.region: got koreacentrl, which is no region of Azure ${TABLE}. Did you mean koreacentral?`,
    ]);
  });
});

describe("a GPU", () => {
  test("that the region has nowhere is refused, with what it has and the nearest regions that have it", () => {
    expect(at("region: francecentral", gpu("gpu-h100"))).toEqual([
      `a.yaml:3:38: kubernetes.pools.gpu.class: got gpu-h100, but francecentral (Paris) has no Standard_NC40ads_H100_v5 ${TABLE}. Write gpu-t4 or gpu-l4 or gpu-a100, or take a region that has it, the nearest first: uksouth (London), westeurope (Netherlands), germanywestcentral (Frankfurt)`,
    ]);
    expect(
      at("region: koreasouth", "training: { class: gpu-l4 }\nnotebooks: { enabled: true, class: gpu-t4 }"),
    ).toEqual([
      `a.yaml:3:20: training.class: got gpu-l4, but koreasouth (Busan) has no Standard_NV36ads_A10_v5 ${TABLE}. Take a region that has it, the nearest first: koreacentral (Seoul), japaneast (Tokyo), eastasia (Hong Kong)`,
      expect.stringMatching(/^a\.yaml:4:36: notebooks\.class: got gpu-t4, but koreasouth /),
    ]);
    expect(at("region: koreasouth", "serving: { production: { target: managed, class: gpu-l4 } }")).toEqual([
      expect.stringMatching(/^a\.yaml:3:50: serving\.production\.class: got gpu-l4, but koreasouth /),
    ]);
  });

  test("is let pass where no source says what the region has", () => {
    expect(() => at("region: francesouth", gpu("gpu-h100"))).toThrow("accepted");
  });

  test("of notebooks that are off is nobody's business", () => {
    expect(() => at("region: koreasouth", "notebooks: { enabled: false, class: gpu-t4 }")).toThrow("accepted");
  });

  test("that is chosen by its VM size is held against the table, too, and one that the table does not know is not", () => {
    const own = (type: string) => `${gpu("gpu-t4")}\noverrides: { azure: { machineTypes: { gpu-t4: ${type} } } }`;
    expect(at("region: francecentral", own("Standard_NC40ads_H100_v5"))[0]).toContain(
      "has no Standard_NC40ads_H100_v5",
    );
    expect(() => at("region: francecentral", own("Standard_NC64as_T4_v3"))).toThrow("accepted");
  });

  test("that the region has on demand only is no spot machine", () => {
    expect(at("region: westeurope", `${gpu("gpu-l4", ", capacity: spot ")}\ntraining: { class: gpu-l4 }`)).toEqual([
      `a.yaml:3:65: kubernetes.pools.gpu.capacity: got spot for gpu-l4, but westeurope (Netherlands) has Standard_NV36ads_A10_v5 on demand only ${TABLE}. Write onDemand`,
    ]);
  });

  test("in a single zone is refused in production, unless somebody answers for it", () => {
    const production = `tier: production\n${gpu("gpu-a100")}`;
    expect(at("region: koreacentral", production)).toEqual([
      `a.yaml:4:38: kubernetes.pools.gpu.class: got gpu-a100, but koreacentral (Seoul) has Standard_NC24ads_A100_v4 in one zone only ${TABLE}, wanted two in production: when one is out of stock, the other takes over. Write gpu-t4 or gpu-l4, take a region with two: southeastasia (Singapore), swedencentral (Gävle), polandcentral (Warsaw), or waive the rule single-gpu-zone under policies.waivers`,
    ]);
    expect(at('region: japaneast, zones: ["1"]', `tier: production\n${gpu("gpu-t4")}`)).toEqual([
      "a.yaml:4:38: kubernetes.pools.gpu.class: got gpu-t4, but clouds.azure.zones has one zone only, wanted two in production: when one is out of stock, the other takes over. Name two zones there, or waive the rule single-gpu-zone under policies.waivers",
    ]);
    expect(at("region: westus", `tier: production\n${gpu("gpu-t4")}`)[0]).toContain(
      "westus (California) has no availability zones",
    );
    expect(() => at("region: koreacentral", gpu("gpu-a100"))).toThrow("accepted");
    expect(() => at("region: southeastasia", production)).toThrow("accepted");
    expect(() => at("region: koreacentral", `${production}\n${waiver()}`)).toThrow("accepted");
    expect(() => at("region: koreacentral", `${production}\n${waiver("resource: kubernetes.pools.gpu, ")}`)).toThrow(
      "accepted",
    );
    expect(at("region: koreacentral", `${production}\n${waiver("resource: kubernetes.pools.other, ")}`)).toHaveLength(
      1,
    );
  });
});

test("a subscription that is none is refused", () => {
  expect(problems({ "a.yaml": AZURE.replace(/subscription: \S+,/, "subscription: acme-dev,") })).toEqual([
    'a.yaml:2:34: clouds.azure.subscription: got "acme-dev", wanted an id like 00000000-0000-0000-0000-000000000000',
  ]);
});

describe("a machine of one's own", () => {
  const own = (size: string, type: string, more = "") =>
    onAzure(`overrides: { azure: { machineTypes: { ${size}: ${type} } } }\n${more}`);

  test("is called as its service calls it", () => {
    expect(own("db-small", "Standard_D2ds_v5")).toEqual([
      "a.yaml:3:49: overrides.azure.machineTypes.db-small: got Standard_D2ds_v5, wanted a tier and a size such as GP_Standard_D4ds_v5",
    ]);
    expect(own("cpu-small", "D2s_v5")).toEqual([
      "a.yaml:3:50: overrides.azure.machineTypes.cpu-small: got D2s_v5, wanted a VM size such as Standard_D4s_v5",
    ]);
    expect(() => own("db-small", "B_Standard_B2ms")).toThrow("accepted");
  });

  test("is not burstable where the server has a standby", () => {
    expect(own("db-small", "B_Standard_B2ms", "metadata: { highAvailability: true }")).toEqual([
      "a.yaml:3:49: overrides.azure.machineTypes.db-small: got B_Standard_B2ms, but a burstable server cannot be highly available. Write a size that begins with GP_",
    ]);
  });
});
