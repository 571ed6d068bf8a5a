import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, apiProblem, GoogleClient } from "../../lib/gcp/runtime/client";
import { atOnce } from "./operator-support";

const PURPOSE = { what: "the bucket cannot be made", project: "acme", permission: "p", role: "r" };
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function clientOf(server: Server, signal?: AbortSignal): Promise<GoogleClient> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoints = { STORAGE: `http://127.0.0.1:${port}/` };
  const access = { endpoints, token: async () => "token", ...(signal ? { signal } : {}) };
  return new GoogleClient({ access, project: "acme", region: "europe-west1", ...(signal ? {} : { pause: atOnce }) });
}

describe("calls of Google Cloud", () => {
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
    await expect((await clientOf(server)).get("storage", "b/x")).resolves.toEqual({ name: 12 });
    expect(calls).toBe(2);
  });

  test("stop waiting at once when a person interrupts", async () => {
    const interrupt = new AbortController();
    const client = await clientOf(createServer(), interrupt.signal);
    const started = performance.now();
    const waiting = client.wait(60_000);
    interrupt.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test.each([0, 400, 401, 403, 404, 409, 412, 429, 503])("that end with %i are told with a next step", (status) => {
    expect(apiProblem(new ApiError("storage", status, "", "words"), PURPOSE).fix).toMatch(/\w/);
  });
});
