/** Rights that stand in one layer for what another one makes: who uses which key, what CI may grant and read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { KEY_USES, type KeyUse } from "../../lib/contracts/encryption-key";
import type { StackJson } from "../../lib/core/protected";
import { GRANTABLE_ROLES } from "../../lib/gcp/parts/ci-roles";
import { keyUsers, type ServiceAgentName } from "../../lib/gcp/parts/service-agents";
import { synthesize } from "../../stacks/synth";
import { temporaryFolder } from "../support/folders";
import { environments } from "./mutation";
import { PRODUCTION } from "./support";

jest.setTimeout(60_000);

/** A network of another project, which shares it. */
const SHARED = "projects/acme-host/global/networks/shared";

/** A resource with where it stands. */
interface Found {
  readonly layer: string;
  readonly type: string;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Everything on, in each way to serve, and with Google's own source host. */
function everything(): Environment[] {
  const all = environments();
  const [first] = all;
  if (first === undefined) throw new Error("there is no environment with everything on");
  const source = { host: "secureSourceManager", repository: "acme/ml-projects" } as const;
  if (first.cloud !== "gcp") throw new Error("the environment is not on Google Cloud");
  const gcp = { ...first.clouds.gcp, existing: { network: SHARED } };
  const guest: Environment = { ...first, name: "guest", clouds: { ...first.clouds, gcp } };
  return [...all, guest, { ...first, name: "hosted", tier: "development", delivery: { ...first.delivery, source } }];
}

let found: readonly Found[] = [];

beforeAll(async () => {
  const outdir = temporaryFolder();
  const { stacks } = await synthesize(everything(), { outdir, assume: true, today: "2026-01-01" });
  found = Object.values(stacks).flatMap(({ layer, synthesizedStackPath }) => {
    const { resource = {} }: StackJson = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8"));
    return Object.entries(resource).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, body]) => ({ layer, type, id, body: body as Found["body"] })),
    );
  });
});

const of = (type: string) => found.filter((each) => each.type === type);

/** Agents that use the key a resource names, by type of the resource. */
const USERS: Readonly<Record<string, readonly ServiceAgentName[]>> = {
  google_artifact_registry_repository: ["artifactRegistry"],
  google_bigquery_dataset: ["bigquery"],
  google_bigquery_table: ["bigquery"],
  google_cloud_run_v2_job: ["cloudRun"],
  // Its own, and that of the pipelines that the trigger starts.
  google_cloud_run_v2_service: ["cloudRun", "vertexAi"],
  google_composer_environment: ["composer", "artifactRegistry", "compute", "kubernetesEngine", "pubSub", "storage"],
  google_compute_instance: ["compute"],
  google_container_cluster: ["compute", "kubernetesEngine"],
  google_container_node_pool: ["compute"],
  google_data_fusion_instance: ["dataFusion", "compute", "dataproc", "storage"],
  google_pubsub_topic: ["pubSub"],
  google_secret_manager_secret: ["secretManager"],
  google_secure_source_manager_instance: ["sourceManager"],
  google_sql_database_instance: ["cloudSql"],
  google_storage_bucket: ["storage"],
  google_vertex_ai_dataset: ["vertexAi"],
  google_vertex_ai_endpoint: ["vertexAi"],
  google_vertex_ai_tensorboard: ["vertexAi"],
  google_workbench_instance: ["compute", "notebooks"],
};

/** Uses of the keys that a resource names. */
function usesIn(body: Found["body"]): KeyUse[] {
  const names = [...JSON.stringify(body).matchAll(/cryptoKeys\/([\w-]+)/g)].map(([, name]) => name);
  return KEY_USES.filter((use) => names.includes(use));
}

test("every key that a resource names is granted to the agents that encrypt with it", () => {
  const named = found
    .filter(({ type }) => !type.startsWith("google_kms_"))
    .filter(({ body }) => usesIn(body).length > 0);
  // Who names a key for the first time says here who uses it.
  expect([...new Set(named.map(({ type }) => type))].sort()).toEqual(Object.keys(USERS).sort());
  const lacking = named.flatMap(({ type, id, body }) =>
    usesIn(body).flatMap((use) => {
      const users = keyUsers(use, PRODUCTION.projectNumber, PRODUCTION.features).map(({ name }) => name);
      return (USERS[type] ?? [])
        .filter((agent) => !users.includes(agent))
        .map((agent) => `${agent} of ${type}.${id}: ${use}`);
    }),
  );
  expect(lacking).toEqual([]);
});

test("what layers grant in the whole project CI may grant, and nothing that none of them grants", () => {
  const granted = of("google_project_iam_member").filter(({ id }) => !id.startsWith("Ci_"));
  const rolesIn = (grants: readonly Found[]) => [...new Set(grants.map(({ body }) => String(body.role)))];
  const grantable: readonly string[] = GRANTABLE_ROLES;
  // The foundation is deployed by a person, who may grant more.
  const beyond = rolesIn(granted.filter(({ layer }) => layer !== "foundation"));
  expect(beyond.length).toBeGreaterThan(10);
  expect(beyond.filter((role) => !grantable.includes(role))).toEqual([]);
  expect(grantable.filter((role) => !rolesIn(granted).includes(role))).toEqual([]);
});

test("who plans reads every object that a layer makes", () => {
  const grants = of("google_project_iam_member").filter(({ id }) => id.startsWith("Ci_plan-Objects"));
  const readable = grants.flatMap(({ body }) =>
    [...JSON.stringify(body).matchAll(/startsWith\('([^']+)'\)/g)].map(([, prefix = ""]) => prefix),
  );
  expect(readable.every((prefix) => prefix.endsWith("/"))).toBe(true);
  const objects = of("google_storage_bucket_object").map(
    ({ body }) => `projects/_/buckets/${bucketOf(String(body.bucket))}/objects/${body.name}`,
  );
  expect(objects.length).toBeGreaterThan(3);
  expect(objects.filter((name) => !readable.some((prefix) => name.startsWith(prefix)))).toEqual([]);
});

test("subnets and rules in a network of another project stand in that project", () => {
  const inShared = found.filter(({ type, body }) => /_(subnetwork|firewall)$/.test(type) && body.network === SHARED);
  expect(inShared.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["google_compute_firewall", "google_compute_subnetwork"]),
  );
  for (const { body } of inShared) expect(body).toMatchObject({ project: "acme-host" });
});

/** Name of a bucket, which may be given as a reference to the bucket. */
function bucketOf(text: string): string {
  const id = /google_storage_bucket\.([\w-]+)\.name/.exec(text)?.[1];
  return String(of("google_storage_bucket").find((bucket) => bucket.id === id)?.body.name ?? text);
}
