import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { listEnvironments, loadAll, loadEnvironment } from "../../environments/load";
import { problemLine } from "../../lib/core/errors";
import { BASE, folder, load, problems, refusal, removeFolders } from "./workspace";

afterEach(removeFolders);

describe("a file that cannot be read", () => {
  test("base.yaml missing is named, with what it is for", () => {
    expect(problems({ "base.yaml": null })).toEqual([
      "base.yaml: no such file (ENOENT). Add it: it holds what environments share (version, organisation, owner)",
    ]);
  });

  test("a directory in its place is named", () => {
    const directory = folder({ "local.yaml": null });
    mkdirSync(join(directory, "local.yaml"));
    const error = refusal(() => loadEnvironment({ directory, name: "local" }));
    expect(error.message).toBe(`${join(directory, "local.yaml")}: is a directory (EISDIR), wanted a YAML file`);
  });

  test("a pipe in its place is named, not waited for", () => {
    const directory = folder({ "local.yaml": null });
    execFileSync("mkfifo", [join(directory, "local.yaml")]);
    const error = refusal(() => loadEnvironment({ directory, name: "local" }));
    expect(error.message).toBe(`${join(directory, "local.yaml")}: is not a regular file, wanted a YAML file`);
  });

  const asRoot = process.getuid?.() === 0;
  (asRoot ? test.skip : test)("no permission is named", () => {
    const directory = folder();
    chmodSync(join(directory, "local.yaml"), 0);
    const error = refusal(() => loadEnvironment({ directory, name: "local" }));
    expect(error.message).toContain("local.yaml: cannot be read (EACCES)");
  });

  test("a folder that is not there is named", () => {
    const directory = folder();
    rmSync(directory, { recursive: true });
    const message = `${directory}: cannot be read as a folder of environments (ENOENT). Name the folder by --environments DIR`;
    expect(refusal(() => loadAll({ directory })).message).toBe(message);
    expect(refusal(() => loadEnvironment({ directory, name: "local" })).message).toBe(message);
  });

  test("an environment that is not there comes with the nearest name and the list", () => {
    const directory = folder({ "staging.yaml": "cloud: local\n" });
    expect(refusal(() => loadEnvironment({ directory, name: "stagin" })).problems.map(problemLine)).toEqual([
      `${join(directory, "stagin.yaml")}: no such file (ENOENT), known environments: local, staging. Did you mean staging?`,
    ]);
  });

  test("a file over 256 KiB is not parsed", () => {
    const text = `cloud: local\n#${"x".repeat(256 * 1024)}`;
    expect(problems({ "local.yaml": text })).toEqual([
      "local.yaml: is 257 KiB, wanted at most 256 KiB. Move data out of the configuration",
    ]);
  });

  test("more environments than the limit are not read", () => {
    const files = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`e${index}.yaml`, "cloud: local\n"]));
    expect(problems({ ...files, "local.yaml": null })).toEqual(["FOLDER: holds 201 environments, wanted at most 200"]);
  });
});

describe("the encoding", () => {
  test("a byte order mark and Windows line ends are accepted", () => {
    expect(load({ "local.yaml": "\ufeffcloud: local\r\ntier: sandbox\r\n" }).tier).toBe("sandbox");
  });

  test("columns count from 1 after a byte order mark and with Windows line ends", () => {
    expect(problems({ "local.yaml": "\ufeffcloud: local\r\ntier: sandboxx\r\n" })).toEqual([
      'local.yaml:2:7: tier: got "sandboxx", wanted one of sandbox, development, staging, production. Did you mean sandbox?',
    ]);
  });

  test.each(["with", "without"])("UTF-16 %s a byte order mark is refused", (mark) => {
    const text = Buffer.from(`${mark === "with" ? "\ufeff" : ""}cloud: local\n`, "utf16le");
    expect(problems({ "local.yaml": text })).toEqual([
      expect.stringMatching(/^local\.yaml: is UTF-16(LE)? or binary, wanted UTF-8\. Save it again as UTF-8$/),
    ]);
  });

  test("bytes that are not UTF-8 are refused where they begin", () => {
    expect(problems({ "local.yaml": Buffer.from([0x63, 0x3a, 0x20, 0xff]) })).toEqual([
      "local.yaml:1:4: is not UTF-8 from here on, wanted UTF-8. Save it again as UTF-8",
    ]);
  });
});

