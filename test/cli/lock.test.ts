import fs from "node:fs";
import path from "node:path";
import { currentHolder } from "../../cli/lock";
import { ROOT, type Running, start, temporary } from "./support";

jest.setTimeout(60_000);

const CONTENDER = path.join(ROOT, "test", "cli", "contender.cjs");

/** A process that takes the lock, says `held`, and keeps it until its standard input ends. */
function contender(file: string, { wait = 30, command = "mlops up local", counter = "" } = {}): Running {
  return start([CONTENDER, file, String(wait), command, counter]);
}

describe("the lock of an environment", () => {
  test("makes the second writer wait, and tells for whom and since when", async () => {
    const file = path.join(temporary(), "local.json");
    const first = contender(file);
    await first.says("held");
    const second = contender(file, { command: "mlops deploy local" });
    await second.says("waiting for `mlops up local`");
    first.child.stdin?.end();
    await second.says("held");
    second.child.stdin?.end();
    const { code, stderr } = await second.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`\\(process ${first.child.pid}\\), writing since 20\\d\\d-`));
    expect((await first.ended).code).toBe(0);
    expect(fs.existsSync(file)).toBe(false);
  });

  test("is refused after the wait, and the holder keeps it", async () => {
    const file = path.join(temporary(), "local.json");
    const first = contender(file);
    await first.says("held");
    const { code, stderr } = await contender(file, { wait: 0 }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`process ${first.child.pid}\\) has been writing since .*waited 0 s`));
    expect(currentHolder(file)?.pid).toBe(first.child.pid);
    first.child.stdin?.end();
    await first.ended;
  });

  test("of a killed holder is taken over at once", async () => {
    const file = path.join(temporary(), "local.json");
    const first = contender(file);
    await first.says("held");
    first.child.kill("SIGKILL");
    await first.ended;
    expect(fs.existsSync(file)).toBe(true);
    expect(currentHolder(file)).toBeNull();
    const started = Date.now();
    const second = contender(file, { wait: 0 });
    await second.says("held");
    second.child.stdin?.end();
    expect((await second.ended).stderr).toMatch(/took over .* from `mlops up local`/);
    expect(Date.now() - started).toBeLessThan(4000);
  });

  test("is not fooled by a process that got a dead holder's number", async () => {
    const file = path.join(temporary(), "local.json");
    const first = contender(file);
    await first.says("held");
    const holder = JSON.parse(fs.readFileSync(file, "utf8")) as { started: string | null };
    expect(currentHolder(file)).not.toBeNull();
    if (holder.started === null) return; // The system does not tell when a process started.
    fs.writeFileSync(file, JSON.stringify({ ...holder, started: "1" }));
    expect(currentHolder(file)).toBeNull();
    first.child.kill("SIGKILL");
    await first.ended;
  });

  test("is never held by two, even when a killed holder leaves it to many", async () => {
    const folder = temporary();
    const [file, counter] = [path.join(folder, "local.json"), path.join(folder, "counter")];
    fs.writeFileSync(counter, "0");
    const dead = contender(file);
    await dead.says("held");
    dead.child.kill("SIGKILL");
    await dead.ended;
    const many = Array.from({ length: 6 }, () => contender(file, { counter }));
    expect((await Promise.all(many.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    // Each reads, waits, and writes one more: an overlap loses a count.
    expect(fs.readFileSync(counter, "utf8")).toBe("6");
  });
});
