/** What the README says is true: its commands exist with their options, its folders and files are there, its YAML is valid. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "../environments/load";

const ROOT = join(__dirname, "..");
const TEXTS = ["README.md", "CONTRIBUTING.md"].map((name) => ({ name, text: readFileSync(join(ROOT, name), "utf8") }));
const README = TEXTS[0]?.text ?? "";

/** Every `mlops …` of the texts, as its words: in code between backticks or at the start of a line of a block. */
const COMMANDS = [
  ...new Set(
    TEXTS.flatMap(({ text }) =>
      [...text.matchAll(/(?:`|^)(?:npx )?mlops ([a-z][^`#\n]*)/gm)].map(([, words]) => (words ?? "").trim()),
    ),
  ),
].filter((words) => !words.startsWith("help COMMAND"));

test("there are commands to check", () => expect(COMMANDS.length).toBeGreaterThan(10));

test.each(COMMANDS)("mlops %s is a command with these options", (words) => {
  const parts = words.split(/\s+/).filter((word) => word !== "\\");
  const command = ["pipeline", "lock"].includes(parts[0] ?? "") ? parts.slice(0, 2) : parts.slice(0, 1);
  const help = execFileSync(process.execPath, [join(ROOT, "cli/mlops.cjs"), ...command, "--help"], {
    encoding: "utf8",
  });
  expect(help).toContain(`mlops ${command.join(" ")}`);
  const general = ["--json", "--environments", "--no-input"];
  for (const option of parts.filter((part) => part.startsWith("--") && !general.includes(part))) {
    expect(help).toContain(option);
  }
});

test("every script that is named is one of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = TEXTS.flatMap(({ text }) => [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? ""));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  expect(named).toContain("up");
});

test("every file and folder that is named is there", () => {
  const paths = TEXTS.flatMap(({ text }) =>
    [...text.matchAll(/`((?:lib|stacks|environments|operations|pipelines|cli|test|bench)\/[\w./-]*)`/g)].map(
      ([, path]) => path ?? "",
    ),
  );
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("its example of an environment is valid", () => {
  const [, file, yaml] = /```yaml\n# (environments\/[a-z]+\.yaml)\n([\s\S]*?)```/.exec(README) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "mlops-readme-"));
  try {
    cpSync(join(ROOT, "environments"), join(folder, "environments"), { recursive: true });
    writeFileSync(join(folder, file ?? ""), yaml ?? "");
    const names = loadAll({ directory: join(folder, "environments") }).map(({ name, cloud }) => `${name} ${cloud}`);
    expect(names).toContain("dev gcp");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
