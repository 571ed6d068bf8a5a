/** The gateway between two little slots: who serves which request, and that no failure loses one. */
import { once } from "node:events";
import http from "node:http";
import { chooseSlot } from "../../lib/local/runtime/gateway-traffic";
import {
  BODY,
  canaryAt,
  deadPort,
  echo,
  gateway,
  metric,
  PREDICT,
  STABLE_ONLY,
  slot,
  twoSlots,
} from "./gateway-support";

describe("passing on", () => {
  test("the slot gets the request as it was sent, and the client its answer", async () => {
    const { url } = await twoSlots();
    const body = Buffer.from([0, 255, 34, 10]);
    const answer = await fetch(`${url}${PREDICT}?a=1&a=2`, {
      method: "POST",
      body,
      headers: { "x-request-id": "order-1", "content-type": "application/octet-stream", "x-other": "kept" },
    });
    const got = (await answer.json()) as { headers: Record<string, string>; url: string; method: string; body: string };
    expect(got).toMatchObject({ method: "POST", url: `${PREDICT}?a=1&a=2`, body: body.toString() });
    expect(got.headers).toMatchObject({ "x-request-id": "order-1", "x-other": "kept", "content-length": "4" });
    expect(answer.headers.get("x-model-version")).toBe("1");
    expect(answer.headers.get("x-mlops-role")).toBe("stable");
    expect(answer.headers.get("x-mlops-slot")).toBe("blue");
  });

  test("headers of one connection are not passed on", async () => {
    const { url } = await twoSlots();
    const request = http.request(`${url}${PREDICT}`, {
      method: "POST",
      headers: {
        connection: "x-secret, close",
        "x-secret": "s",
        expect: "100-continue",
        te: "trailers",
        upgrade: "h2c",
      },
    });
    request.end(BODY);
    const [answer] = (await once(request, "response")) as [http.IncomingMessage];
    let text = "";
    for await (const chunk of answer) text += chunk;
    expect(answer.statusCode).toBe(200);
    const { headers } = JSON.parse(text);
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["x-secret"]));
    for (const name of ["x-secret", "expect", "te", "upgrade"]) expect(headers).not.toHaveProperty(name);
  });

  test.each([undefined, "two words", "x".repeat(129)])("a request id %p is replaced by a new one", async (id) => {
    const { predict } = await twoSlots();
    const answer = await predict({ id });
    const { headers } = (await answer.json()) as { headers: Record<string, string> };
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("what a slot refuses is passed back as it is, and not tried again", async () => {
    let asked = 0;
    const green = await slot((_request, _body, response) => {
      asked++;
      response.writeHead(500, { "content-type": "application/json", "x-request-id": "r" }).end('{"error":"drill"}');
    });
    const { predict, metrics } = await gateway({ slots: { blue: await slot(echo("1")), green } }, canaryAt(100));
    const answer = await predict();
    expect([answer.status, await answer.json()]).toEqual([500, { error: "drill" }]);
    expect(asked).toBe(1);
    expect(metric(await metrics(), "gateway_requests_total", { role: "canary", code: "500" })).toBe(1);
  });

  test.each(["/v1/../metrics", "/v1/%2e%2e/metrics", "/other", "/"])("%s is not passed on", async (path) => {
    const { url } = await twoSlots();
    const request = http.request({ host: "127.0.0.1", port: new URL(url).port, path }).end();
    const [answer] = (await once(request, "response")) as [http.IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(404);
  });

  test("a body that is too large is refused with its limit", async () => {
    const { predict } = await twoSlots({ maxBodyBytes: 100 });
    const answer = await predict({ body: "x".repeat(101) });
    expect([answer.status, await answer.json()]).toEqual([413, { error: "the body is larger than 100 bytes" }]);
    expect(answer.headers.get("x-request-id")).toBeTruthy();
  });
});

describe("splitting", () => {
  test("clients see the share that was asked for, and each id its own slot", async () => {
    const { predict } = await twoSlots({}, canaryAt(20));
    const ids = Array.from({ length: 200 }, (_, index) => `r${index}`);
    const roles = async () => {
      const seen: Record<string, string | null> = {};
      const left = [...ids];
      const client = async () => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) {
          const answer = await predict({ id });
          await answer.arrayBuffer();
          seen[id] = answer.headers.get("x-mlops-role");
        }
      };
      await Promise.all(Array.from({ length: 10 }, client));
      return seen;
    };
    const first = await roles();
    expect(first).toEqual(Object.fromEntries(ids.map((id) => [id, chooseSlot(id, canaryAt(20)).role])));
    expect(Object.values(first).filter((role) => role === "canary").length).toBeGreaterThan(15);
    expect(await roles()).toEqual(first);
  }, 20_000);

  test("a pinned request goes where it is pinned, whatever the share", async () => {
    const { predict, traffic } = await twoSlots({}, canaryAt(0));
    const version = async (role: string) =>
      (await predict({ headers: { "x-mlops-role": role } })).headers.get("x-model-version");
    expect(await version("canary")).toBe("2");
    traffic.current = canaryAt(100);
    expect(await version("stable")).toBe("1");
  });

  test("a pin that cannot be kept is refused, not bent", async () => {
    const { predict } = await twoSlots();
    expect((await predict({ headers: { "x-mlops-role": "canary" } })).status).toBe(409);
    expect((await predict({ headers: { "x-mlops-role": "blue" } })).status).toBe(400);
  });
});

