import { createGcpBootstrapper } from "../../lib/gcp/operator";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { type Answers, type Asked, atOnce, type FakeCloud, fakeCloud, no, ok } from "./operator-support";
import { PRODUCTION } from "./support";

const { project, projectNumber } = PRODUCTION;
const clouds: FakeCloud[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
});

/** A project that keeps what is written to it. `first` answers before it. */
function aProject(first: Answers = () => undefined): Answers {
  const enabled = new Set<string>();
  const buckets = new Map<string, Record<string, unknown>>();
  let policy: unknown = {
    version: 1,
    etag: "a",
    bindings: [{ role: "roles/owner", members: ["user:kim@acme.example"] }],
  };
  return (asked: Asked) => {
    const early = first(asked);
    if (early !== undefined) return early;
    const { method, path, body } = asked;
    if (path === `RESOURCE_MANAGER/v1/projects/${project}`) return ok({ projectNumber, lifecycleState: "ACTIVE" });
    if (path.endsWith(":getIamPolicy")) return ok(policy);
    if (path.endsWith(":setIamPolicy")) {
      policy = body.policy;
      return ok(policy);
    }
    if (path.endsWith("services:batchEnable")) {
      for (const id of body.serviceIds as string[]) enabled.add(id);
      return ok({ name: "operations/one", done: false });
    }
    if (path === "SERVICE_USAGE/v1/operations/one") return ok({ name: "operations/one", done: true });
    if (path.endsWith(":generateServiceIdentity")) return ok({ done: true });
    if (path.startsWith("SERVICE_USAGE/v1/projects/")) {
      return ok({ state: enabled.has(path.split("/").at(-1) ?? "") ? "ENABLED" : "DISABLED" });
    }
    if (path === "STORAGE/v1/b" && method === "POST") {
      buckets.set(String(body.name), { projectNumber, ...body });
      return ok(body);
    }
    if (path.startsWith("STORAGE/v1/b/")) {
      const name = path.split("/").at(-1) ?? "";
      const found = buckets.get(name);
      if (found === undefined) return undefined;
      if (method === "PATCH") {
        const labels = { ...(found.labels as object), ...(body.labels as object) };
        buckets.set(name, { ...found, ...body, labels });
      }
      return ok(buckets.get(name));
    }
    if (/\/(serviceAccount|settings)$/.test(path)) return ok({});
    return undefined;
  };
}

async function start(answers: Answers, settings: GcpSettings = PRODUCTION) {
  const cloud = await fakeCloud(answers);
  clouds.push(cloud);
  return { cloud, make: () => createGcpBootstrapper({ settings, access: cloud.access, pause: atOnce }) };
}

const states = (plan: readonly { readonly state: string }[]) => plan.map(({ state }) => state);

test("looking writes nothing, and shows every API, bucket, agent and role that would be written", async () => {
  const { cloud, make } = await start(aProject());
  const plan = await make().plan();
  expect(cloud.writes()).toEqual([]);
  expect(states(plan)).toEqual(["create", "create", "create", "create"]);
  const shown = plan.flatMap(({ action, detail, items }) => [action, detail, ...items]).join("\n");
  expect(shown).toContain("cloudresourcemanager.googleapis.com");
  expect(shown).toMatch(/state bucket acme-test-terraform-state/);
  expect(shown).toContain(
    "roles/cloudsql.serviceAgent to service-100000000009@gcp-sa-cloud-sql.iam.gserviceaccount.com",
  );
});

test("the second run finds everything there and writes nothing", async () => {
  const { cloud, make } = await start(aProject());
  const first = make();
  await first.plan();
  await first.carryOut(() => undefined);
  const written = cloud.writes().length;
  const second = make();
  const plan = await second.plan();
  await second.carryOut(() => undefined);
  expect(states(plan)).toEqual(["there", "there", "there", "there"]);
  expect(cloud.writes()).toHaveLength(written);
});

