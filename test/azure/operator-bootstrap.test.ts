import { createAzureBootstrapper } from "../../lib/azure/operator";
import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { type Answers, atOnce, type FakeAzure, fakeAzure, KIM, list, no, ok } from "./operator-support";
import { DEVELOPMENT, PRODUCTION } from "./support";

const { subscription, tenant } = PRODUCTION;
const SUBSCRIPTION = `/subscriptions/${subscription}`;
const names = new AzureNames(PRODUCTION);
const clouds: FakeAzure[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
});

/** A subscription that keeps what is written to it. `first` answers before it. */
function aSubscription(first: Answers = () => undefined): Answers {
  const registered = new Set<string>();
  const features = new Set<string>();
  const resources = new Map<string, Record<string, unknown>>();
  return (asked) => {
    const early = first(asked);
    if (early !== undefined) return early;
    const { method, path, body } = asked;
    const register = /\/providers\/([\w.]+)\/register$/.exec(path)?.[1];
    if (path === SUBSCRIPTION) return ok({ subscriptionId: subscription, tenantId: tenant, state: "Enabled" });
    if (path === `${SUBSCRIPTION}/providers`) {
      return list(...[...registered].map((namespace) => ({ namespace, registrationState: "Registered" })));
    }
    if (path.includes("/features/")) {
      const feature = path.replace(/\/register$/, "");
      if (method === "POST") features.add(feature);
      return ok({ properties: { state: features.has(feature) ? "Registered" : "NotRegistered" } });
    }
    if (register !== undefined) {
      registered.add(register);
      return ok({});
    }
    if (path.endsWith("/checknameavailability")) return ok({ nameAvailable: true });
    if (path.endsWith("/roleassignments")) {
      return list(...[...resources].flatMap(([id, row]) => (id.startsWith(`${path}/`) ? [row] : [])));
    }
    if (method === "GET") return resources.has(path) ? ok(resources.get(path)) : undefined;
    const before = resources.get(path) ?? {};
    const properties = { ...(before.properties as object), ...(body.properties as object) };
    resources.set(path, { ...before, ...body, properties });
    return ok(resources.get(path));
  };
}

async function start(answers: Answers, settings: AzureSettings = PRODUCTION, token?: string) {
  const cloud = await fakeAzure(answers, token);
  clouds.push(cloud);
  return { cloud, make: () => createAzureBootstrapper({ settings, access: cloud.access, pause: atOnce }) };
}

const states = (plan: readonly { readonly state: string }[]) => plan.map(({ state }) => state);
const shown = (
  plan: readonly { readonly action: string; readonly detail: string; readonly items: readonly string[] }[],
) => plan.flatMap(({ action, detail, items }) => [action, detail, ...items]).join("\n");

test("looking writes nothing, and shows every provider, feature, place and right that would be written", async () => {
  const { cloud, make } = await start(aSubscription());
  const plan = await make().plan();
  expect(cloud.writes()).toEqual([]);
  expect(new Set(states(plan))).toEqual(new Set(["create"]));
  expect(shown(plan)).toContain("Microsoft.MachineLearningServices");
  expect(shown(plan)).toContain("Microsoft.Compute/EncryptionAtHost");
  expect(shown(plan)).toContain(`state account ${names.stateAccount}`);
  expect(shown(plan)).toContain("Storage Blob Data Contributor to kim@acme.example");
  expect(shown(plan)).toContain("lock of the state account");
});

test("the second run finds everything there and writes nothing", async () => {
  const { cloud, make } = await start(aSubscription());
  const first = make();
  await first.plan();
  await first.carryOut(() => undefined);
  const written = cloud.writes().length;
  const second = make();
  const plan = await second.plan();
  await second.carryOut(() => undefined);
  expect(new Set(states(plan))).toEqual(new Set(["there"]));
  expect(cloud.writes()).toHaveLength(written);
});

