/** Equal input gives equal bytes, whatever the machine is like that it is synthesized on. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import { temporaryFolder } from "../support/folders";

const ROOT = join(__dirname, "../..");
const JITI = join(ROOT, "node_modules/.bin/jiti");

interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly environments?: string;
}

/** Files of a synth of a shipped environment, made by a process of its own. */
function synthesized(
  name: string,
  { cwd = ROOT, env = {}, environments = join(ROOT, "environments") }: Surroundings = {},
): Record<string, string> {
  const outdir = join(temporaryFolder(), "some", "where");
  const program = join(ROOT, "test/support/synth-process.ts");
  execFileSync(JITI, [program, environments, outdir, name], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: "pipe",
  });
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((file) => [file.slice(outdir.length), readFileSync(file, "utf8")]),
  );
}

/** The same files with the keys of every map turned round. */
function keysTurned(cloud: string): string {
  const folder = join(temporaryFolder(), "deeper", "environments");
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, "environments"), folder, { recursive: true, filter: (path) => !path.endsWith(".ts") });
  for (const name of ["base.yaml", "local.yaml", "staging.yaml"]) {
    const document = parseDocument(readFileSync(join(folder, name), "utf8"));
    const turn = (node: unknown): void => {
      if (!isMap(node)) return;
      node.items.reverse();
      for (const { value } of node.items) turn(value);
    };
    if (name === "staging.yaml") document.set("cloud", cloud);
    turn(document.contents);
    writeFileSync(join(folder, name), String(document));
  }
  return folder;
}

/** The shipped files, one of them with another cloud. */
function shipped(cloud: string): string {
  const folder = join(temporaryFolder(), "environments");
  cpSync(join(ROOT, "environments"), folder, { recursive: true, filter: (path) => !path.endsWith(".ts") });
  const file = join(folder, "staging.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("cloud: gcp", `cloud: ${cloud}`));
  return folder;
}

test.each([
  ["local", "local", "gcp"],
  ["Google Cloud", "staging", "gcp"],
  ["Azure", "staging", "azure"],
])(
  "another folder, time zone, locale, home and order of keys change no byte on %s",
  (_, name, cloud) => {
    const environments = shipped(cloud);
    const usual = synthesized(name, { environments, env: { TZ: "UTC", LANG: "C", LC_ALL: "C" } });
    expect(Object.keys(usual)).toContain(`/stacks/${name}-data/cdk.tf.json`);
    expect(Object.keys(usual)).toContain("/manifest.json");
    const env = { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", HOME: "" };
    expect(synthesized(name, { environments, cwd: "/", env })).toEqual(usual);
    expect(synthesized(name, { environments: keysTurned(cloud), env: { TZ: "America/St_Johns" } })).toEqual(usual);
  },
  60_000,
);
