import fs from "node:fs";
import path from "node:path";
import { type Ended, ROOT, type Running, start, temporary, tool } from "./support";

jest.setTimeout(60_000);

/** Stand-ins for npm, Python and Terraform that do what set-up relies on and note each call. */
const NPM = `#!/bin/sh
echo "npm $1" >> "$CALLS"
[ -n "$NPM_FAILS" ] && { echo "npm error code ENOTFOUND" >&2; exit 1; }
/bin/mkdir -p node_modules
/bin/sleep "\${SLOW:-0}"
/bin/cp package-lock.json node_modules/.package-lock.json
`;
const PYTHON = `#!/bin/sh
if [ "$1" = "-c" ]; then echo "\${VERSION:-3.12}"; exit 0; fi
echo "python $2 $3" >> "$CALLS"
[ "$2" = "venv" ] && { /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python"; }
[ "$2" = "pip" ] && [ -n "$PIP_FAILS" ] && { echo "$PIP_FAILS" >&2; exit 1; }
exit 0
`;
const TERRAFORM = `#!/bin/sh
echo "terraform $1" >> "$CALLS"
echo '{"terraform_version":"1.12.0"}'
`;

interface Clone {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  calls(): string[];
  setUp(args?: readonly string[], env?: NodeJS.ProcessEnv): Running;
}

/** A fresh clone with the real set-up, on a machine that has these tools and no other. */
function clone({
  npm = NPM,
  python = PYTHON,
  terraform = TERRAFORM,
}: Partial<Record<"npm" | "python" | "terraform", string | null>> = {}): Clone {
  const root = temporary();
  fs.mkdirSync(path.join(root, "cli"));
  fs.mkdirSync(path.join(root, "pipelines"));
  fs.cpSync(path.join(ROOT, "cli", "setup.mjs"), path.join(root, "cli", "setup.mjs"));
  fs.cpSync(path.join(ROOT, "cli", "setup"), path.join(root, "cli", "setup"), { recursive: true });
  fs.writeFileSync(
    path.join(root, "package-lock.json"),
    JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0", integrity: "x" } } }),
  );
  fs.writeFileSync(path.join(root, "pipelines", "requirements.txt"), "a==1\n");
  fs.writeFileSync(path.join(root, "pipelines", "requirements-notebooks.txt"), "b==1\n");
  const tools = temporary();
  if (npm) tool("npm", npm, tools);
  if (python) tool("python3", python, tools);
  if (terraform) tool("terraform", terraform, tools);
  const log = path.join(temporary(), "calls");
  fs.writeFileSync(log, "");
  const env = { PATH: tools, CALLS: log };
  return {
    root,
    env,
    calls: () => fs.readFileSync(log, "utf8").trim().split("\n").filter(Boolean),
    setUp: (args = [], more = {}) =>
      start([path.join(root, "cli", "setup.mjs"), ...args], { cwd: root, env: { ...env, ...more } }),
  };
}

const installed = (calls: string[]) => calls.filter((call) => /npm|pip/.test(call));

function expectOneLine({ code, stderr, stdout }: Ended, words: RegExp): void {
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(
    stderr
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("error:")),
  ).toHaveLength(1);
  expect(stderr).toMatch(words);
}

describe("set-up in a fresh clone", () => {
  test("installs both and says so; again it does nothing at all, without HOME and without a network", async () => {
    const { root, setUp, calls } = clone();
    const first = await setUp().ended;
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/installing 1 node packages/);
    expect(first.stderr).toMatch(/installed node packages and Python environment \(\d+ s\)/);
    expect(calls()).toEqual([
      "terraform version",
      "npm ci",
      expect.stringMatching(/^python venv /),
      "python pip install",
    ]);
    expect(fs.existsSync(path.join(root, ".mlops", "python", "bin", "python"))).toBe(true);
    const second = await setUp(["--quiet"]).ended;
    expect(second).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(calls()).toHaveLength(4);
  });

  test("adopts the folder that npm filled itself", async () => {
    const { root, setUp, calls } = clone();
    fs.mkdirSync(path.join(root, "node_modules"));
    fs.cpSync(path.join(root, "package-lock.json"), path.join(root, "node_modules", ".package-lock.json"));
    expect((await setUp().ended).code).toBe(0);
    expect(calls()).not.toContain("npm ci");
  });

  test("with Jupyter asked for installs it once, and keeps it", async () => {
    const { setUp, calls } = clone();
    await setUp().ended;
    await setUp(["--notebooks"]).ended;
    await setUp(["--notebooks"]).ended;
    await setUp().ended;
    expect(installed(calls())).toEqual(["npm ci", "python pip install", "python pip install"]);
  });
});

describe("set-up looks at content, not at times", () => {
  test("a changed lock file installs node packages again", async () => {
    const { root, setUp, calls } = clone();
    await setUp().ended;
    fs.writeFileSync(
      path.join(root, "package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": { version: "2.0.0", integrity: "y" } } }),
    );
    await setUp().ended;
    expect(installed(calls())).toEqual(["npm ci", "python pip install", "npm ci"]);
  });

  test("node_modules deleted by hand is installed again", async () => {
    const { root, setUp, calls } = clone();
    await setUp().ended;
    fs.rmSync(path.join(root, "node_modules"), { recursive: true });
    await setUp().ended;
    expect(installed(calls())).toEqual(["npm ci", "python pip install", "npm ci"]);
  });

  test("changed requirements make a new environment, and the former stays for what runs from it", async () => {
    const { root, setUp } = clone();
    await setUp().ended;
    const former = fs.readlinkSync(path.join(root, ".mlops", "python"));
    fs.writeFileSync(path.join(root, "pipelines", "requirements.txt"), "a==2\n");
    await setUp().ended;
    expect(fs.readlinkSync(path.join(root, ".mlops", "python"))).not.toBe(former);
    expect(fs.existsSync(path.join(root, ".mlops", former, "bin", "python"))).toBe(true);
  });

  test("a clone that was moved gets a new environment: scripts in one hold its path", async () => {
    const { root, env, setUp, calls } = clone();
    await setUp().ended;
    const moved = path.join(temporary(), "moved");
    fs.renameSync(root, moved);
    fs.mkdirSync(root);
    await start([path.join(moved, "cli", "setup.mjs")], { cwd: moved, env }).ended;
    expect(installed(calls())).toEqual(["npm ci", "python pip install", "python pip install"]);
  });
});

