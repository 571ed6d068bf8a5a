/** The gateway as a process: changes of the traffic file under load, its end, and where it listens. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Traffic } from "../../lib/local/runtime/gateway-traffic";
import { BODY, canaryAt, closing, deadPort, echo, ends, PREDICT, STABLE_ONLY, slot } from "./gateway-support";

let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  path = join(folder, "traffic.json");
  closing.push(() => rmSync(folder, { recursive: true }));
});
const write = (traffic: Traffic) => {
  writeFileSync(`${path}.new`, JSON.stringify(traffic));
  renameSync(`${path}.new`, path);
};

describe("the gateway's process", () => {
  async function start(
    slots: Record<string, number>,
    log: "inherit" | "pipe" = "inherit",
  ): Promise<{ url: string; child: ChildProcess }> {
    const port = await deadPort();
    const pairs = Object.entries(slots).flatMap(([name, at]) => ["--slot", `${name}=${at}`]);
    const launcher = resolve(__dirname, "../../lib/local/runtime/gateway.cjs");
    const child = spawn(process.execPath, [launcher, "--port", `${port}`, "--traffic-file", path, ...pairs], {
      stdio: ["ignore", log === "pipe" ? "pipe" : "ignore", log],
    });
    closing.push(async () => {
      if (child.exitCode === null && child.kill()) await once(child, "exit");
    });
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 200; tries++) {
      if (child.exitCode !== null) break;
      const up = await fetch(`${url}/healthz`).catch(() => null);
      if (up) return { url, child };
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error("the gateway did not start");
  }
  const generationOf = async (url: string) =>
    ((await (await fetch(`${url}/-/traffic`)).json()) as { generation: number }).generation;

  test("changes of the weights under load, and the canary's end, lose no request", async () => {
    write(STABLE_ONLY);
    const green = await slot(echo("2"));
    const { url, child } = await start({ blue: await slot(echo("1")), green });
    let running = true;
    const codes: number[] = [];
    const versions = new Set<string | null>();
    const clients = Array.from({ length: 8 }, async () => {
      while (running) {
        const answer = await fetch(`${url}${PREDICT}`, { method: "POST", body: BODY });
        await answer.arrayBuffer();
        codes.push(answer.status);
        versions.add(answer.headers.get("x-model-version"));
      }
    });
    let generation = 1;
    const steps = [10, 20, 100, 0, 50];
    for (const canaryPercent of steps) {
      write({ ...canaryAt(canaryPercent), generation: ++generation });
      const deadline = Date.now() + 2000;
      while ((await generationOf(url)) !== generation) expect(Date.now()).toBeLessThan(deadline);
      await new Promise((done) => setTimeout(done, 100));
    }
    const before = codes.length;
    ends.get(green)?.();
    await new Promise((done) => setTimeout(done, 200));
    expect(codes.length).toBeGreaterThan(before);
    running = false;
    await Promise.all(clients);
    expect(new Set(codes)).toEqual(new Set([200]));
    expect(versions).toEqual(new Set(["1", "2"]));
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  }, 20_000);

  test("SIGTERM answers what is in flight before it ends", async () => {
    write(STABLE_ONLY);
    const blue = await slot((request, body, response) => setTimeout(() => echo("1")(request, body, response), 500));
    const { url, child } = await start({ blue, green: await deadPort() });
    const answers = Array.from({ length: 5 }, () => fetch(`${url}${PREDICT}`, { method: "POST", body: BODY }));
    await new Promise((done) => setTimeout(done, 250));
    child.kill("SIGTERM");
    const ends = (await Promise.all(answers)).map(({ status, headers }) => [status, headers.get("connection")]);
    // Told to hang up: a client that kept its connection would hold the gateway open.
    expect(ends).toEqual(Array(5).fill([200, "close"]));
    expect(await once(child, "exit")).toEqual([0, null]);
  }, 20_000);

  test("it goes on serving when nobody reads its log any more, as after a kill of the supervisor", async () => {
    write(STABLE_ONLY);
    const { url, child } = await start({ blue: await slot(echo("1")), green: await slot(echo("2")) }, "pipe");
    child.stdout?.destroy();
    child.stderr?.destroy();
    for (const generation of [2, 3]) {
      write({ ...canaryAt(50), generation });
      while ((await generationOf(url)) !== generation) await new Promise((done) => setTimeout(done, 50));
    }
    expect((await fetch(`${url}${PREDICT}`, { method: "POST", body: BODY })).status).toBe(200);
  }, 20_000);

  test("nothing listens beyond 127.0.0.1", async () => {
    const { url } = await start({ blue: await deadPort() });
    const { port } = new URL(url);
    // On Linux all of 127/8 is loopback: 127.0.0.2 answers only if it listens on every address.
    if (process.platform !== "linux") return;
    const socket = net.connect(Number(port), "127.0.0.2");
    const [error] = (await once(socket, "error").catch((reason) => [reason])) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
  }, 20_000);
});
