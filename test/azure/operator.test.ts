import { createAzureOperator } from "../../lib/azure/operator";
import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { type Answers, atOnce, type FakeAzure, fakeAzure, list, no, ok } from "./operator-support";
import { DEVELOPMENT, PRODUCTION } from "./support";

const names = new AzureNames(PRODUCTION);
const clouds: FakeAzure[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
});

const LOCAL: AzureSettings = { ...PRODUCTION, backend: { type: "local" } };

async function operator(answers: Answers, settings: AzureSettings = LOCAL) {
  const cloud = await fakeAzure(answers);
  clouds.push(cloud);
  const made = createAzureOperator({
    settings,
    access: cloud.access,
    pause: atOnce,
    pools: [],
  });
  return { cloud, operator: made };
}

describe("status", () => {
  const tags = { environment: "test", layer: "data" };

  test("shows what carries the environment's tag, and nothing of others", async () => {
    const { operator: made } = await operator(({ path }) => {
      if (path.endsWith("/flexibleservers") && path.includes("postgres"))
        return list({ name: "db", tags, properties: { state: "Stopped", fullyQualifiedDomainName: "db.example" } });
      if (path.endsWith("/containerapps")) {
        const properties = { provisioningState: "Succeeded", configuration: { ingress: { fqdn: "qa.example" } } };
        return list(
          {
            name: "qa",
            tags: { ...tags, layer: "serving" },
            properties,
            systemData: { createdAt: "2026-11-20T12:00:00Z" },
          },
          { name: "other", tags: { environment: "other" }, properties },
        );
      }
      if (path.endsWith("/onlineendpoints"))
        return list({
          name: "predict",
          tags: { ...tags, layer: "serving" },
          properties: { provisioningState: "Succeeded", traffic: {} },
        });
      return undefined;
    });
    expect(await made.status()).toMatchObject([
      { part: "db", layer: "data", state: "stopped", healthy: false, address: "db.example" },
      { part: "predict", state: "stopped", detail: expect.stringContaining("a release does that") },
      {
        part: "qa",
        layer: "serving",
        state: "running",
        healthy: true,
        address: "https://qa.example",
        since: "2026-11-20T12:00:00Z",
      },
    ]);
  });

  test("is empty before anything is deployed", async () => {
    const { operator: made } = await operator(() => no(404, "ResourceGroupNotFound"));
    expect(await made.status()).toEqual([]);
    const { operator: fresh } = await operator(() => no(409, "MissingSubscriptionRegistration"));
    expect(await fresh.status()).toEqual([]);
  });
});

describe("after a deployment", () => {
  const name = names.databaseAccessJob("ml");
  const id = `${names.resourceGroupId}/providers/Microsoft.App/jobs/${name}`;
  const job = { id, name, systemData: { lastModifiedAt: "2026-11-20T12:00:00Z" } };
  const run = (status: string, startTime: string) => ({ name: "run-1", properties: { status, startTime } });
  const world =
    (before: readonly object[], after: string): Answers =>
    ({ path }) => {
      if (path.endsWith("/microsoft.app/jobs")) return list(job, { id: "/x", name: "somebody-elses" });
      if (path.endsWith("/start")) return ok({ name: "run-2" });
      if (path.endsWith("/executions/run-2")) return ok({ properties: { status: after } });
      return path.endsWith("/executions") ? list(...before) : undefined;
    };

  test("jobs that give rights in databases are run and waited for", async () => {
    const { cloud, operator: made } = await operator(world([], "Succeeded"));
    expect(await made.reconcile(() => undefined)).toEqual([{ part: name, change: "started" }]);
    expect(cloud.writes()).toEqual([`POST ${id.toLowerCase()}/start`]);
  });

  test("one that is only accepted is found by where it goes on", async () => {
    const { operator: made } = await operator((asked) => {
      if (asked.path.endsWith("/start"))
        return { ...ok({}, { location: "https://x.example/operations/7" }), status: 202 };
      return asked.path === "/operations/7" ? ok({ name: "run-2" }) : world([], "Succeeded")(asked);
    });
    expect(await made.reconcile(() => undefined)).toEqual([{ part: name, change: "started" }]);
  });

  test("one that ended well since it was last changed is not run again", async () => {
    const runs = [run("Failed", "2026-11-20T12:01:00Z"), run("Succeeded", "2026-11-20T12:05:00Z")];
    const { cloud, operator: made } = await operator(world(runs, ""));
    expect(await made.reconcile(() => undefined)).toEqual([{ part: name, change: "unchanged" }]);
    expect(cloud.writes()).toEqual([]);
  });

  test("one that was changed after it ended is run again", async () => {
    const { operator: made } = await operator(world([run("Succeeded", "2026-11-20T11:59:00Z")], "Succeeded"));
    expect(await made.reconcile(() => undefined)).toEqual([{ part: name, change: "started" }]);
  });

  test("one that failed is named with the way to its logs", async () => {
    const { operator: made } = await operator(world([], "Failed"));
    await expect(made.reconcile(() => undefined)).rejects.toThrow(
      /database-access.*: the job failed.*az containerapp job execution list/,
    );
  });
});

describe("a backup", () => {
  const server = {
    id: `${names.resourceGroupId}/providers/Microsoft.DBforPostgreSQL/flexibleServers/db`,
    name: "db",
    tags: { environment: "test" },
  };

  test("is made by Azure, waited for, and named by its id", async () => {
    let looks = 0;
    const { operator: made } = await operator(({ method, path }) => {
      if (path.endsWith("/flexibleservers")) return path.includes("postgres") ? list(server) : list();
      if (method === "PUT") return { ...ok({}, { "azure-asyncoperation": "/operations/b" }), status: 202 };
      if (path === "/operations/b") return ok({ status: looks++ === 0 ? "InProgress" : "Succeeded" });
      return path.includes("/backups/") ? ok({ name: "b" }) : undefined;
    });
    const { path } = await made.backup(() => undefined);
    expect(path).toMatch(new RegExp(`^${server.id}/backups/mlops-\\d{14}$`));
    expect(looks).toBe(2);
  });

  test("of nothing says which layer makes the database", async () => {
    const { operator: made } = await operator(() => undefined);
    await expect(made.backup(() => undefined)).rejects.toThrow(/no database to save.*mlops deploy test --layer data/);
  });
});

describe("what it cannot do", () => {
  test("is refused with the reason and what does it instead, and asks nobody", async () => {
    const { cloud, operator: made } = await operator(() => undefined, DEVELOPMENT);
    await expect(made.stop(() => undefined)).rejects.toThrow(/scale to zero.*mlops destroy test/);
    await expect(made.restore("x", () => undefined)).rejects.toThrow(
      new RegExp(`az postgres flexible-server restore --source-server ${names.databaseServer}`),
    );
    await expect(made.purge()).rejects.toThrow(/mlops destroy test/);
    await expect(made.database("ledger")).rejects.toThrow(/no public address/);
    for (const member of ["serving", "pipelines", "models"] as const) expect(() => made[member]).toThrow(/network/);
    expect(cloud.asked).toEqual([]);
  });

  test("without Azure DevOps, pipelines are started at their endpoint", async () => {
    const { operator: made } = await operator(() => undefined, { ...DEVELOPMENT, devops: undefined });
    expect(made.unavailable?.pipelines?.fix).toMatch(/az ml batch-endpoint invoke/);
  });
});