test("the account takes no keys and is never public; versions are kept; the container is closed", async () => {
  const { cloud, make } = await start(aSubscription());
  const bootstrapper = make();
  await bootstrapper.plan();
  await bootstrapper.carryOut(() => undefined);
  const put = (ending: string) =>
    cloud.asked.find(({ method, path }) => method === "PUT" && path.endsWith(ending))?.body;
  expect(put(`/storageaccounts/${names.stateAccount}`)).toMatchObject({
    location: "koreacentral",
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    tags: { environment: "test", layer: "foundation" },
    properties: {
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      minimumTlsVersion: "TLS1_2",
      supportsHttpsTrafficOnly: true,
      encryption: { requireInfrastructureEncryption: true },
    },
  });
  expect(put("/blobservices/default")).toMatchObject({
    properties: { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 90 } },
  });
  expect(put("/containers/tfstate")).toEqual({ properties: { publicAccess: "None" } });
  expect(put("/locks/do-not-delete")).toMatchObject({ properties: { level: "CanNotDelete" } });
});

test("the right to the state is given to whoever is logged in, on the container only", async () => {
  const { cloud, make } = await start(aSubscription());
  const bootstrapper = make();
  await bootstrapper.plan();
  await bootstrapper.carryOut(() => undefined);
  const grant = cloud.asked.find(({ method, path }) => method === "PUT" && path.includes("/roleassignments/"));
  expect(grant?.path).toContain(`/storageaccounts/${names.stateAccount}/blobservices/default/containers/tfstate/`);
  expect(grant?.body).toMatchObject({ properties: { principalId: KIM.oid, principalType: "User" } });
});

test("a right that a group of theirs gives is enough", async () => {
  const held: Answers = ({ path }) =>
    path.endsWith("/roleassignments")
      ? list({ properties: { roleDefinitionId: "/x/b7e6dc6d-f1e8-4753-8033-0f276bb0955b" } })
      : undefined;
  const { make } = await start(aSubscription(held));
  const right = (await make().plan()).find(({ action }) => action === "right to the state");
  expect(right).toMatchObject({ state: "there", detail: "kim@acme.example holds it" });
});

test("a fresh identity that is not known everywhere yet is tried again", async () => {
  let tries = 0;
  const fresh: Answers = ({ method, path }) => {
    if (method !== "PUT" || !path.includes("/roleassignments/") || tries++ > 1) return undefined;
    return no(400, "PrincipalNotFound");
  };
  const { make } = await start(aSubscription(fresh));
  const bootstrapper = make();
  await bootstrapper.plan();
  await bootstrapper.carryOut(() => undefined);
  expect(tries).toBeGreaterThan(2);
});

test("what somebody changed on the account is named and set back; a closed network stays closed", async () => {
  const world = aSubscription();
  const { cloud, make } = await start(world);
  const bootstrapper = make();
  await bootstrapper.plan();
  await bootstrapper.carryOut(() => undefined);
  const path = `${names.stateResourceGroup}/providers/Microsoft.Storage/storageAccounts/${names.stateAccount}`;
  const account = `${SUBSCRIPTION}/resourceGroups/${path}`.toLowerCase();
  const properties = { allowSharedKeyAccess: true, publicNetworkAccess: "Disabled" };
  world({ method: "PATCH", path: account, query: new URLSearchParams(), body: { properties } });
  const again = make();
  const row = (await again.plan()).find(({ action }) => action.startsWith("state account"));
  expect(row).toMatchObject({ state: "update", items: ["properties.allowSharedKeyAccess"] });
  const before = cloud.writes().length;
  await again.carryOut(() => undefined);
  expect(cloud.writes().slice(before)).toEqual([`PATCH ${account}`]);
  expect(JSON.stringify(cloud.asked.at(-1)?.body)).not.toContain("publicNetworkAccess");
});

