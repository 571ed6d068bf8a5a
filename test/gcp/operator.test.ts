import type { Check } from "../../lib/contracts/operator";
import { createGcpOperator } from "../../lib/gcp/operator";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { type Answers, atOnce, type FakeCloud, fakeCloud, no, ok } from "./operator-support";
import { DEVELOPMENT, PRODUCTION } from "./support";

const { project, projectNumber, region } = PRODUCTION;
const clouds: FakeCloud[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
});

async function operator(answers: Answers, settings: GcpSettings = { ...PRODUCTION, backend: { type: "local" } }) {
  const cloud = await fakeCloud(answers);
  clouds.push(cloud);
  const made = createGcpOperator({
    settings,
    access: cloud.access,
    pause: atOnce,
    pools: [{ name: "gpu", class: "gpu-l4", min: 0, max: 2, capacity: "spot" }],
    source: { host: "github" },
  });
  return { cloud, operator: made };
}

const QUOTAS = [
  { metric: "PREEMPTIBLE_NVIDIA_L4_GPUS", limit: 4, usage: 0 },
  { metric: "CPUS", limit: 100, usage: 8 },
  { metric: "SSD_TOTAL_GB", limit: 5000, usage: 100 },
];
const APIS = ["cloudresourcemanager", "iam", "serviceusage", "storage"].map((name) => ({
  name: `projects/1/services/${name}.googleapis.com`,
  state: "ENABLED",
}));

/** A project in which everything is right. `first` answers before it. */
function wellSet(first: Answers = () => undefined): Answers {
  return (asked) => {
    const { path, body } = asked;
    const early = first(asked);
    if (early !== undefined) return early;
    if (path === `RESOURCE_MANAGER/v1/projects/${project}`) return ok({ projectNumber, lifecycleState: "ACTIVE" });
    if (path.endsWith("billingInfo")) return ok({ billingEnabled: true, billingAccountName: "billingAccounts/1" });
    if (path.endsWith("/services") && path.startsWith("SERVICE_USAGE")) return ok({ services: APIS });
    if (path.endsWith(":testIamPermissions")) return ok({ permissions: body.permissions });
    if (path.endsWith(`regions/${region}`)) return ok({ quotas: QUOTAS });
    if (path === `COMPUTE/v1/projects/${project}`)
      return ok({ quotas: [{ metric: "GPUS_ALL_REGIONS", limit: 4, usage: 0 }] });
    if (path.endsWith("/connections"))
      return ok({ connections: [{ name: "a/b/acme-test-source", installationState: { stage: "COMPLETE" } }] });
    return undefined;
  };
}

async function doctor(first?: Answers, settings?: GcpSettings): Promise<readonly Check[]> {
  return (await operator(wellSet(first), settings)).operator.doctor();
}
const row = (checks: readonly Check[], name: string) => checks.find(({ check }) => check === name);

