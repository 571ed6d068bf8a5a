import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseEvents } from "../../../lib/local/runtime/events";
import { parseResponse, RpcFault } from "../../../lib/local/runtime/rpc";
import { type ProgramSettings, renderSupervisorConf } from "../../../lib/local/runtime/supervisor-conf";

const PROGRAM: ProgramSettings = {
  name: "tracking",
  digest: "abc123",
  stopSignal: "TERM",
  stopGroup: true,
  stopSeconds: 10,
  mayEnd: false,
};

describe("the supervisor's configuration", () => {
  test("names no path, so that no character of a path can mean anything to its format", () => {
    expect(renderSupervisorConf([PROGRAM], null)).not.toMatch(/=\s*\//);
  });

  test("starts nothing by itself, starts again whatever ends, and tries long enough to outlive a passing failure", () => {
    const text = renderSupervisorConf([PROGRAM], null);
    expect(text).toContain("autostart=false");
    expect(text).toContain("autorestart=true");
    expect(Number(/startretries=(\d+)/.exec(text)?.[1])).toBeGreaterThan(30);
  });

  test("lets a program that ends by itself stay ended", () => {
    expect(renderSupervisorConf([{ ...PROGRAM, mayEnd: true }], null)).toContain("autorestart=unexpected");
  });

  test("differs when only the digest differs, which is how a changed program is found", () => {
    const changed = renderSupervisorConf([{ ...PROGRAM, digest: "def456" }], null);
    expect(changed).not.toEqual(renderSupervisorConf([PROGRAM], null));
  });

  test("has no section for anybody to reach over the network", () => {
    expect(renderSupervisorConf([PROGRAM], "root")).not.toContain("inet_http_server");
  });
});

describe("what the supervisor's log says", () => {
  const line = (time: string, text: string) => `2026-11-20 ${time},123 INFO ${text}`;

  test("who was killed by which signal, and when", () => {
    const log = line("12:00:05", "exited: tracking (terminated by SIGKILL; not expected)");
    expect(parseEvents(log).get("tracking")).toEqual({
      restarts: 1,
      lastExit: "killed by SIGKILL at 2026-11-20T12:00:05Z",
      expected: false,
    });
  });

  test("a status is told as a status", () => {
    const log = line("12:00:05", "exited: qa (exit status 3; not expected)");
    expect(parseEvents(log).get("qa")?.lastExit).toBe("ended with status 3 at 2026-11-20T12:00:05Z");
  });

  test("a stop that was asked for is no restart", () => {
    const log = line("12:00:05", "stopped: gateway (terminated by SIGTERM)");
    expect(parseEvents(log).get("gateway")).toMatchObject({ restarts: 0, expected: true });
  });

  test("a new supervisor counts from nothing but remembers how a program ended", () => {
    const log = [
      line("12:00:05", "exited: qa (terminated by SIGSEGV (core dumped); not expected)"),
      line("12:01:00", "supervisord started with pid 7"),
    ].join("\n");
    expect(parseEvents(log).get("qa")).toMatchObject({
      restarts: 0,
      lastExit: "killed by SIGSEGV at 2026-11-20T12:00:05Z",
    });
  });

  test("the end after which it was given up on was followed by no start", () => {
    const log = [
      line("12:00:05", "exited: qa (exit status 1; not expected)"),
      line("12:00:06", "gave up: qa entered FATAL state, too many start retries too quickly"),
    ].join("\n");
    expect(parseEvents(log).get("qa")?.restarts).toBe(0);
  });

  test("half a line, as at the start of what was read, is nothing", () => {
    expect(parseEvents("d: qa (exit status 1; not expected)\n").size).toBe(0);
  });
});

describe("the supervisor's answers", () => {
  const value = (inner: string) =>
    `<?xml version='1.0'?><methodResponse><params><param><value>${inner}</value></param></params></methodResponse>`;
  const row = "<struct><member><name>name</name><value><string>a &amp; b</string></value></member></struct>";

  test.each([
    ["no row", "<array><data></data></array>", []],
    ["one row", `<array><data><value>${row}</value></data></array>`, [{ name: "a & b" }]],
    [
      "numbers and truth",
      "<array><data><value><int>7</int></value><value><boolean>1</boolean></value></data></array>",
      [7, true],
    ],
    ["a digits-only string stays a string", "<string>0012</string>", "0012"],
  ])("%s", async (_, xml, expected) => {
    expect(await parseResponse(value(xml))).toEqual(expected);
  });

  test("a fault is thrown with its number", async () => {
    const members =
      "<member><name>faultCode</name><value><int>60</int></value></member>" +
      "<member><name>faultString</name><value><string>ALREADY_STARTED: qa</string></value></member>";
    const xml = `<methodResponse><fault><value><struct>${members}</struct></value></fault></methodResponse>`;
    await expect(parseResponse(xml)).rejects.toEqual(new RpcFault(60, "ALREADY_STARTED: qa"));
  });
});

const PYTHON = path.resolve(__dirname, "../../../.mlops/python/bin/python");
const withPython = existsSync(PYTHON) ? describe : describe.skip;

withPython("supervisor itself", () => {
  test("reads the configuration when the estate's path holds every character that means something to it", () => {
    const estate = mkdtempSync(path.join(os.tmpdir(), "mlops ;x #y %(z)s [q] '"));
    try {
      const conf = path.join(estate, "supervisord.conf");
      writeFileSync(conf, renderSupervisorConf([PROGRAM], null));
      const script = [
        "import sys; from supervisor.options import ServerOptions",
        "o = ServerOptions(); o.existing_directory = o.existing_dirpath = lambda v: v",
        "o.realize(['-c', sys.argv[1]])",
        "p = o.process_group_configs[0].process_configs[0]; print(p.command); print(p.environment['MLOPS_DIGEST'])",
      ].join("\n");
      const env = {
        MLOPS_ESTATE: estate,
        MLOPS_PYTHON: PYTHON,
        MLOPS_LAUNCH: `${estate}/launch.py`,
        MLOPS_SOCKET: "/s",
      };
      execFileSync("mkdir", ["-p", `${estate}/logs`, `${estate}/supervisor`]);
      const out = execFileSync(PYTHON, ["-I", "-c", script, conf], { encoding: "utf8", env, cwd: estate });
      expect(out.split("\n").slice(0, 2)).toEqual([`"${PYTHON}" -I "${estate}/launch.py" tracking`, "abc123"]);
    } finally {
      rmSync(estate, { recursive: true, force: true });
    }
  });
});
