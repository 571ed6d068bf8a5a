import { onGcp, problems, removeFolders } from "./workspace";

afterEach(removeFolders);

/** What is wrong on Google Cloud with this place and these settings. */
const at = (place: string, settings = "") =>
  problems({
    "a.yaml": `cloud: gcp\nclouds: { gcp: { project: acme-dev, projectNumber: 1, ${place} } }\n${settings}\n`,
  });
const gpu = (size: string, more = "") => `kubernetes: { pools: { gpu: { class: ${size}, max: 2 ${more}} } }`;
const waiver = (more = "") =>
  `policies: { waivers: [{ rule: single-gpu-zone, ${more}reason: demo, owner: a@acme.example, until: 2027-01-01 }] }`;

describe("the place", () => {
  test("is a region that exists, or the nearest name is told", () => {
    expect(at("region: asia-northeast9")).toEqual([
      "a.yaml:2:63: clouds.gcp.region: got asia-northeast9, which is no region of Google Cloud (table of 2026-11-20). Did you mean asia-northeast1?",
    ]);
    expect(at("region: moon-base7")).toEqual([
      "a.yaml:2:63: clouds.gcp.region: got moon-base7, which is no region of Google Cloud (table of 2026-11-20). See gcloud compute regions list",
    ]);
  });

  test("has zones that exist, each once", () => {
    expect(at("region: europe-west1, zones: [europe-west1-a, europe-west1-b, europe-west1-b]")).toEqual([
      "a.yaml:2:85: clouds.gcp.zones[0]: got europe-west1-a, wanted a zone of europe-west1: europe-west1-b, europe-west1-c, europe-west1-d (table of 2026-11-20)",
      "a.yaml:2:117: clouds.gcp.zones[2]: europe-west1-b stands here again",
    ]);
  });

  test("is let pass where the table does not know its zones and machines", () => {
    expect(() => at("region: asia-southeast3, zones: [asia-southeast3-d]", gpu("gpu-a100"))).toThrow("accepted");
  });

  test("is that of subnets which exist, and these are of a network that exists", () => {
    const subnets = "subnets: { nodes: projects/p/regions/us-east1/subnetworks/s }";
    expect(at(`region: asia-northeast3, existing: { ${subnets} }`)).toEqual([
      "a.yaml:2:80: clouds.gcp.existing.network: missing, wanted the network that the subnets are of",
      "a.yaml:2:110: clouds.gcp.existing.subnets.nodes: got projects/p/regions/us-east1/subnetworks/s, wanted a subnet in asia-northeast3",
    ]);
  });
});

describe("identifiers", () => {
  test("a project id and a project number that are none are refused", () => {
    const file = (project: string, number: string) =>
      problems({
        "a.yaml": `cloud: gcp\nclouds: { gcp: { project: ${project}, projectNumber: ${number}, region: us-east1 } }\n`,
      });
    expect(file("Acme_Dev", "acme-dev")).toEqual([
      'a.yaml:2:27: clouds.gcp.project: got "Acme_Dev", wanted a Google Cloud project id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter',
      'a.yaml:2:52: clouds.gcp.projectNumber: got "acme-dev", wanted the number of the project, digits only',
    ]);
    expect(file("123456789012", '"123456789012"')).toEqual([
      'a.yaml:2:27: clouds.gcp.project: got 123456789012, wanted a Google Cloud project id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter. Put it in quotes: "123456789012"',
      'a.yaml:2:56: clouds.gcp.projectNumber: got "123456789012", which is text because of its quotes, wanted the number of the project, digits only. Remove the quotes',
    ]);
  });

  test("two environments give one project one number", () => {
    const file = (project: string, number: number, cidr: string) =>
      `cloud: gcp\nclouds: { gcp: { project: ${project}, projectNumber: ${number}, region: us-east1 } }\nnetwork: { cidr: ${cidr} }\n`;
    expect(
      problems({ "a.yaml": file("acme-dev", 11, "10.20.0.0/16"), "b.yaml": file("acme-prod", 11, "10.21.0.0/16") }),
    ).toEqual([
      "b.yaml:2:53: clouds.gcp.projectNumber: got 11 for project acme-prod in b, but a has project acme-dev with number 11 (a.yaml:2). gcloud projects describe acme-prod --format='value(projectNumber)' says which is right",
    ]);
    expect(() =>
      problems({ "a.yaml": file("acme-dev", 11, "10.20.0.0/16"), "b.yaml": file("acme-dev", 11, "10.21.0.0/16") }),
    ).toThrow("accepted");
  });

  test("a Kubernetes version with a patch number is refused", () => {
    expect(onGcp('kubernetes: { version: "1.33.4" }')).toEqual([
      'a.yaml:3:24: kubernetes.version: got "1.33.4", wanted a minor version in quotes such as "1.33"; the patch is the cloud\'s business',
    ]);
  });
});