describe("set-up that was interrupted", () => {
  test("before an environment was stamped whole builds it again", async () => {
    const { root, setUp, calls } = clone();
    await setUp().ended;
    fs.rmSync(path.join(root, ".mlops", "python", "mlops-environment.json"));
    expect((await setUp().ended).code).toBe(0);
    expect(installed(calls())).toEqual(["npm ci", "python pip install", "python pip install"]);
  });

  test("in pip leaves no environment behind, and the next run completes it", async () => {
    const { root, setUp, calls } = clone();
    expectOneLine(await setUp([], { PIP_FAILS: "connection broken" }).ended, /installing Python packages failed/);
    expect(fs.existsSync(path.join(root, ".mlops", "python"))).toBe(false);
    expect((await setUp().ended).code).toBe(0);
    expect(installed(calls())).toEqual(["npm ci", "python pip install", "python pip install"]);
  });

  test("by a kill is not waited for", async () => {
    const { root, setUp } = clone();
    const killed = setUp([], { SLOW: "30" });
    await killed.says("installing 1 node packages");
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(fs.existsSync(path.join(root, ".mlops", "setup.lock"))).toBe(true);
    const started = Date.now();
    expect((await setUp().ended).code).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(fs.existsSync(path.join(root, ".mlops", "setup.lock"))).toBe(false);
  });

  test("two at once: the second waits, and installs nothing twice", async () => {
    const { setUp, calls } = clone();
    const first = setUp([], { SLOW: "2" });
    await first.says("installing 1 node packages");
    const second = setUp([], { SLOW: "2" });
    await second.says("another set-up runs (process ");
    expect([(await first.ended).code, (await second.ended).code]).toEqual([0, 0]);
    expect(installed(calls())).toEqual(["npm ci", "python pip install"]);
  });
});

describe("what is missing is one line with cause and cure", () => {
  test("no Python", async () => {
    const { setUp, calls } = clone({ python: null });
    expectOneLine(
      await setUp().ended,
      /error: Python 3\.11, 3\.12 or 3\.13 is needed: none was found in PATH\. Install one/,
    );
    expect(installed(calls())).toEqual([]);
  });

  test("Python too old, with the version that was found", async () => {
    expectOneLine(await clone().setUp([], { VERSION: "3.9" }).ended, /python3 is 3\.9\. Install one/);
  });

  test("a Python that does not start is passed over for one that does", async () => {
    const { env, setUp, calls } = clone();
    tool("python3.11", "#!/bin/sh\necho 'not installed here' >&2\nexit 127\n", env.PATH);
    expect((await setUp().ended).code).toBe(0);
    expect(installed(calls())).toContain("python pip install");
  });

  test("a Python without venv, with the package to install", async () => {
    const python = "#!/bin/sh\necho 3.12\necho \"ModuleNotFoundError: No module named 'ensurepip'\" >&2\nexit 1\n";
    expectOneLine(
      await clone({ python }).setUp().ended,
      /lacks the module ensurepip \(on Debian and Ubuntu: apt install python3\.12-venv\)/,
    );
  });

  test("no Terraform", async () => {
    expectOneLine(
      await clone({ terraform: null }).setUp().ended,
      /error: terraform was not found in PATH\. Install Terraform 1\.11 or newer/,
    );
  });

  test("Terraform too old", async () => {
    const terraform = '#!/bin/sh\necho \'{"terraform_version":"1.10.0"}\'\n';
    expectOneLine(await clone({ terraform }).setUp().ended, /is Terraform 1\.10\.0, 1\.11 or newer is needed/);
  });

  test("everything that is missing is said at once", async () => {
    const { stderr } = await clone({ python: null, terraform: null }).setUp().ended;
    expect(stderr.match(/^error:/gm)).toHaveLength(2);
  });

  test("no network", async () => {
    const { setUp } = clone();
    expectOneLine(
      await setUp([], { NPM_FAILS: "1" }).ended,
      /The package registry cannot be reached: connect to the network/,
    );
  });

  test("a disk that fills up", async () => {
    const { setUp } = clone();
    expectOneLine(
      await setUp([], { PIP_FAILS: "OSError: [Errno 28] No space left on device" }).ended,
      /The disk is full: free about 3 GB/,
    );
  });

  test("a folder that cannot be written", async () => {
    const { root, setUp } = clone();
    fs.writeFileSync(path.join(root, ".mlops"), "a file");
    expectOneLine(await setUp().ended, /\.mlops.*A file stands where a folder is needed/);
  });

  test("an option that does not exist", async () => {
    expectOneLine(
      await clone().setUp(["--notebook"]).ended,
      /unknown option --notebook\. See node cli\/setup\.mjs --help/,
    );
  });
});

test("with --python node packages stay as they are, and it says that they are old", async () => {
  const machine = clone();
  const { code, stderr } = await machine.setUp(["--python"]).ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/node packages are not those of package-lock\.json: run node cli\/setup\.mjs/);
  expect(machine.calls().filter((call) => call.startsWith("npm"))).toEqual([]);
  expect(machine.calls().some((call) => call.startsWith("python"))).toBe(true);
});
