import { spawn } from "node:child_process";
import net from "node:net";
import { problemLine } from "../../../lib/core/errors";
import { foreignPorts } from "../../../lib/local/runtime/checks";
import { census, politeSignal, processesOf } from "../../../lib/local/runtime/leftovers";
import { listeningInodes, portProblem } from "../../../lib/local/runtime/ports";
import {
  endProcesses,
  isAlive,
  listProcesses,
  type ProcessInfo,
  parsePs,
  parseStat,
} from "../../../lib/local/runtime/processes";

const ESTATE = "/estates/mine";
const info = (pid: number, parent: number, part: string | null, estate: string | null = ESTATE): ProcessInfo => ({
  pid,
  parent,
  group: pid,
  command: "x",
  estate,
  part,
  folder: null,
});

describe("who was left behind", () => {
  const supervisor = info(10, 1, "supervisor");

  test("nobody, while the supervisor lives above every program", () => {
    const found = census([supervisor, info(11, 10, "qa"), info(12, 11, "qa")], ESTATE, 10, 99);
    expect(found).toMatchObject({ supervisor: { pid: 10 }, leftovers: [] });
  });

  test("every program, once the supervisor is gone", () => {
    const found = census([info(11, 1, "qa"), info(12, 11, "qa")], ESTATE, 10, 99);
    expect(found.supervisor).toBeNull();
    expect(found.leftovers.map(({ pid }) => pid)).toEqual([11, 12]);
  });

  test("not a process that got the dead supervisor's number", () => {
    const found = census([info(10, 1, null, null), info(11, 1, "qa")], ESTATE, 10, 99);
    expect(found.supervisor).toBeNull();
    expect(found.leftovers.map(({ pid }) => pid)).toEqual([11]);
  });

  test("what goes on after its folder was moved belongs to it; another estate does not", () => {
    const moved = { ...info(11, 1, "gateway", "/estates/old"), folder: `${ESTATE}/run` };
    const sibling = info(12, 1, "qa", "/estates/old");
    const other = { ...info(13, 1, "qa", "/estates/mine-too"), folder: "/estates/mine-too" };
    const unmarked = { ...info(14, 1, null, null), folder: ESTATE };
    expect(processesOf([moved, sibling, other, unmarked], ESTATE).map(({ pid }) => pid)).toEqual([11, 12]);
    expect(census([moved, sibling, other, unmarked], ESTATE, null, 99).leftovers).toHaveLength(2);
  });

  test("not the processes of another estate", () => {
    expect(census([info(11, 1, "qa", "/estates/other")], ESTATE, null, 99).leftovers).toEqual([]);
  });

  test("not who asks, nor what started it: a scheduled run may be the one that asks", () => {
    const tree = [info(20, 1, "scheduler"), info(21, 20, "scheduler"), info(30, 1, "qa")];
    expect(census(tree, ESTATE, null, 21).leftovers.map(({ pid }) => pid)).toEqual([30]);
  });

  test("not a pipeline that somebody runs at this moment, but it is known", () => {
    const found = census([supervisor, info(40, 5, "pipeline")], ESTATE, 10, 99);
    expect(found.leftovers).toEqual([]);
    expect(found.runs.map(({ pid }) => pid)).toEqual([40]);
  });

  test("a supervisor is found even when its pid file is gone", () => {
    expect(census([supervisor], ESTATE, null, 99).supervisor).toMatchObject({ pid: 10 });
  });

  test("PostgreSQL is asked by SIGINT: on SIGTERM it would wait for its clients", () => {
    expect([politeSignal({ part: "database" }), politeSignal({ part: "qa" })]).toEqual(["SIGINT", "SIGTERM"]);
  });
});

describe("the process table", () => {
  test("a name with spaces and parentheses does not shift the fields", () => {
    expect(parseStat("42 (a (b) c) S 7 42 42 0")).toEqual({ parent: 7, group: 42 });
  });

  test("a zombie is not alive", () => {
    expect(parseStat("42 (x) Z 7 42 42 0")).toBeNull();
  });

  test("ps of macOS: an estate's path with spaces is read whole", () => {
    const text = "  42     1    42 S    node gateway.cjs MLOPS_ESTATE=/Users/me/my estate MLOPS_PART=qa TZ=UTC\n";
    expect(parsePs(text)).toMatchObject([{ pid: 42, estate: "/Users/me/my estate", part: "qa" }]);
  });

  test("a process that ignores the request is killed, and its mark is what it is found by", async () => {
    const script = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";
    const env = { ...process.env, MLOPS_ESTATE: `${ESTATE}-${process.pid}`, MLOPS_PART: "qa" };
    const child = spawn(process.execPath, ["-e", script], { env, stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const mine = (await listProcesses()).filter(({ estate }) => estate === `${ESTATE}-${process.pid}`);
    expect(mine.map(({ pid, part }) => ({ pid, part }))).toEqual([{ pid: child.pid, part: "qa" }]);
    await endProcesses(mine, 300);
    expect(await isAlive(child.pid ?? 0)).toBe(false);
  });
});

describe("ports", () => {
  test("the text names port, holder and the key to change", () => {
    const problem = portProblem({ name: "tracking", port: 5000 }, "taken", { pid: 7, command: "python app.py" });
    expect(problemLine(problem)).toBe(
      "clouds.local.ports.tracking: port 5000 on 127.0.0.1 is taken by process 7 (python app.py). " +
        "End that process or set clouds.local.ports.tracking to a free port",
    );
  });

  test("a taken port is found with the process that holds it; a free one is no problem", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as net.AddressInfo;
    const look = (processes: readonly ProcessInfo[] = []) =>
      foreignPorts([{ name: "gateway", port }], ESTATE, async () => processes);
    const [problem] = await look();
    expect(problem?.message).toContain(`taken by process ${process.pid} (`);
    // A process of the estate itself may have it.
    expect(await look([info(process.pid, 1, "gateway")])).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
    expect(await look()).toEqual([]);
  });

  test("only sockets that listen count, on IPv4 and IPv6 alike", () => {
    const table = [
      "  sl  local_address rem_address   st",
      "   0: 0100007F:1388 00000000:0000 0A 0:0 0:0 0 0 0 111 1",
      "   1: 0100007F:1388 0100007F:9999 01 0:0 0:0 0 0 0 222 1",
      "   2: 0100007F:1389 00000000:0000 0A 0:0 0:0 0 0 0 333 1",
    ].join("\n");
    expect(listeningInodes(table, 5000)).toEqual(["111"]);
  });
});
