/** The arithmetic of an estimate: known examples, and what is left out and said. */
import { type Estimate, type EstimateProps, estimate } from "../../operations/cost/estimate";

type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An estimate of resources of one layer: type → id → attributes. */
function of(resource: Resources, props: Partial<EstimateProps> = {}): Estimate {
  const stacks = [{ name: "test-data", layer: "data", document: { resource } }];
  return estimate({ environment: "test", cloud: "gcp", region: "asia-northeast3", stacks, ...props });
}

function pool(config: Readonly<Record<string, unknown>>, autoscaling: Readonly<Record<string, number>>) {
  return {
    location: "asia-northeast3-a",
    node_locations: ["asia-northeast3-a", "asia-northeast3-b"],
    node_config: { machine_type: "g2-standard-8", disk_type: "pd-balanced", disk_size_gb: 100, ...config },
    autoscaling,
  };
}

/** USD of each meter. */
function meters({ layers }: Estimate): Record<string, { idle: number; busy: number }> {
  const lines = layers.flatMap(({ parts }) =>
    parts.flatMap(({ resources }) => resources.flatMap(({ lines }) => lines)),
  );
  return Object.fromEntries(lines.map(({ sku, usd }) => [sku, usd]));
}

const database = (availability: string) => ({
  google_sql_database_instance: {
    Db: {
      region: "us-central1",
      settings: { tier: "db-custom-2-8192", edition: "ENTERPRISE", availability_type: availability, disk_size: 20 },
    },
  },
});

const service = (min: number, idleCpu = true) => ({
  google_cloud_run_v2_service: {
    Run: {
      location: "asia-northeast3",
      scaling: min > 0 ? { min_instance_count: min } : null,
      template: {
        scaling: { max_instance_count: 2 },
        containers: [
          { resources: { cpu_idle: idleCpu, limits: { cpu: "500m", memory: "512Mi" } } },
          { resources: { cpu_idle: idleCpu, limits: { cpu: "500m", memory: "512Mi" } } },
        ],
      },
    },
  },
});

const NAT = { google_compute_router_nat: { Nat: { region: "asia-northeast3" } } };

describe("arithmetic", () => {
  test("a pool costs its least nodes idle and its most busy, with their disks, spot at the spot price", () => {
    const spot = of({
      google_container_node_pool: { P: pool({ spot: true }, { total_min_node_count: 1, total_max_node_count: 4 }) },
    });
    expect(meters(spot)).toEqual({
      "machine.g2-standard-8.spot": { idle: 274.5, busy: 1098 },
      "disk.pd-balanced": { idle: 13, busy: 52 },
    });
    expect(spot.total).toEqual({ idle: 287.5, busy: 1150 });
    const onDemand = of({
      google_container_node_pool: { P: pool({}, { total_min_node_count: 1, total_max_node_count: 4 }) },
    });
    expect(meters(onDemand)["machine.g2-standard-8"]).toEqual({ idle: 800.24, busy: 3200.97 });
  });

  test("nodes that are counted by zone are counted in every zone", () => {
    const made = of({ google_container_node_pool: { P: pool({}, { min_node_count: 1, max_node_count: 2 }) } });
    expect(meters(made)["disk.pd-balanced"]).toEqual({ idle: 26, busy: 52 });
  });

  test("the pool that stands in for spot machines is empty, and full when there are none", () => {
    const bounds = { total_min_node_count: 0, total_max_node_count: 2 };
    const taint = [{ key: "mlops/fallback", value: "on-demand", effect: "PREFER_NO_SCHEDULE" }];
    const both = { google_container_node_pool: { P: pool({ spot: true }, bounds), T: pool({ taint }, bounds) } };
    expect(of(both).total).toEqual({ idle: 0, busy: 575 });
    expect(of(both, { changes: { spotShortage: 1 } }).total).toEqual({ idle: 0, busy: 1626.49 });
  });

  test("a GPU is in the price of its machine but for n1, where it is a meter of its own", () => {
    const gpu = { guest_accelerator: [{ type: "nvidia-tesla-t4", count: 1 }] };
    const bounds = { total_min_node_count: 0, total_max_node_count: 1 };
    const t4 = of({ google_container_node_pool: { P: pool({ ...gpu, machine_type: "n1-standard-4" }, bounds) } });
    expect(t4.notPriced.map(({ why }) => why)).toEqual([
      "no dated price at hand for gpu.nvidia-tesla-t4; the rest is in the totals",
    ]);
    expect(of({ google_container_node_pool: { P: pool(gpu, bounds) } }).notPriced).toEqual([]);
  });

  test("a database is paid by processors, memory, disk and backups, and twice when it is highly available", () => {
    expect(meters(of(database("ZONAL")))).toEqual({
      "sql.vcpu.zonal": { idle: 60.3, busy: 60.3 },
      "sql.ram.zonal": { idle: 40.88, busy: 40.88 },
      "sql.ssd.zonal": { idle: 3.4, busy: 3.4 },
      "sql.backup": { idle: 1.6, busy: 1.6 },
    });
    expect(of(database("REGIONAL")).total).toEqual({ idle: 210.76, busy: 210.76 });
  });

  test("a gateway to the internet is paid by the machines behind it, up to 32", () => {
    const pools = (nodes: number) => ({
      google_container_node_pool: { P: pool({}, { total_min_node_count: nodes, total_max_node_count: nodes }) },
    });
    expect(meters(of({ ...NAT, ...pools(16) }))["nat.gateway"]).toEqual({ idle: 16.35, busy: 16.35 });
    expect(meters(of({ ...NAT, ...pools(64) }))["nat.gateway"]).toEqual({ idle: 32.7, busy: 32.7 });
  });

  test("logs are paid when written, and by the month when kept for more than 30 days", () => {
    const bucket = (retention: number) =>
      meters(of({ google_logging_project_bucket_config: { L: { location: "global", retention_days: retention } } }));
    expect(bucket(30)).toEqual({ "logs.stored": { idle: 10, busy: 10 }, "logs.network": { idle: 1.25, busy: 1.25 } });
    expect(bucket(90)["logs.kept"]).toEqual({ idle: 0.5, busy: 0.5 });
  });

  test("a notebook machine that rests costs its disks idle; one that never rests runs all month", () => {
    const setup = (metadata: Readonly<Record<string, string>>) => ({
      google_workbench_instance: {
        N: {
          location: "asia-northeast3-a",
          gce_setup: {
            machine_type: "e2-standard-2",
            metadata,
            boot_disk: { disk_type: "PD_BALANCED", disk_size_gb: "150" },
          },
        },
      },
    });
    expect(of(setup({ "idle-timeout-seconds": "1800" })).total).toEqual({ idle: 19.5, busy: 33.25 });
    expect(of(setup({})).total).toEqual({ idle: 82.25, busy: 82.25 });
  });
});