describe("the doctor", () => {
  test("finds nothing wrong with a project that is well set up", async () => {
    expect((await doctor()).filter(({ ok: good }) => !good)).toEqual([]);
  });

  test("does not ask for the APIs that the foundation layer enables, only for those it needs itself", async () => {
    expect(row(await doctor(), "APIs of the estate")).toMatchObject({
      ok: true,
      message: expect.stringMatching(/foundation layer enables/),
    });
    const none: Answers = ({ path }) => (path.startsWith("SERVICE_USAGE") ? ok({ services: [] }) : undefined);
    expect(row(await doctor(none), "APIs for Terraform")).toMatchObject({ ok: false, fix: "Run mlops bootstrap test" });
  });

  test.each<[string, string, Answers, RegExp]>([
    [
      "a wrong number",
      "project",
      ({ path }) => (path.endsWith(`projects/${project}`) ? ok({ projectNumber: "7" }) : undefined),
      /Write projectNumber: 7/,
    ],
    [
      "no billing account",
      "billing",
      ({ path }) => (path.endsWith("billingInfo") ? ok({}) : undefined),
      /gcloud billing projects link acme-ml-test/,
    ],
    [
      "missing rights",
      "rights",
      ({ path }) =>
        path.endsWith(":testIamPermissions") ? ok({ permissions: ["storage.buckets.create"] }) : undefined,
      /grants .*roles\/container\.admin/,
    ],
    [
      "no GPU at all",
      "quota PREEMPTIBLE_NVIDIA_L4_GPUS",
      ({ path }) =>
        path.endsWith(`regions/${region}`)
          ? ok({ quotas: [{ metric: "PREEMPTIBLE_NVIDIA_L4_GPUS", limit: 0 }] })
          : undefined,
      /Ask for 2 at .*PREEMPTIBLE_NVIDIA_L4_GPUS.*or lower max/,
    ],
    [
      "a region that the organisation forbids",
      "policy gcp.resourceLocations",
      ({ path }) =>
        path.includes("gcp.resourceLocations")
          ? ok({ spec: { rules: [{ values: { allowedValues: ["in:eu-locations"] } }] } })
          : undefined,
      /clouds\.gcp\.region/,
    ],
  ])("says what to do about %s", async (_what, check, first, fix) => {
    expect(row(await doctor(first), check)).toMatchObject({ ok: false, fix: expect.stringMatching(fix) });
  });

  test("asks for the state's bucket before a plan can miss it", async () => {
    const checks = await doctor(undefined, PRODUCTION);
    expect(row(checks, "state bucket")).toMatchObject({ ok: false, fix: "Run mlops bootstrap test" });
  });

  test("warns, and lets a deployment go on, when a pool can only grow to less, or a connection waits for a person", async () => {
    const less: Answers = ({ path }) => {
      if (path.endsWith(`regions/${region}`))
        return ok({ quotas: [{ metric: "PREEMPTIBLE_NVIDIA_L4_GPUS", limit: 1 }] });
      return path.endsWith("/connections")
        ? ok({ connections: [{ name: "c/acme-test-source", installationState: { stage: "PENDING_USER_OAUTH" } }] })
        : undefined;
    };
    const checks = await doctor(less);
    expect(row(checks, "quota PREEMPTIBLE_NVIDIA_L4_GPUS")).toMatchObject({ ok: true, warning: true });
    expect(row(checks, "source connection")).toMatchObject({
      ok: true,
      warning: true,
      fix: expect.stringMatching(/Authorise it/),
    });
  });

  test("says where to connect the source host, and under which name, when that connection is missing", async () => {
    const other: Answers = ({ path }) =>
      path.endsWith("/connections") ? ok({ connections: [{ name: "a/b/another-teams" }] }) : undefined;
    expect(row(await doctor(other), "source connection")).toMatchObject({
      ok: true,
      warning: true,
      message: expect.stringContaining("acme-test-source"),
      fix: expect.stringMatching(/A person connects github at https:.*the name acme-test-source/),
    });
  });

  test("counts the pools as the cluster has them: the system pool, and the twin of a spot pool, whose GPUs may be lacking", async () => {
    const none: Answers = ({ path }) =>
      path.endsWith(`regions/${region}`)
        ? ok({ quotas: [...QUOTAS, { metric: "NVIDIA_L4_GPUS", limit: 0 }] })
        : undefined;
    const checks = await doctor(none);
    expect(row(checks, "quota NVIDIA_L4_GPUS")).toMatchObject({
      ok: true,
      warning: true,
      message: expect.stringContaining("pools gpu-ondemand may take 2"),
    });
    // Two nodes with a GPU, twice, on disks of 200 GiB, and three of the system pool, on 100 GiB and 4 processors each.
    expect(row(checks, "quota SSD_TOTAL_GB")?.message).toContain("pools gpu, gpu-ondemand, system may take 1100");
    expect(row(checks, "quota CPUS")?.message).toContain("pools system may take 12");
  });

  test("looks at GPUs first", async () => {
    const quotas = (await doctor()).filter(({ check }) => check.startsWith("quota "));
    expect(
      quotas
        .map(({ check }) => check)
        .slice(0, 2)
        .every((check) => check.includes("GPU")),
    ).toBe(true);
  });

  test("a row that may not be seen does not stop the others", async () => {
    const hidden: Answers = ({ path }) => (path.endsWith("billingInfo") ? no(403, "denied") : undefined);
    const checks = await doctor(hidden);
    expect(row(checks, "billing")).toMatchObject({ ok: true, warning: true });
    expect(row(checks, "rights")?.ok).toBe(true);
  });
});

