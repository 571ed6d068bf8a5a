import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { UpReport } from "../../../cli/up";
import { portHolder } from "../../../lib/local/runtime/ports";
import { answers, finished, type LocalEstate, listens, type PortName, until } from "../../support/local-estate";

/** Where each part answers when it is well. */
const HEALTH: Partial<Record<PortName, string>> = {
  tracking: "/health",
  gateway: "/healthz",
  qa: "/readyz",
  blue: "/healthz",
  green: "/healthz",
  scheduler: "/healthz",
};

export function faults(estate: LocalEstate): void {
  const healthy = async (part: PortName) => {
    const path = HEALTH[part];
    return path === undefined ? listens(estate.ports[part]) : answers(estate.url(part, path));
  };
  const pidOf = async (part: PortName) => {
    const holder = await portHolder(estate.ports[part]);
    if (!holder) throw new Error(`nothing listens on the port of ${part}`);
    return holder.pid;
  };
  const supervisor = () => Number(readFileSync(join(estate.directory, "supervisor/supervisord.pid"), "utf8"));
  const predicts = async () => {
    const report = await estate.json<UpReport>(["up", "local"]);
    expect(report.projects[0]?.prediction?.modelVersion).toBe("2");
    return report;
  };

  test.each<[PortName, number]>([
    ["qa", 5],
    ["blue", 5],
    ["green", 5],
    ["gateway", 5],
    ["scheduler", 5],
    ["database", 5],
    ["tracking", 15],
  ])("kill %s: it serves again within %i s, and `status` says what happened", async (part, seconds) => {
    const pid = await pidOf(part);
    process.kill(pid, "SIGKILL");
    await until(`${part} serves again`, seconds, async () => (await healthy(part)) && (await pidOf(part)) !== pid);
    const status = await estate.part(part);
    expect(status.restarts).toBeGreaterThanOrEqual(1);
    // MLflow's parent process ends by itself, with status 0, when its one worker is killed.
    expect(status.lastExit).toMatch(part === "tracking" ? /SIGKILL|status 0/ : /SIGKILL/);
  });

  test("kill the supervisor: `status` says so, clients are still served, and `up` brings it back", async () => {
    process.kill(supervisor(), "SIGKILL");
    await sleep(300);
    const parts = await estate.status();
    expect(parts.map(({ detail }) => detail ?? "").join("\n")).toMatch(/supervisor/);
    expect(await answers(estate.url("gateway", "/healthz"))).toBe(true);
    await predicts();
    expect(await estate.status()).toEqual(
      expect.arrayContaining([expect.objectContaining({ part: "gateway", healthy: true })]),
    );
  });

  test("two `up` at once: the second waits, and both end well", async () => {
    const both = await Promise.all([estate.mlops("up", "local"), estate.mlops("up", "local")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ stderr }) => stderr).join("\n")).toMatch(/wait/);
  });

  test.each([1500, 4000, 7000])("kill `up` after %i ms: the next `up` completes", async (milliseconds) => {
    expect((await estate.mlops("down", "local")).code).toBe(0);
    const child = estate.start("up", "local");
    const end = finished(child);
    await sleep(milliseconds);
    child.kill("SIGKILL");
    await end;
    await predicts();
  });

  test("interrupt `up`: it ends with 130, and the next `up` completes", async () => {
    expect((await estate.mlops("down", "local")).code).toBe(0);
    const child = estate.start("up", "local");
    const end = finished(child);
    await sleep(2500);
    child.kill("SIGINT");
    expect((await end).code).toBe(130);
    await predicts();
  });

  test("a port that is taken is named with its holder and the setting to change; nothing is started", async () => {
    expect((await estate.mlops("down", "local")).code).toBe(0);
    const thief = createServer().listen(estate.ports.gateway, "127.0.0.1");
    await sleep(100);
    const { code, stderr } = await estate.mlops("up", "local");
    thief.close();
    expect(code).toBe(1);
    expect(stderr).toContain(String(estate.ports.gateway));
    expect(stderr).toContain(`${process.pid}`);
    expect(stderr).toMatch(/clouds\.local\.ports\.gateway/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await listens(estate.ports.database)).toBe(false);
  });

  test("a backup can be restored: what came after it is gone, what was before is there", async () => {
    await predicts();
    const runs = async () => (await estate.json<{ runs: unknown[] }>(["pipeline", "list", "local"])).runs.length;
    const before = await runs();
    const { path } = await estate.json<{ path: string }>(["backup", "local"]);
    await estate.json(["pipeline", "run", "local", "diabetes", "--parameter", "train.alpha=1000"]);
    expect(await runs()).toBe(before + 1);
    await estate.json(["restore", "local", path, "--yes"]);
    expect(await runs()).toBe(before);
    await predicts();
  });
}
