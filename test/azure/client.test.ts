import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, apiProblem } from "../../lib/azure/runtime/api-error";
import { AzureClient } from "../../lib/azure/runtime/client";
import { type Answers, atOnce, type FakeAzure, fakeAzure, list, no, ok } from "./operator-support";

const SCOPE = "/subscriptions/s/resourceGroups/g";
const PURPOSE = { what: "the account cannot be made", scope: SCOPE, action: "a/write", role: "Contributor" };
const clouds: FakeAzure[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function start(answers: Answers, token?: string) {
  const cloud = await fakeAzure(answers, token);
  clouds.push(cloud);
  const waited: number[] = [];
  const pause = async (milliseconds: number) => void waited.push(milliseconds);
  return { cloud, waited, client: new AzureClient({ access: cloud.access, pause }) };
}

describe("calls of Azure", () => {
  test("name the version of what they call", async () => {
    const { cloud, client } = await start(() => ok({ name: 1 }));
    await client.get("storage", "/subscriptions/s");
    expect(cloud.asked[0]?.query.get("api-version")).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test("are made again when Azure is busy, no sooner than it asks for", async () => {
    let calls = 0;
    const { client, waited } = await start(() => {
      calls += 1;
      return calls < 3 ? no(429, "TooManyRequests", "slow down", { "retry-after": "17" }) : ok({ name: "x" });
    });
    await expect(client.get("storage", "/x")).resolves.toEqual({ name: "x" });
    expect(waited).toEqual([17_000, 17_000]);
  });

  test("wait no longer than a minute, whatever is asked for, and give up in the end", async () => {
    const { client, waited } = await start(() => no(503, "ServerTimeout", "busy", { "retry-after": "86400" }));
    await expect(client.get("storage", "/x")).rejects.toMatchObject({ status: 503 });
    expect(new Set(waited)).toEqual(new Set([60_000]));
  });

  test("are made again when the connection breaks in the middle of an answer", async () => {
    let calls = 0;
    const server = createServer((_, response) => {
      calls += 1;
      response.writeHead(200, { "content-length": "11" });
      if (calls > 1) response.end('{"name":12}');
      else {
        response.write('{"name"');
        setTimeout(() => response.destroy(), 10);
      }
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoints = { RESOURCE_MANAGER: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const client = new AzureClient({ access: { endpoints, token: async () => "t" }, pause: atOnce });
    await expect(client.get("storage", "/x")).resolves.toEqual({ name: 12 });
    expect(calls).toBe(2);
  });

  test("follow a list to its last page, and never to another host", async () => {
    const { cloud, client } = await start(({ query }) =>
      query.get("page") === "2"
        ? list({ name: "b" })
        : ok({ value: [{ name: "a" }], nextLink: "https://elsewhere.example/subscriptions/s/things?page=2" }),
    );
    expect(await client.list("compute", "/subscriptions/s/things")).toEqual([{ name: "a" }, { name: "b" }]);
    expect(cloud.asked).toHaveLength(2);
  });

  test("find nothing where the resource provider is not registered", async () => {
    const { client } = await start(() => no(409, "MissingSubscriptionRegistration"));
    expect(await client.find("storage", "/x")).toBeNull();
    expect(await client.list("storage", "/x")).toEqual([]);
  });

  test("wait for what goes on after the answer, and read what was made", async () => {
    let looks = 0;
    const { client } = await start(({ method, path }) => {
      if (method === "PUT")
        return { ...ok({}, { "azure-asyncoperation": "https://x.example/operations/1" }), status: 201 };
      if (path !== "/operations/1") return ok({ made: true });
      looks += 1;
      return ok({ status: looks < 3 ? "InProgress" : "Succeeded" });
    });
    await expect(client.put("storage", "/x", {})).resolves.toEqual({ made: true });
    expect(looks).toBe(3);
  });

  test("say why what went on has failed", async () => {
    const { client } = await start(({ method }) =>
      method === "PUT"
        ? { ...ok({}, { location: "/operations/1" }), status: 202 }
        : ok({ status: "Failed", error: { code: "NoRoom", message: "there is no room" } }),
    );
    await expect(client.put("storage", "/x", {})).rejects.toMatchObject({ code: "NoRoom", words: "there is no room" });
  });

  test("stop waiting at once when a person interrupts", async () => {
    const interrupt = new AbortController();
    const access = { endpoints: {}, token: async () => "t", signal: interrupt.signal };
    const waiting = new AzureClient({ access }).wait(60_000);
    interrupt.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });

  test.each([0, 400, 401, 403, 404, 409, 429, 503])("that end with %i are told with a next step", (status) => {
    expect(apiProblem(new ApiError("storage", status, "", "words"), PURPOSE).fix).toMatch(/\w/);
  });

  test.each([
    [
      "AuthorizationFailed",
      403,
      /It needs a\/write, which Contributor holds: az role assignment create --assignee YOU/,
    ],
    ["InvalidAuthenticationTokenTenant", 401, /az login --tenant/],
    ["ScopeLocked", 409, /az lock list --resource \/subscriptions\/s/],
    ["RequestDisallowedByPolicy", 403, /have the organisation exempt/],
    ["MissingSubscriptionRegistration", 409, /mlops bootstrap/],
  ])("that are refused as %s say what to do about that", (code, status, fix) => {
    expect(apiProblem(new ApiError("storage", status, code, "words"), PURPOSE).fix).toMatch(fix);
  });
});

describe("calls of Azure DevOps", () => {
  const header = async (token: string) => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end("{}");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoints = { DEVOPS: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
    await new AzureClient({ access: { endpoints, token: async () => token } }).devops("acme/_apis/projects");
    return seen[0];
  };

  test("take a personal access token as a password, and a token of Entra as one", async () => {
    expect(await header("abc")).toBe(`Basic ${Buffer.from(":abc").toString("base64")}`);
    expect(await header("a.b.c")).toBe("Bearer a.b.c");
  });

  test("are not fooled by the page for logging in", async () => {
    const { client } = await start(() => ({ status: 203, body: "sign in" }));
    await expect(client.devops("acme/_apis/projects/1")).rejects.toMatchObject({ status: 401 });
  });
});