test("the bucket is versioned, never public, and labelled; grants of others stay", async () => {
  const { cloud, make } = await start(aProject());
  const bootstrapper = make();
  await bootstrapper.plan();
  await bootstrapper.carryOut(() => undefined);
  const bucket = cloud.asked.find(({ method, path }) => method === "POST" && path === "STORAGE/v1/b");
  expect(bucket?.body).toMatchObject({
    location: "ASIA-NORTHEAST3",
    versioning: { enabled: true },
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: "enforced" },
    lifecycle: { rule: [{ action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 90 } }] },
    labels: { environment: "test", layer: "foundation" },
  });
  const policy = cloud.asked.find(({ path }) => path.endsWith(":setIamPolicy"))?.body.policy;
  expect(policy).toMatchObject({ etag: "a" });
  expect(JSON.stringify(policy)).toContain('{"role":"roles/owner","members":["user:kim@acme.example"]}');
});

test("what somebody changed on the bucket is named and set back", async () => {
  const world = aProject();
  const { make } = await start(world);
  const bootstrapper = make();
  const [, before] = await bootstrapper.plan();
  await bootstrapper.carryOut(() => undefined);
  const name = before?.action.replace("state bucket ", "") ?? "";
  world({ method: "PATCH", path: `STORAGE/v1/b/${name}`, body: { versioning: { enabled: false } } });
  const again = make();
  const [, bucket] = await again.plan();
  expect(bucket).toMatchObject({ state: "update", items: ["versioning.enabled"] });
  await again.carryOut(() => undefined);
  expect(states(await make().plan())).toEqual(["there", "there", "there", "there"]);
});

test("a project number that is not the project's is refused with the right one", async () => {
  const { cloud, make } = await start(aProject(), { ...PRODUCTION, projectNumber: "42" });
  await expect(make().plan()).rejects.toThrow(
    /got 42, the project acme-ml-test has the number 100000000009.*Write projectNumber/,
  );
  expect(cloud.writes()).toEqual([]);
});

test("another project's bucket is refused, and nothing is written", async () => {
  const foreign: Answers = ({ path }) => (path.startsWith("STORAGE/v1/b/") ? ok({ projectNumber: "7" }) : undefined);
  const { cloud, make } = await start(aProject(foreign));
  await expect(make().plan()).rejects.toThrow(
    /belongs to the project number 7.*backend: \{ type: gcs, bucket: NAME \}/,
  );
  expect(cloud.writes()).toEqual([]);
});

test.each([
  [
    "a right is missing",
    no(403, "Permission denied"),
    /serviceusage\.services\.enable, which roles\/serviceusage\.serviceUsageAdmin holds/,
  ],
  ["the login is over", no(401, "Invalid Credentials"), /login has expired.*gcloud auth login/],
])("when %s, the failed call says what to do", async (_what, answer, words) => {
  const broken: Answers = ({ path }) => (path.endsWith("services:batchEnable") ? answer : undefined);
  const { make } = await start(aProject(broken));
  const bootstrapper = make();
  await bootstrapper.plan();
  await expect(bootstrapper.carryOut(() => undefined)).rejects.toThrow(words);
});

test("a cloud that is busy is asked again, and told of when it stays so", async () => {
  let busy = 3;
  const passing: Answers = ({ path }) =>
    path.endsWith(`projects/${project}`) && busy-- > 0 ? no(503, "busy") : undefined;
  const { make } = await start(aProject(passing));
  expect(states(await make().plan())).toHaveLength(4);
  busy = 100;
  await expect(make().plan()).rejects.toThrow(/answered 503 time after time.*Run again in a few minutes/);
});

test("where nothing listens, the network is named", async () => {
  const { cloud, make } = await start(aProject());
  await cloud.close();
  clouds.splice(0);
  await expect(make().plan()).rejects.toThrow(/127\.0\.0\.1:\d+: nothing listens there.*Look at the network/);
});