test("development has no lock, and a state in files needs no account", async () => {
  const development = await start(aSubscription(), DEVELOPMENT);
  expect(shown(await development.make().plan())).not.toContain("lock");
  const local = await start(aSubscription(), { ...PRODUCTION, backend: { type: "local" } });
  expect((await local.make().plan()).map(({ action }) => action)).toEqual(["resource providers", "features"]);
});

test("nothing of the cluster is asked for where one is brought along", async () => {
  const { make } = await start(aSubscription(), { ...PRODUCTION, existing: { cluster: "/x" } });
  expect(shown(await make().plan())).not.toContain("EncryptionAtHost");
});

test("a subscription of another tenant is refused with the right one", async () => {
  const other: Answers = ({ path }) =>
    path === SUBSCRIPTION ? ok({ tenantId: "another", state: "Enabled" }) : undefined;
  const { cloud, make } = await start(aSubscription(other));
  await expect(make().plan()).rejects.toThrow(/belongs to another.*Write tenant: another/);
  expect(cloud.writes()).toEqual([]);
});

test("a subscription that is switched off is refused", async () => {
  const off: Answers = ({ path }) => (path === SUBSCRIPTION ? ok({ tenantId: tenant, state: "Disabled" }) : undefined);
  const { make } = await start(aSubscription(off));
  await expect(make().plan()).rejects.toThrow(/nothing can be made in it: it is Disabled/);
});

test("somebody else's account of that name is refused, and nothing is written", async () => {
  const taken: Answers = ({ path }) =>
    path.endsWith("/checknameavailability") ? ok({ nameAvailable: false, message: "already taken" }) : undefined;
  const { cloud, make } = await start(aSubscription(taken));
  await expect(make().plan()).rejects.toThrow(/its name is taken.*backend: \{ type: azurerm, storageAccount: NAME \}/);
  expect(cloud.writes()).toEqual([]);
});

test("a subscription in which nothing is registered yet is no obstacle to looking", async () => {
  const bare: Answers = ({ path }) =>
    path.includes("/microsoft.storage/") ? no(409, "MissingSubscriptionRegistration") : undefined;
  const { make } = await start(aSubscription(bare));
  expect(new Set(states(await make().plan()))).toEqual(new Set(["create"]));
});

test.each([
  [
    "a right is missing",
    no(403, "AuthorizationFailed", "denied"),
    /It needs Microsoft\.\w+\/register\/action, which Contributor holds/,
  ],
  ["the login is over", no(401, "ExpiredAuthenticationToken"), /login has expired.*az login/],
])("when %s, the failed call says what to do", async (_what, answer, words) => {
  const broken: Answers = ({ path }) => (path.endsWith("/register") ? answer : undefined);
  const { make } = await start(aSubscription(broken));
  const bootstrapper = make();
  await bootstrapper.plan();
  await expect(bootstrapper.carryOut(() => undefined)).rejects.toThrow(words);
});

test("a provider that takes long is waited for", async () => {
  let looks = 0;
  const slow: Answers = ({ method, path }) => {
    if (method !== "GET" || path !== `${SUBSCRIPTION}/providers`) return undefined;
    looks += 1;
    return looks > 1 && looks < 4 ? list({ namespace: "Microsoft.App", registrationState: "Registering" }) : undefined;
  };
  const { make } = await start(aSubscription(slow));
  const bootstrapper = make();
  await bootstrapper.plan();
  await bootstrapper.carryOut(() => undefined);
  expect(looks).toBeGreaterThanOrEqual(4);
});

test("a token that does not say whose it is leaves the right to a person, and says so", async () => {
  const { make } = await start(aSubscription(), PRODUCTION, "opaque");
  const right = (await make().plan()).find(({ action }) => action === "right to the state");
  expect(right?.detail).toMatch(/give yourself Storage Blob Data Contributor/);
});

test("where nothing listens, the network is named", async () => {
  const { cloud, make } = await start(aSubscription());
  await cloud.close();
  clouds.splice(0);
  await expect(make().plan()).rejects.toThrow(/127\.0\.0\.1:\d+: nothing listens there.*Look at the network/);
});