describe("a GPU", () => {
  test("that the region has nowhere is refused, with what it has and the nearest regions that have it", () => {
    expect(at("region: asia-northeast3", gpu("gpu-h100", ", capacity: spot "))).toEqual([
      "a.yaml:3:38: kubernetes.pools.gpu.class: got gpu-h100, but asia-northeast3 (Seoul) has no nvidia-h100-80gb (table of 2026-11-20). Write gpu-t4 or gpu-l4 or gpu-a100, or take a region that has it, the nearest first: asia-northeast1 (Tokyo), asia-east1 (Taiwan), asia-south2 (Delhi)",
    ]);
    expect(
      at("region: africa-south1", "training: { class: gpu-l4 }\nnotebooks: { enabled: true, class: gpu-t4 }"),
    ).toEqual([
      expect.stringMatching(
        /^a\.yaml:3:20: training\.class: got gpu-l4, but africa-south1 \(Johannesburg\) has no nvidia-l4 .*\. Take a region that has it, the nearest first: me-central2 \(Dammam\), /,
      ),
      expect.stringMatching(/^a\.yaml:4:36: notebooks\.class: got gpu-t4, but africa-south1 /),
    ]);
    expect(at("region: africa-south1", "serving: { production: { target: managed, class: gpu-l4 } }")).toEqual([
      expect.stringMatching(/^a\.yaml:3:50: serving\.production\.class: got gpu-l4, but africa-south1 /),
    ]);
  });

  test("of notebooks that are off is nobody's business, and neither is a machine type of one's own", () => {
    expect(() => at("region: africa-south1", "notebooks: { enabled: false, class: gpu-t4 }")).toThrow("accepted");
    const own = "overrides: { gcp: { machineTypes: { gpu-l4: g2-standard-8 } } }";
    expect(() => at("region: africa-south1", `${gpu("gpu-l4")}\n${own}`)).toThrow("accepted");
  });

  test("of a cluster that exists is nobody's business", () => {
    const cluster = "existing: { cluster: projects/p/locations/africa-south1/clusters/c }";
    expect(() => at(`region: africa-south1, ${cluster}`, gpu("gpu-l4"))).toThrow("accepted");
  });

  test("that none of the given zones has is refused with those that have it", () => {
    expect(at("region: asia-northeast3, zones: [asia-northeast3-c]", gpu("gpu-l4"))).toEqual([
      "a.yaml:3:38: kubernetes.pools.gpu.class: got gpu-l4, but none of clouds.gcp.zones has nvidia-l4, only asia-northeast3-a and asia-northeast3-b (table of 2026-11-20). Write clouds.gcp.zones: [asia-northeast3-a, asia-northeast3-b]",
    ]);
  });

  test("of a notebook is in the first zone", () => {
    const wanted =
      "got gpu-t4, but asia-northeast3-a, the first zone, has no nvidia-tesla-t4, only asia-northeast3-b and asia-northeast3-c (table of 2026-11-20). Write clouds.gcp.zones: [asia-northeast3-b, asia-northeast3-a, asia-northeast3-c]";
    expect(onGcp("notebooks: { enabled: true, class: gpu-t4 }")).toEqual([`a.yaml:3:36: notebooks.class: ${wanted}`]);
    const zones = "zones: [asia-northeast3-b, asia-northeast3-a]";
    expect(() => at(`region: asia-northeast3, ${zones}`, "notebooks: { enabled: true, class: gpu-t4 }")).toThrow(
      "accepted",
    );
  });

  test("in a single zone is refused in production, unless somebody answers for it", () => {
    const production = `tier: production\n${gpu("gpu-a100")}`;
    expect(at("region: us-east1", production)).toEqual([
      "a.yaml:4:38: kubernetes.pools.gpu.class: got gpu-a100 in the single zone us-east1-b (table of 2026-11-20), wanted two in production: when one is out of stock, the other takes over. Take a region with two: us-central1 (Iowa), europe-west4 (Netherlands), me-west1 (Tel Aviv), or waive the rule single-gpu-zone under policies.waivers",
    ]);
    expect(at("region: us-central1, zones: [us-central1-a]", production)).toEqual([
      expect.stringContaining(
        "Write clouds.gcp.zones: [us-central1-a, us-central1-b, us-central1-c, us-central1-f], or waive",
      ),
    ]);
    expect(() => at("region: us-central1", production)).toThrow("accepted");
    expect(() => at("region: us-east1", gpu("gpu-a100"))).toThrow("accepted");
    expect(() => at("region: us-east1", `${production}\n${waiver()}`)).toThrow("accepted");
    expect(() => at("region: us-east1", `${production}\n${waiver("resource: kubernetes.pools.gpu, ")}`)).toThrow(
      "accepted",
    );
    expect(at("region: us-east1", `${production}\n${waiver("resource: kubernetes.pools.other, ")}`)).toHaveLength(1);
  });

  test("H100 is spot capacity only", () => {
    const settings = `${gpu("gpu-h100")}\ntraining: { class: gpu-h100 }\nnotebooks: { enabled: true, class: gpu-h100 }`;
    expect(at("region: us-central1", settings)).toEqual([
      "a.yaml:3:24: kubernetes.pools.gpu.capacity: got onDemand for gpu-h100, wanted spot: a3-highgpu-1g is to be had as spot or flex-start capacity only",
      "a.yaml:4:1: training.capacity: got onDemand for gpu-h100, wanted spot: a3-highgpu-1g is to be had as spot or flex-start capacity only",
      "a.yaml:5:36: notebooks.class: got gpu-h100, but a3-highgpu-1g is to be had as spot or flex-start capacity only. Write gpu-a100",
    ]);
    expect(() => at("region: us-central1", gpu("gpu-h100", ", capacity: spot "))).toThrow("accepted");
  });

  test("is not to be had from target serverless", () => {
    expect(onGcp("serving: { production: { target: serverless, class: gpu-l4 } }")).toEqual([
      "a.yaml:3:53: serving.production.class: Cloud Run serves on at most 8 processors with 32 GiB, and without a GPU here. Use class: cpu-medium, or target: kubernetes",
    ]);
  });
});

test("a pool called like the one that is always there is refused", () => {
  expect(onGcp("kubernetes: { pools: { system: { class: cpu-small, max: 2 } } }")).toEqual([
    "a.yaml:3:32: kubernetes.pools.system: got the name system, which the pool has that is always there. Choose another name",
  ]);
});