describe("scale to zero", () => {
  test("is 0 when idle: pools, services, jobs, builds", () => {
    const made = of({
      google_container_node_pool: { P: pool({}, { total_min_node_count: 0, total_max_node_count: 4 }) },
      ...service(0),
      google_cloud_run_v2_job: { J: { location: "asia-northeast3", template: { template: { containers: [{}] } } } },
      google_cloudbuild_trigger: { T: {} },
    });
    expect(made.total.idle).toBe(0);
    expect(made.total.busy).toBeGreaterThan(3000);
    expect(made.share.percent).toBe(100);
  });

  test("a service that is busy has all its instances all month, each with all its containers", () => {
    expect(meters(of(service(0)))).toEqual({
      "run.cpu.request": { idle: 0, busy: 176.6 },
      "run.memory.request": { idle: 0, busy: 18.4 },
      "run.requests": { idle: 0, busy: 0.4 },
    });
  });

  test("an instance that is held ready is said to have no price, unless its processor is always paid for", () => {
    expect(of(service(1)).notPriced.map(({ why }) => why)).toEqual([
      "no dated price at hand for run.cpu.idle, run.memory.idle; the rest is in the totals",
    ]);
    const always = of(service(1, false));
    expect(always.notPriced).toEqual([]);
    expect(always.total).toEqual({ idle: 63.07, busy: 126.14 });
  });
});

describe("what has no price", () => {
  test("is listed, is in no total and counts against the share", () => {
    const made = of({
      google_storage_bucket: { B: { location: "asia-northeast3" } },
      google_vertex_ai_feature_online_store: { S: { region: "asia-northeast3" } },
      google_service_account: { A: {} },
    });
    expect(made.total).toEqual({ idle: 1.15, busy: 1.15 });
    expect(made.share).toEqual({ priced: 1, notPriced: 1, percent: 50, free: 1 });
    expect(made.notPriced.map(({ address, why }) => [address, why])).toEqual([
      ["test-data/google_vertex_ai_feature_online_store.S", "no dated price at hand"],
    ]);
  });

  test("in this region is not taken from another one, which is said beside the totals", () => {
    const zonal = database("ZONAL").google_sql_database_instance.Db;
    const made = of({ google_sql_database_instance: { Db: { ...zonal, region: "asia-northeast3" } } });
    // 2 vCPU × 730 hours × 0.0537 and 8 GiB × 730 hours × 0.0091
    expect(meters(made)).toEqual({
      "sql.vcpu.zonal": { idle: 78.4, busy: 78.4 },
      "sql.ram.zonal": { idle: 53.14, busy: 53.14 },
    });
    expect(made.notPriced.map(({ why }) => why)).toEqual([
      "no price in asia-northeast3 for sql.ssd.zonal, sql.backup; the rest is in the totals",
    ]);
    expect(made.notPriced[0]?.missing[0]).toEqual({
      sku: "sql.ssd.zonal",
      region: "asia-northeast3",
      quantity: { idle: 20, busy: 20 },
      elsewhere: { "us-central1": { idle: 3.4, busy: 3.4 } },
    });
  });

  test("as a type that no table knows is listed too", () => {
    const { notPriced } = of({ google_quantum_computer: { Q: {} } });
    expect(notPriced.map(({ type, why }) => [type, why])).toEqual([
      ["google_quantum_computer", "a type of resource that the estimate does not know"],
    ]);
  });

  test("does not matter where nothing is used", () => {
    const unknown = pool({ machine_type: "z9-mega-1" }, { total_min_node_count: 0, total_max_node_count: 0 });
    expect(of({ google_container_node_pool: { P: unknown } }).share).toEqual({
      priced: 1,
      notPriced: 0,
      percent: 100,
      free: 0,
    });
  });

  test("because it costs nothing in this form is free: an address inside the network", () => {
    const address = (type: string) =>
      of({ google_compute_address: { A: { region: "asia-northeast3", address_type: type } } });
    expect(address("INTERNAL").share.free).toBe(1);
    expect(address("EXTERNAL").total).toEqual({ idle: 3.65, busy: 3.65 });
  });

  test("because it is a grant of rights is not even counted", () => {
    expect(of({ google_storage_bucket_iam_member: { G: {} } }).share).toEqual({
      priced: 0,
      notPriced: 0,
      percent: 100,
      free: 0,
    });
  });
});
