import fs from "node:fs";
import path from "node:path";
import { COMMANDS } from "../../cli/commands";
import { EXIT } from "../../lib/core/errors";
import { files, mlops, ROOT, run, workspace } from "./support";

jest.setTimeout(60_000);

describe("help", () => {
  test("lists every command and every exit code", async () => {
    const { code, stdout, stderr } = await run(workspace(), ["--help"]);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\s+${summary}$`, "m"));
    for (const exitCode of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^  ${exitCode} +\\S`, "m"));
  });

  test.each(COMMANDS.map(({ name }) => name))("of %s shows its options, the global ones and examples", async (name) => {
    const folder = workspace();
    const [asOption, asCommand] = await Promise.all([run(folder, [name, "--help"]), run(folder, ["help", name])]);
    expect(asOption.code).toBe(0);
    expect(asOption.stdout).toMatch(/--json/);
    expect(asOption.stdout).toMatch(new RegExp(`Examples:\n  mlops ${name}`));
    expect(asCommand.stdout).toBe(asOption.stdout);
  });

  test.each(["synth", "deploy", "destroy", "up", "down", "release", "backup", "restore", "schema"])(
    "of %s, which writes, has --dry-run",
    async (name) => {
      expect((await run(workspace(), [name, "--help"])).stdout).toMatch(/--dry-run/);
    },
  );

  test("loads neither the engine nor what commands need", async () => {
    const env = { ...process.env, NODE_DEBUG: "module" };
    const { stderr } = await mlops(workspace(), ["--help"], { env }).ended;
    expect(stderr).not.toMatch(/node_modules\/(cdktf|execa|listr2|zod)\//);
  });
});

describe("a mistake in the command line", () => {
  test("ends with 1 and names the nearest command", async () => {
    const { code, stdout, stderr } = await run(workspace(), ["valdate"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("error: unknown command 'valdate'. Did you mean validate?\n");
  });

  test("is one JSON document with --json", async () => {
    const { code, stdout } = await run(workspace(), ["plan", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        problems: [{ message: "missing required argument 'environment'", fix: "See mlops --help" }],
        exitCode: 1,
      },
    });
  });

  test("in an option is named with the nearest option", async () => {
    const { code, stderr } = await run(workspace(), ["plan", "local", "--detailed-exit-code"]);
    expect(code).toBe(1);
    expect(stderr).toBe("error: unknown option '--detailed-exit-code'. Did you mean --detailed-exitcode?\n");
  });

  test("in a nested command is found too", async () => {
    const { code, stderr } = await run(workspace(), ["pipeline", "lst"]);
    expect(code).toBe(1);
    expect(stderr).toBe("error: unknown command 'lst'. Did you mean list?\n");
  });
});

describe("validate", () => {
  test("prints what was read as data, and nothing else", async () => {
    const { code, stdout, stderr } = await run(workspace(), ["validate", "local", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const document = JSON.parse(stdout) as { valid: boolean; environments: { name: string; cloud: string }[] };
    expect(document.valid).toBe(true);
    expect(document.environments).toMatchObject([{ name: "local", cloud: "local" }]);
  });

  test("without a name checks every file", async () => {
    const { code, stdout } = await run(workspace(), ["validate"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^dev +gcp/m);
    expect(stdout).toMatch(/^local +local/m);
  });

  test("knows that an environment is missing, and names the nearest", async () => {
    const { code, stderr } = await run(workspace(), ["validate", "locl"]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/locl/);
    expect(stderr).toMatch(/local/);
  });

  test("works from another folder, with HOME unset", async () => {
    const { HOME: _home, ...env } = process.env;
    const folder = workspace();
    const { code } = await mlops(folder, ["validate", "local"], { env, cwd: folder }).ended;
    expect(code).toBe(0);
  });
});

describe("a wrong environment file", () => {
  function broken(): string {
    const folder = workspace();
    const file = path.join(folder, "environments", "local.yaml");
    fs.writeFileSync(file, `${fs.readFileSync(file, "utf8")}\nmetadata: { clas: db-small }\nowner: 7\n`);
    return folder;
  }

  test.each(["validate", "synth", "plan", "deploy", "destroy", "up", "down", "status", "outputs"])(
    "ends %s with 4, names every problem at its line, and nothing is written",
    async (command) => {
      const folder = broken();
      const before = files(folder);
      const { code, stdout, stderr } = await run(folder, [command, "local"]);
      expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
      expect(stderr).toMatch(/local\.yaml:\d+:\d+: .*clas\b.*class/);
      expect(stderr).toMatch(/local\.yaml:\d+:\d+: .*owner/);
      expect(files(folder)).toEqual(before);
    },
  );

  test("is one JSON document with places and exit code", async () => {
    const { code, stdout } = await run(broken(), ["validate", "local", "--json"]);
    expect(code).toBe(4);
    const { error } = JSON.parse(stdout) as {
      error: { problems: { where: string; message: string }[]; exitCode: number };
    };
    expect(error.exitCode).toBe(4);
    expect(error.problems.map(({ where }) => where)).toEqual([
      expect.stringMatching(/local\.yaml:\d+:\d+$/),
      expect.stringMatching(/local\.yaml:\d+:\d+$/),
    ]);
  });
});

describe("synth", () => {
  test("is the same bytes from another folder, time zone and language", async () => {
    const folder = workspace();
    const outs = [path.join(folder, "a"), path.join(folder, "deeper", "b")];
    const elsewhere = { ...process.env, TZ: "Asia/Seoul", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" };
    const [first, second] = await Promise.all([
      run(folder, ["synth", "local", "--out", outs[0] ?? ""]),
      run(folder, ["synth", "local", "--out", outs[1] ?? ""], { cwd: folder, env: elsewhere }),
    ]);
    expect([first.code, second.code]).toEqual([0, 0]);
    const [a, b] = outs.map((out) => files(out).map((file) => [file, fs.readFileSync(path.join(out, file), "utf8")]));
    expect(a?.map(([file]) => file)).toContain("stacks/local-data/cdk.tf.json");
    expect(b).toEqual(a);
  });

  test("with --dry-run writes nothing and names what would change", async () => {
    const folder = workspace();
    const before = files(folder);
    const { code, stdout } = await run(folder, ["synth", "local", "--dry-run", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { changed: string[] }).changed).toContain("stacks/local-data/cdk.tf.json");
    expect(files(folder)).toEqual(before);
  });

  test("refuses to write where a file stands, with the cure", async () => {
    const folder = workspace();
    const out = path.join(folder, "taken");
    fs.writeFileSync(out, "mine");
    const { code, stderr } = await run(folder, ["synth", "local", "--out", out]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*taken/);
    expect(stderr).not.toMatch(/unexpected|\n {4}at /);
    expect(fs.readFileSync(out, "utf8")).toBe("mine");
  });
});

test("a reader that has seen enough ends the command without an error", async () => {
  const { child, ended } = mlops(workspace(), ["synth", "local", "--json", "--dry-run"]);
  child.stdout?.destroy();
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("the launcher is where npm looks for it", () => {
  expect(fs.realpathSync(path.join(ROOT, "node_modules", ".bin", "mlops"))).toBe(path.join(ROOT, "cli", "mlops.cjs"));
});
