import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { judgeLoad, type LoadPolicy, type LoadResult, percentile, runLoad } from "../../operations/load";

const policy: LoadPolicy = {
  connections: 4,
  durationSeconds: 1,
  warmupSeconds: 0,
  minRps: 10,
  maxP95Ms: 200,
  maxP99Ms: 500,
  maxErrorRate: 0,
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(handle: RequestListener): Promise<string> {
  server = createServer(handle).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/predict`;
}

test("a service that answers passes, is sent every body, and the warm-up is not counted", async () => {
  const bodies = new Set<string>();
  let warm = 0;
  const started = Date.now();
  const url = await serve((request, response) => {
    // The first second is slow, as a service is that was just started.
    const slow = Date.now() - started < 900;
    if (slow) warm += 1;
    request.on("data", (chunk) => bodies.add(String(chunk)));
    request.on("end", () => setTimeout(() => response.end("{}"), slow ? 300 : 0));
  });
  const result = await runLoad({ url, bodies: ['{"a":1}', '{"a":2}'] }, { ...policy, warmupSeconds: 1 });
  expect(judgeLoad(result, policy)).toEqual([]);
  expect([...bodies].sort()).toEqual(['{"a":1}', '{"a":2}']);
  expect(warm).toBeGreaterThan(0);
  expect(result.p99Ms).toBeLessThan(300);
  expect(result.completed).toBeGreaterThan(50);
  expect(result.seconds).toBeLessThan(3);
}, 15_000);

test("errors and slow answers fail with the measured and the allowed value", async () => {
  let count = 0;
  const url = await serve((_request, response) => {
    count += 1;
    if (count % 2) response.writeHead(500).end();
    else setTimeout(() => response.end("{}"), 120);
  });
  const result = await runLoad({ url, bodies: ["{}"] }, policy);
  const strict = { ...policy, maxP95Ms: 50, maxP99Ms: 50, minRps: 100_000 };
  expect(judgeLoad(result, strict).join("\n")).toMatch(
    /% of requests failed, 0 % is allowed\n.*100000 are wanted\np95 latency is .* 50 ms is allowed\np99 latency/,
  );
}, 15_000);

test("a service that is not there fails: no request completed", async () => {
  const url = await serve(() => undefined);
  server?.close();
  const result = await runLoad({ url, bodies: ["{}"] }, policy);
  expect(result.completed).toBe(0);
  expect(judgeLoad(result, policy)).toEqual([
    expect.stringMatching(/^no request completed \(\d+ without an answer\)$/),
  ]);
}, 15_000);

test("an interruption ends it at once", async () => {
  const url = await serve((_request, response) => response.end("{}"));
  const started = Date.now();
  const run = runLoad({ url, bodies: ["{}"] }, { ...policy, durationSeconds: 60 }, AbortSignal.timeout(300));
  await expect(run).rejects.toThrow(/timeout|abort/i);
  expect(Date.now() - started).toBeLessThan(5000);
}, 15_000);

test("limits that are not numbers, or results that are not, never pass", () => {
  const good: LoadResult = {
    seconds: 1,
    completed: 100,
    non2xx: 0,
    unanswered: 0,
    rps: 100,
    p50Ms: 1,
    p95Ms: 1,
    p99Ms: 1,
  };
  expect(judgeLoad(good, policy)).toEqual([]);
  expect(judgeLoad({ ...good, completed: Number.NaN }, policy)).not.toEqual([]);
  expect(judgeLoad({ ...good, rps: Number.NaN }, policy)).not.toEqual([]);
  expect(judgeLoad({ ...good, p95Ms: null }, policy)).not.toEqual([]);
  expect(judgeLoad(good, { ...policy, maxP99Ms: Number.NaN })).not.toEqual([]);
});

test("a percentile is a value that at least that share of the values does not exceed", () => {
  expect(percentile([], 0.5)).toBeNull();
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, q) => {
        const sorted = values.toSorted((a, b) => a - b);
        const value = percentile(sorted, q) ?? Number.NaN;
        expect(sorted).toContain(value);
        expect(sorted.filter((other) => other <= value).length).toBeGreaterThanOrEqual(q * sorted.length - 1e-9);
      },
    ),
  );
});