describe("YAML", () => {
  test.each([
    [
      "a tab that indents",
      "cloud: local\nserving:\n\tqa: {}\n",
      "local.yaml:3:1: a tab indents this line. Indent with spaces",
    ],
    [
      "an unclosed list",
      "cloud: local\nprojects: [a\n",
      "local.yaml:3:1: YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Look at indentation, quotes and brackets here and above",
    ],
    [
      "a second document",
      "cloud: local\n---\na: 1\n",
      "local.yaml:2:1: a second document begins here, wanted one per file. Remove the line `---`",
    ],
    [
      "a duplicate key",
      "cloud: local\ntier: sandbox\ntier: staging\n",
      'local.yaml:3:1: the key "tier" stands here again, first in line 2. Keep one of them',
    ],
    [
      "a duplicate key below another",
      "cloud: local\nnotebooks:\n  enabled: true\n  enabled: true\n",
      'local.yaml:4:3: notebooks: the key "enabled" stands here again, first in line 3. Keep one of them',
    ],
    ["nothing", "", "local.yaml:1:1: is empty, wanted a map of settings"],
    ["comments only", "# hello\n", "local.yaml:1:1: is empty, wanted a map of settings"],
    ["a list", "- a\n", "local.yaml:1:1: got something else than a map, wanted `key: value` lines"],
    [
      "an older YAML",
      "%YAML 1.1\n---\ncloud: local\n",
      "local.yaml:1:1: got %YAML 1.1, wanted YAML 1.2. Remove the line",
    ],
    [
      "a tag",
      "cloud: local\ntier: !custom x\n",
      "local.yaml:2:15: tier: got the tag !custom, wanted plain YAML. Remove the tag",
    ],
    [
      "a merge key",
      "cloud: local\n<<: { tier: sandbox }\n",
      "local.yaml:2:1: merge keys are not read. Layer files instead: base.yaml holds what environments share",
    ],
    ["a key that is a list", "cloud: local\n? [a]\n: 1\n", "local.yaml:2:3: got a key that is not a word"],
    [
      "the prototype's key",
      "cloud: local\n__proto__: { tier: sandbox }\n",
      "local.yaml:2:1: got a key that is not allowed",
    ],
  ])("refuses %s at its place", (_, text, problem) => {
    expect(problems({ "local.yaml": text })).toContain(problem);
  });

  test("an alias of nothing is named", () => {
    expect(problems({ "local.yaml": "cloud: local\ntier: *nope\n" })).toEqual([
      "local.yaml:2:7: tier: there is no anchor &nope",
    ]);
  });

  test("an alias is read, and its value's problem is at the alias", () => {
    const environment = load({ "local.yaml": "cloud: local\nlabels: { a: &a x, b: *a }\n" });
    expect(environment.labels).toEqual({ a: "x", b: "x" });
    const [problem] = problems({ "local.yaml": "cloud: local\nlabels: { a: &a x, b: *a }\ntier: *a\n" });
    expect(problem).toMatch(/^local\.yaml:3:7: tier: got "x"/);
  });

  test("aliases of aliases are bounded, and quickly", () => {
    const nine = (name: string) => `[${Array(9).fill(`*${name}`).join(",")}]`;
    const lines = [..."bcdefghij"].map((name, index) => `${name}: &${name} ${nine("abcdefghi"[index] ?? "")}`);
    const began = performance.now();
    expect(problems({ "local.yaml": `cloud: local\na: &a [${"x,".repeat(9)}]\n${lines.join("\n")}\n` })).toEqual([
      expect.stringMatching(/is over the limit of 20000 values, aliases expanded/),
    ]);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test("an alias inside its own anchor ends", () => {
    expect(problems({ "local.yaml": "cloud: local\nlabels: &x { a: *x }\n" })).toEqual([
      expect.stringMatching(/^local\.yaml:2:17: is over the limit of 32 levels deep/),
    ]);
  });

  test.each(["[", "{a: ", "- ", "? "])("deep nesting of %s ends", (opening) => {
    const began = performance.now();
    expect(problems({ "local.yaml": `x: \n  ${opening.repeat(20_000)}` })[0]).toMatch(/^local\.yaml(:\d+:\d+)?: /);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("what is said", () => {
  test("every problem of every file at once, in the order of files and lines", () => {
    const found = problems({
      "base.yaml": `${BASE}teir: sandbox\n`,
      "local.yaml": "cloud: local\ntier: x\nnotebooks: { enabled: 1 }\nprojects: [A]\n",
      "teams/a.yaml": "version: 1\nname: a\ncontact: x\ngroup: y\n",
    });
    expect(found.map((line) => line.split(" ")[0])).toEqual([
      "base.yaml:4:1:",
      "local.yaml:2:7:",
      "local.yaml:3:23:",
      "local.yaml:4:12:",
      "teams/a.yaml:3:10:",
      "teams/a.yaml:4:8:",
    ]);
  });

  test("a problem of base.yaml is said once however many environments share it", () => {
    const ports =
      "clouds: { local: { directory: .mlops/x, ports: { gateway: 2000, qa: 2001, blue: 2002, green: 2003, tracking: 2004, database: 2005, scheduler: 2006, notebooks: 2007 } } }\n";
    expect(problems({ "base.yaml": `${BASE}tier: x\n`, "other.yaml": `cloud: local\n${ports}` })).toHaveLength(1);
  });

  test("a code frame underlines the value", () => {
    const directory = folder({ "local.yaml": "cloud: local\ntier: sandboxx # why\n" });
    const [problem] = refusal(() => loadEnvironment({ directory, name: "local" })).problems;
    expect(problem?.frame).toBe("  1 | cloud: local\n> 2 | tier: sandboxx # why\n    |       ^^^^^^^^");
  });

  test("a long line is cut to a window around the place", () => {
    const directory = folder({
      "local.yaml": `cloud: local # ${"x".repeat(30)}\nlabels: { ${"a: b, ".repeat(1)}c: "${"y".repeat(500)}" }\n`,
    });
    const [problem] = refusal(() => loadEnvironment({ directory, name: "local" })).problems;
    for (const line of problem?.frame?.split("\n") ?? []) expect(line.length).toBeLessThan(130);
  });
});

describe("names of environments", () => {
  const wanted =
    "is not allowed, wanted lower-case letters, digits and single hyphens, beginning with a letter. Rename the file";

  test.each(["my env", "dev*", "프로드", "a..b", "-a", "a-", "a--b", "1a", "a_b"])("%s is refused", (name) => {
    const found = problems({ [`${name}.yaml`]: "cloud: local\n" });
    expect(found).toContain(`${name}.yaml: environment: the name ${JSON.stringify(name)} ${wanted}`);
  });

  test.each([20, 21])("of %i characters", (length) => {
    const name = "x".repeat(length);
    const files = { [`${name}.yaml`]: "cloud: local\n", "local.yaml": null };
    if (length === 20) expect(listEnvironments(folder(files))).toEqual([name]);
    else expect(problems(files)[0]).toContain(`the name "${name}" has 21 characters, wanted at most 20`);
  });

  test.each(["../local", "a/b", "/etc/passwd", "Local", "", "*", "local\n", "base"])(
    "%j on the command line touches no file",
    (name) => {
      const error = refusal(() => loadEnvironment({ directory: folder(), name }));
      expect(error.problems[0]?.message).toMatch(/^environment: the name .* (is not allowed|is reserved)/);
    },
  );

  test("that differ only by case or by a dot are refused, both named", () => {
    const found = problems({ "Local.yaml": "cloud: local\n", "lo.cal.yaml": "cloud: local\n" });
    expect(found).toContain(
      'Local.yaml: environment "Local" differs only by case, dots or its ending from local.yaml. Remove or rename one of them',
    );
    expect(found).toContain(
      'lo.cal.yaml: environment "lo.cal" differs only by case, dots or its ending from local.yaml. Remove or rename one of them',
    );
  });

  test("the same name with both endings is refused", () => {
    expect(problems({ "local.yml": "cloud: local\n" })).toContain(
      'local.yml: environment "local" differs only by case, dots or its ending from local.yaml. Remove or rename one of them',
    );
  });

  test("a wrong name elsewhere does not keep an environment from being loaded", () => {
    expect(load({ "my copy.yaml": "x" }).name).toBe("local");
  });

  test("hidden files, backups and other endings are no environments", () => {
    const directory = folder({ ".hidden.yaml": "x", "dev.yaml~": "x", "schema.json": "{}", "README.md": "x" });
    expect(listEnvironments(directory)).toEqual(["local"]);
  });
});
