import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { COMMANDS } from "../../cli/commands";
import { EXIT } from "../../lib/core/errors";
import { files, mlops, ROOT, run, start, temporary, workspace } from "./support";

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
        problems: [{ message: "missing required argument 'environment'", fix: "See mlops help plan" }],
        exitCode: 1,
      },
    });
  });

  test("in an option is named with the nearest option", async () => {
    const { code, stderr } = await run(workspace(), ["plan", "local", "--detailed-exit-code"]);
    expect(code).toBe(1);
    expect(stderr).toBe("error: unknown option '--detailed-exit-code'. Did you mean --detailed-exitcode?\n");
  });

  test("in the topic of help is a mistake, too", async () => {
    const { code, stdout, stderr } = await run(workspace(), ["help", "valdate"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("error: unknown command 'valdate'. Did you mean validate?\n");
  });

  test("comes with the help of that command, and one full stop", async () => {
    const { code, stderr } = await run(workspace(), ["status", "local", "extra"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: too many arguments for 'status'.* 2\. See mlops help status\n$/);
  });

  test.each([[[]], [["pipeline"]]])("no command after %j is named as such", async (words) => {
    const { code, stdout } = await run(workspace(), [...words, "--json"]);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as { error: object }).error).toMatchObject({
      problems: [{ message: "a command is missing" }],
    });
  });

  test("an empty folder name is not the present folder", async () => {
    const { code, stderr } = await start([path.join(ROOT, "cli", "mlops.cjs"), "validate", "--environments", ""]).ended;
    expect(code).toBe(1);
    expect(stderr).toBe("error: --environments: got nothing, wanted the folder of the environment files\n");
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

  test("of several names every problem of each, once", async () => {
    const folder = workspace();
    fs.appendFileSync(path.join(folder, "environments", "base.yaml"), "labels: { Team: a }\n");
    const { code, stderr } = await run(folder, ["validate", "dev", "prod", "locl"]);
    expect(code).toBe(4);
    expect(stderr.match(/base\.yaml:\d+:\d+: labels\.Team/g)).toHaveLength(1);
    expect(stderr).toMatch(/locl\.yaml: no such file .*Did you mean local\?/);
  });

  test("knows the projects there are and what day it is, and shows paths as they were typed", async () => {
    const folder = workspace();
    const waiver = "{ rule: public-address, reason: test, owner: a@acme.example, until: 2020-01-31 }";
    fs.appendFileSync(
      path.join(folder, "environments", "dev.yaml"),
      `projects: [diabets]\npolicies: { waivers: [${waiver}] }\n`,
    );
    const { code, stderr } = await start([path.join(ROOT, "cli", "mlops.cjs"), "validate", "dev"], { cwd: folder })
      .ended;
    expect(code).toBe(4);
    expect(stderr).toMatch(/^error: environments\/dev\.yaml:\d+:\d+: projects\[0\]: .*Did you mean diabetes\?$/m);
    expect(stderr).toMatch(/^error: environments\/dev\.yaml:\d+:\d+: policies\.waivers\[0\]\.until: .*past/m);
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

test("a reader that has seen enough ends the command without an error", async () => {
  const { child, ended } = mlops(workspace(), ["synth", "local", "--json", "--dry-run"]);
  child.stdout?.destroy();
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

describe("release", () => {
  test("shows its list and its way back", async () => {
    const { stdout } = await run(workspace(), ["release", "--help"]);
    expect(stdout).toMatch(/--rollback .*served before/);
    expect(stdout).toMatch(/mlops release list local/);
    expect((await run(workspace(), ["release", "list", "--help"])).stdout).toMatch(/--limit/);
  });

  test("refuses options that contradict one another", async () => {
    const { code, stderr } = await run(workspace(), [
      "release",
      "local",
      "diabetes",
      "--rollback",
      "--drill-errors",
      "1",
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--rollback goes with neither --model-version nor a rehearsal/);
  });

  test.each(["0", "x", "1.5", ""])("list refuses --limit %j", async (limit) => {
    const { code, stderr } = await run(workspace(), ["release", "list", "local", "--limit", limit]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: --limit: got .*, wanted a whole number from 1\n$/);
  });

  test("list without a database says what to do", async () => {
    const { code, stderr } = await run(workspace(), ["release", "list", "local"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no database is deployed here\. Deploy the estate with `mlops up local`/);
  });
});

test("an interrupted command says so in the form that was asked for", async () => {
  const folder = workspace();
  const locks = path.join(folder, ".mlops", "locks");
  fs.mkdirSync(locks, { recursive: true });
  const holder = { pid: process.pid, started: null, host: os.hostname(), since: "2026-01-01T00:00:00Z", command: "x" };
  fs.writeFileSync(path.join(locks, "local.json"), JSON.stringify(holder));
  const { child, ended, says } = mlops(folder, ["up", "local", "--json"]);
  await says("waiting for `x`");
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toEqual({ error: { problems: [{ message: "interrupted" }], exitCode: 130 } });
});

test("without its packages the command says how to get them", async () => {
  const copy = temporary();
  fs.cpSync(path.join(ROOT, "cli", "mlops.cjs"), path.join(copy, "mlops.cjs"));
  const { code, stdout, stderr } = await start([path.join(copy, "mlops.cjs"), "status", "local", "--json"]).ended;
  expect(code).toBe(1);
  expect(stderr).toBe("error: the node packages are not installed. Run node cli/setup.mjs, then again\n");
  expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: 1 } });
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "cli", "package.json"), "utf8")) as {
    version: string;
  };
  expect(await run(workspace(), ["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("explain says which machine a size becomes on the cloud", async () => {
  const { code, stdout } = await run(workspace(), ["explain", "dev", "kubernetes.pools.gpu.class"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^gpu-l4\nfrom .*dev\.yaml:\d+\nbecomes g2-standard-8 on cloud gcp: .*nvidia-l4/);
});

test("the launcher is where npm looks for it", () => {
  expect(fs.realpathSync(path.join(ROOT, "node_modules", ".bin", "mlops"))).toBe(path.join(ROOT, "cli", "mlops.cjs"));
});
