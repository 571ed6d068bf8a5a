import fs from "node:fs";
import path from "node:path";
import { readPlan } from "../../cli/stack";
import { type Ended, mlops, run, temporary, tool, workspace } from "./support";

jest.setTimeout(60_000);

/**
 * A stand-in for terraform. It answers `version`, `init` and `show`; what `plan` does is given. Each call is a line in the
 * log that the variable TERRAFORM_LOG names.
 */
function standIn(plan: string, version = "1.12.3"): NodeJS.ProcessEnv {
  const folder = tool(
    "terraform",
    `#!/bin/sh
echo "$1" >> "$TERRAFORM_LOG"
case "$1" in
  version) echo '{"terraform_version":"${version}"}' ;;
  plan) ${plan} ;;
  show) echo '{"resource_changes":[{"address":"terraform_data.Parts","change":{"actions":["create"]}}]}' ;;
esac
`,
  );
  const log = path.join(folder, "log");
  fs.writeFileSync(log, "");
  return { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}`, TERRAFORM_LOG: log };
}

const calls = (env: NodeJS.ProcessEnv) =>
  fs
    .readFileSync(env.TERRAFORM_LOG ?? "", "utf8")
    .trim()
    .split("\n");

/** A command that prints one line of Terraform's `-json` output with an error, and fails. */
function failing(summary: string, detail: string): string {
  const file = path.join(temporary(), "diagnostic.json");
  const diagnostic = { severity: "error", summary, detail };
  fs.writeFileSync(file, `${JSON.stringify({ "@level": "error", type: "diagnostic", diagnostic })}\n`);
  return `cat ${file}; exit 1`;
}

describe("the terraform command", () => {
  function expectOneLine({ code, stdout, stderr }: Ended, words: RegExp): void {
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(words);
  }

  test("missing is one line with the cure", async () => {
    const env = { ...process.env, PATH: temporary() };
    const ended = await run(workspace(), ["plan", "local"], { env });
    expectOneLine(ended, /^error: terraform was not found in PATH\. Install Terraform 1\.11 or newer: https:/);
  });

  test("too old is one line with both versions", async () => {
    const ended = await run(workspace(), ["plan", "local"], { env: standIn("exit 0", "1.10.5") });
    expectOneLine(ended, /terraform is version 1\.10\.5, 1\.11 or newer is needed/);
  });

  test("that does not start is one line", async () => {
    const folder = tool("terraform", "#!/bin/sh\nexit 127\n");
    const env = { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
    expectOneLine(await run(workspace(), ["plan", "local"], { env }), /terraform does not start/);
  });

  test("may have another name, as with CDKTF", async () => {
    const env = { ...process.env, TERRAFORM_BINARY_NAME: "no-such-tofu" };
    expectOneLine(await run(workspace(), ["plan", "local"], { env }), /no-such-tofu was not found in PATH/);
  });
});

describe("--dry-run", () => {
  test.each(["deploy", "up", "destroy"])("of %s plans without a lock and leaves nothing behind", async (command) => {
    const folder = workspace();
    const before = fs.readdirSync(folder);
    const env = standIn('echo "$*" >> "$TERRAFORM_LOG"; exit 2');
    const { code, stdout } = await run(folder, [command, "local", "--dry-run", "--json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ environment: "local", changed: true, dryRun: true });
    expect(calls(env).join("\n")).toMatch(/-lock=false/);
    expect(calls(env)).not.toContain("apply");
    expect(fs.readdirSync(folder)).toEqual(before);
  });

  test("finds the state of the workspace", async () => {
    const folder = workspace();
    const look = 'test "$(cd ../../.. && pwd)" = "$WORKSPACE" && exit 0; exit 2';
    const env = { ...standIn(look), WORKSPACE: folder };
    const { stdout } = await run(folder, ["deploy", "local", "--layer", "data", "--dry-run"], { env });
    expect(stdout).toBe("data: no changes\n");
  });
});

test("destroy asks before it writes anything", async () => {
  const folder = workspace();
  const before = fs.readdirSync(folder);
  const { code, stderr } = await run(folder, ["destroy", "local", "--no-input"], { env: standIn("exit 2") });
  expect(code).toBe(3);
  expect(stderr).toMatch(/Give --yes to say yes/);
  expect(fs.readdirSync(folder)).toEqual(before);
});

describe("plan", () => {
  test("counts changes by layer, and ends with 2 only when asked to", async () => {
    const folder = workspace();
    const env = standIn("exit 2");
    const plain = await run(folder, ["plan", "local", "--layer", "data", "--json"], { env });
    const detailed = await run(folder, ["plan", "local", "--layer", "data", "--detailed-exitcode"], { env });
    expect([plain.code, detailed.code]).toEqual([0, 2]);
    expect(JSON.parse(plain.stdout)).toMatchObject({
      environment: "local",
      changed: true,
      layers: [
        {
          layer: "data",
          stack: "local-data",
          applied: false,
          changes: [{ address: "terraform_data.Parts", action: "create" }],
        },
      ],
    });
    expect(detailed.stdout).toBe("data: 1 to create\n  + terraform_data.Parts\n");
  });

  test("with nothing to do ends with 0 even when asked for 2", async () => {
    const { code, stdout } = await run(workspace(), ["plan", "local", "--layer", "data", "--detailed-exitcode"], {
      env: standIn("exit 0"),
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "data: no changes\n" });
  });

  test("initializes a stack once, and again when its backend changes", async () => {
    const folder = workspace();
    const env = standIn("exit 0");
    for (let time = 0; time < 2; time += 1) await run(folder, ["plan", "local", "--layer", "data"], { env });
    expect(calls(env)).toEqual(["version", "init", "plan", "version", "plan"]);
    const file = path.join(folder, "environments", "local.yaml");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("directory: .mlops/local", "directory: .mlops/other"));
    await run(folder, ["plan", "local", "--layer", "data"], { env });
    expect(calls(env).slice(5)).toEqual(["version", "init", "plan"]);
  });

  test("leaves no plan file behind", async () => {
    const folder = workspace();
    await run(folder, ["plan", "local", "--layer", "data"], { env: standIn("exit 2") });
    const stack = path.join(folder, "cdktf.out", "stacks", "local-data");
    expect(fs.readdirSync(stack).filter((name) => name.startsWith(".plan"))).toEqual([]);
  });

  test("refuses a layer that does not exist and names those that do", async () => {
    const { code, stderr } = await run(workspace(), ["plan", "local", "--layer", "dta"], { env: standIn("exit 0") });
    expect(code).toBe(1);
    expect(stderr).toMatch(/--layer dta: there is no such layer\. Layers of this environment: foundation, data/);
  });

  test("shows who holds a locked state, since when, and how to free it", async () => {
    const detail =
      "Lock Info:\n  ID:        abc-123\n  Operation: OperationTypeApply\n  Who:       kim@laptop\n  Created:   2026-11-20 12:00:00 UTC\n";
    const env = standIn(failing("Error acquiring the state lock", detail));
    const { code, stderr } = await run(workspace(), ["plan", "local", "--layer", "data"], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/locked by kim@laptop since 2026-11-20 12:00:00 UTC \(OperationTypeApply, lock abc-123\)/);
    expect(stderr).toMatch(/force-unlock abc-123/);
  });

  test("shows the words of a failed command that Terraform ran, not Terraform's frame around them", async () => {
    const detail =
      "Error running command 'node x': exit status 1. Output: starting\nerror: port 24054 is taken by postgres (4711)\n";
    const env = standIn(failing("local-exec provisioner error", detail));
    const { code, stderr } = await run(workspace(), ["plan", "local", "--layer", "data"], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: local-data: port 24054 is taken by postgres \(4711\)\n/);
    expect(stderr).not.toMatch(/exit status/);
  });

  test("says what Terraform printed when it ends without a diagnostic", async () => {
    const env = standIn("echo 'panic: runtime error' >&2; exit 11");
    const { stderr } = await run(workspace(), ["plan", "local", "--layer", "data"], { env });
    expect(stderr).toMatch(/terraform plan ended with exit code 11: panic: runtime error/);
  });

  test("begins no other layer after one failed", async () => {
    const env = standIn("case $PWD in *local-foundation) exit 1 ;; esac");
    const folder = workspace();
    const { code, stderr } = await run(folder, ["deploy", "local", "--dry-run"], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/local-foundation/);
    expect(calls(env).filter((call) => call === "plan").length).toBeLessThan(4);
  });
});

test("a state that could not be stored is named, and nothing is done before it is brought back", async () => {
  const folder = workspace();
  const env = standIn("exit 0");
  await run(folder, ["synth", "local"]);
  const kept = path.join(folder, "cdktf.out", "stacks", "local-data", "errored.tfstate");
  fs.writeFileSync(kept, "{}");
  const { code, stderr } = await run(folder, ["plan", "local", "--layer", "data"], { env });
  expect(code).toBe(1);
  expect(stderr).toContain(kept);
  expect(stderr).toMatch(/state push errored\.tfstate/);
  expect(calls(env)).toEqual(["version"]);
  expect(fs.existsSync(kept)).toBe(true);
});

describe("an interruption", () => {
  /** Saves its state for a second when interrupted, and notes every signal. */
  const SAVING = `
    ps -o pgid= -p $$ > "$TERRAFORM_LOG.group"
    trap 'echo interrupted >> "$TERRAFORM_LOG"; sleep 1; echo saved >> "$TERRAFORM_LOG"; exit 1' INT
    trap 'echo terminated >> "$TERRAFORM_LOG"' TERM
    echo begun >> "$TERRAFORM_LOG"; i=0
    while [ $i -lt 200 ]; do i=$((i+1)); sleep 0.05; done`;

  async function begun(env: NodeJS.ProcessEnv): Promise<void> {
    for (let tries = 0; !calls(env).includes("begun"); tries += 1) {
      if (tries > 400) throw new Error("the stand-in was never started");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test.each(["SIGINT", "SIGTERM"] as const)(
    "by %s reaches Terraform once, waits for it, and ends with 130",
    async (signal) => {
      const env = standIn(SAVING);
      const { child, ended } = mlops(workspace(), ["plan", "local", "--layer", "data"], { env });
      await begun(env);
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 300));
      child.kill(signal); // An impatient person: a second signal would make Terraform drop its state.
      const { code, stderr } = await ended;
      expect(code).toBe(130);
      expect(calls(env).slice(-3)).toEqual(["begun", "interrupted", "saved"]);
      expect(stderr).toMatch(/ending in order/);
      expect(stderr).toMatch(/still waiting for Terraform/);
      expect(stderr).toMatch(/its state is saved; the same command goes on from there/);
    },
  );

  test("from a terminal, which signals the whole group, reaches Terraform once too", async () => {
    const env = standIn(SAVING);
    const { child, ended } = mlops(workspace(), ["plan", "local", "--layer", "data"], { env, group: true });
    await begun(env);
    // Signals of one kind that arrive together count as one: what matters is that Terraform is in another group.
    expect(Number(fs.readFileSync(`${env.TERRAFORM_LOG}.group`, "utf8"))).not.toBe(child.pid);
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect((await ended).code).toBe(130);
    expect(calls(env).slice(-3)).toEqual(["begun", "interrupted", "saved"]);
  });
});

describe("destroy", () => {
  test("without a terminal names the option that answers, with exit code 3, and destroys nothing", async () => {
    const env = standIn("exit 2");
    const { code, stderr } = await run(workspace(), ["destroy", "local", "--no-input"], { env });
    expect(code).toBe(3);
    expect(stderr).toMatch(/This removes environment local\. Its data stays\..* Give --yes/);
    expect(calls(env)).not.toContain("apply");
  });

  test("--purge does not go with --layer", async () => {
    const { code, stderr } = await run(workspace(), ["destroy", "local", "--purge", "--layer", "data"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--purge removes all data and cannot go with --layer/);
  });
});

describe("readPlan", () => {
  const plan = (actions: string[], output = "no-op") =>
    readPlan(
      JSON.stringify({
        resource_changes: [{ address: "a.b", change: { actions } }],
        output_changes: { x: { actions: [output] } },
      }),
    );

  test.each([
    [["create"], "create"],
    [["update"], "update"],
    [["delete"], "delete"],
    [["delete", "create"], "replace"],
    [["create", "delete"], "replace"],
  ])("calls %j %s", (actions, action) => {
    expect(plan(actions).changes).toEqual([{ address: "a.b", action }]);
    expect(plan(actions).changed).toBe(true);
  });

  test.each([[["no-op"]], [["read"]]])("counts %j as no change", (actions) => {
    expect(plan(actions)).toEqual({ changes: [], outputsChange: false, changed: false });
  });

  test("counts outputs alone as a change", () => {
    expect(plan(["no-op"], "update")).toEqual({ changes: [], outputsChange: true, changed: true });
  });
});