describe("when a slot fails", () => {
  test("a canary that cannot be reached is replaced by the stable model, and counted", async () => {
    const slots = { blue: await slot(echo("1")), green: await deadPort() };
    const { predict, metrics } = await gateway({ slots }, canaryAt(100));
    const answer = await predict({ id: "order-1" });
    const got = (await answer.json()) as { body: string; headers: Record<string, string> };
    expect([answer.status, answer.headers.get("x-mlops-role")]).toEqual([200, "stable"]);
    expect([got.body, got.headers["x-request-id"]]).toEqual([BODY, "order-1"]);
    const page = await metrics();
    expect(metric(page, "gateway_requests_total", { role: "canary", slot: "green", code: "502" })).toBe(1);
    expect(metric(page, "gateway_requests_total", { role: "stable", slot: "blue", version: "1", code: "200" })).toBe(1);
    expect(metric(page, "gateway_retries_total", { role: "canary" })).toBe(1);
  });

  test.each([
    ["at once", (response: http.ServerResponse) => response.socket?.destroy()],
    [
      "half way through its answer",
      (response: http.ServerResponse) => {
        response.writeHead(200, { "content-length": "50" });
        response.write("half", () => response.socket?.destroy());
      },
    ],
  ])("a canary that hangs up %s is replaced by the stable model", async (_when, hangUp) => {
    const green = await slot((_request, _body, response) => hangUp(response));
    const { predict } = await gateway({ slots: { blue: await slot(echo("1")), green } }, canaryAt(100));
    const answer = await predict();
    expect([answer.status, ((await answer.json()) as { version: string }).version]).toEqual([200, "1"]);
  });

  test("a stable connection that breaks is tried once more", async () => {
    let asked = 0;
    const blue = await slot((request, body, response) => {
      if (++asked === 1) response.socket?.destroy();
      else echo("1")(request, body, response);
    });
    const { predict } = await gateway({ slots: { blue } });
    expect((await predict()).status).toBe(200);
    expect(asked).toBe(2);
  });

  test("a stable model that cannot be reached is a 502 that says so", async () => {
    const { predict } = await gateway({ slots: { blue: await deadPort() } });
    const answer = await predict({ id: "order-1" });
    expect([answer.status, await answer.json()]).toEqual([502, { error: "the stable model (blue) cannot be reached" }]);
    expect(answer.headers.get("x-request-id")).toBe("order-1");
  });

  test("a pinned canary that cannot be reached is a 502, not the stable model's answer", async () => {
    const slots = { blue: await slot(echo("1")), green: await deadPort() };
    const { predict } = await gateway({ slots }, canaryAt(10));
    const answer = await predict({ headers: { "x-mlops-role": "canary" } });
    expect([answer.status, answer.headers.get("x-mlops-role")]).toEqual([502, "canary"]);
  });

  test("a slot that answers too late is a 504, and is not asked again", async () => {
    let asked = 0;
    const green = await slot(() => asked++);
    const slots = { blue: await slot(echo("1")), green };
    const { predict, metrics } = await gateway({ slots, timeoutMs: 300 }, canaryAt(100));
    const answer = await predict();
    expect(answer.status).toBe(504);
    expect(((await answer.json()) as { error: string }).error).toBe(
      "the canary model (green) gave no answer within 300 ms",
    );
    expect(asked).toBe(1);
    expect(metric(await metrics(), "gateway_requests_total", { role: "canary", code: "504" })).toBe(1);
  });

  test("an answer whose end does not come is a 504", async () => {
    const blue = await slot((_request, _body, response) => {
      response.writeHead(200, { "content-length": "50" });
      response.write("half");
    });
    const { predict } = await gateway({ slots: { blue }, timeoutMs: 300 });
    expect((await predict()).status).toBe(504);
  });
});

describe("before the first release", () => {
  test("a traffic file without a project is no release, and can be looked at", async () => {
    const { predict, url } = await twoSlots({}, { ...STABLE_ONLY, generation: 0, project: null });
    expect((await predict()).status).toBe(503);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${url}/-/traffic`)).json()).toMatchObject({ generation: 0, project: null });
  });

  test("it lives, is not ready, and says why", async () => {
    const { predict, url, metrics } = await twoSlots({}, null);
    const answer = await predict();
    expect([answer.status, await answer.json()]).toEqual([503, { error: "no model released" }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/-/traffic`)).status).toBe(503);
    expect(metric(await metrics(), "gateway_requests_total", { role: "none", code: "503" })).toBe(1);
  });
});