describe("status", () => {
  const labels = { environment: "test", layer: "ml" };

  test("shows what carries the environment's label, and nothing of others", async () => {
    const { operator: made } = await operator(({ path }) => {
      if (path.endsWith("/services") && path.startsWith("CLOUD_RUN")) {
        const terminalCondition = { state: "CONDITION_SUCCEEDED", lastTransitionTime: "2026-11-20T12:00:00Z" };
        return ok({
          services: [
            { name: "p/acme-test-tracking", labels, uri: "https://t.run.app", terminalCondition },
            { name: "p/other", labels: { environment: "other" }, terminalCondition },
          ],
        });
      }
      if (path.startsWith("SQL"))
        return ok({
          items: [
            {
              name: "acme-test-metadata",
              state: "FAILED",
              settings: { userLabels: { environment: "test", layer: "data" } },
            },
          ],
        });
      return undefined;
    });
    expect(await made.status()).toMatchObject([
      { part: "acme-test-metadata", layer: "data", state: "failed", healthy: false },
      { part: "acme-test-tracking", layer: "ml", state: "running", healthy: true, address: "https://t.run.app" },
    ]);
  });

  test("is empty before anything is deployed, when not even the APIs are enabled", async () => {
    const { operator: made } = await operator(() =>
      no(403, "API has not been used in project 1 before or it is disabled", "accessNotConfigured"),
    );
    expect(await made.status()).toEqual([]);
  });
});

describe("after a deployment", () => {
  const job = (last?: object) => ({
    name: `projects/${project}/locations/${region}/jobs/acme-test-database-access-ml`,
    updateTime: "2026-11-20T12:00:00Z",
    ...(last ? { latestCreatedExecution: last } : {}),
  });
  const world =
    (row: object, execution: object): Answers =>
    ({ path }) => {
      if (path.endsWith("/jobs")) return ok({ jobs: [row, { name: "p/jobs/somebody-elses" }] });
      if (path.endsWith(":run")) return ok({ name: "operations/1", metadata: { name: "projects/p/executions/1" } });
      return path.endsWith("/executions/1") ? ok(execution) : undefined;
    };

  test("jobs that give rights in databases are run and waited for", async () => {
    const { cloud, operator: made } = await operator(world(job(), { completionTime: "now", succeededCount: 1 }));
    expect(await made.reconcile(() => undefined)).toEqual([
      { part: "acme-test-database-access-ml", change: "started" },
    ]);
    expect(cloud.writes()).toHaveLength(1);
  });

  test("one that ended well since it was last changed is not run again", async () => {
    const last = { completionStatus: "EXECUTION_SUCCEEDED", createTime: "2026-11-20T12:05:00Z" };
    const { cloud, operator: made } = await operator(world(job(last), {}));
    expect(await made.reconcile(() => undefined)).toEqual([
      { part: "acme-test-database-access-ml", change: "unchanged" },
    ]);
    expect(cloud.writes()).toEqual([]);
  });

  test("one that failed is named with the way to its logs", async () => {
    const { operator: made } = await operator(world(job(), { completionTime: "now", failedCount: 1 }));
    await expect(made.reconcile(() => undefined)).rejects.toThrow(
      /database-access-ml: the job failed.*gcloud run jobs executions list/,
    );
  });
});

test("a backup is made by Cloud SQL, waited for, and named as gcloud names it", async () => {
  const { operator: made } = await operator(({ method, path }) => {
    if (path.endsWith("/instances"))
      return ok({ items: [{ name: "db", settings: { userLabels: { environment: "test" } } }] });
    if (method === "POST" && path.endsWith("/backupRuns")) return ok({ name: "op" });
    if (path.endsWith("/operations/op")) return ok({ status: "DONE", backupContext: { backupId: "77" } });
    return path.endsWith("/backupRuns/77") ? ok({ maxChargeableBytes: "2048" }) : undefined;
  });
  expect(await made.backup(() => undefined)).toEqual({
    path: `projects/${project}/instances/db/backupRuns/77`,
    bytes: 2048,
  });
});

describe("what it cannot do", () => {
  test("is refused with the reason and what does it instead, and asks nobody", async () => {
    const { cloud, operator: made } = await operator(() => undefined, DEVELOPMENT);
    await expect(made.stop(() => undefined)).rejects.toThrow(/scale to zero.*mlops destroy test/);
    await expect(made.restore("x", () => undefined)).rejects.toThrow(
      /gcloud sql backups restore BACKUP_ID --restore-instance=acme-test-metadata/,
    );
    await expect(made.purge()).rejects.toThrow(/mlops destroy test/);
    await expect(made.database("ledger")).rejects.toThrow(/no public address/);
    for (const member of ["serving", "pipelines", "models"] as const) expect(() => made[member]).toThrow(/network/);
    expect(cloud.asked).toEqual([]);
  });

  test("is said beforehand, so that nobody has to try", async () => {
    const { operator: made } = await operator(() => undefined);
    const unavailable = Object.keys(made.unavailable ?? {}).sort();
    expect(unavailable).toEqual(["ledger", "models", "pipelines", "purge", "restore", "serving", "stop"]);
  });
});
