/** What a training run depends on, as one digest: the same digest, the same result. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** What a run is made from. */
export interface FingerprintInput {
  readonly codeRoot: string;
  readonly project: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Digest over the steps, the project, the locked packages, the parameters and the file that data comes from. */
export function fingerprint({ codeRoot, project, parameters }: FingerprintInput): string {
  const pipelines = path.join(codeRoot, "pipelines");
  const hash = createHash("sha256");
  const add = (name: string, content: string | Buffer) =>
    hash.update(`${name}\0${createHash("sha256").update(content).digest("hex")}\n`);
  for (const folder of ["steps", path.join("projects", project)]) {
    for (const file of filesBelow(path.join(pipelines, folder))) {
      add(path.relative(pipelines, file), fs.readFileSync(file));
    }
  }
  add("requirements.txt", fs.readFileSync(path.join(pipelines, "requirements.txt")));
  add("parameters", JSON.stringify(sorted(parameters)));
  // Data can be large: its content is judged by the pipeline itself; here a changed time or size is enough to ask it.
  const source = sourceFile(path.join(pipelines, "projects", project), parameters["extract.source"]);
  const found = source === null ? undefined : fs.statSync(source, { throwIfNoEntry: false });
  if (found) add("source", `${found.size} ${found.mtimeMs}`);
  return hash.digest("hex").slice(0, 32);
}

/** The file that `extract.source` names, relative to the project; null when data comes from elsewhere. */
function sourceFile(folder: string, parameter: unknown): string | null {
  const settings = parse(fs.readFileSync(path.join(folder, "settings.yaml"), "utf8")) as {
    extract?: { source?: unknown };
  };
  const source = parameter ?? settings.extract?.source;
  if (typeof source !== "string") return null;
  const file = source.replace(/^file:\/\//, "");
  return /^[a-z][a-z0-9+.-]+:/.test(file) ? null : path.resolve(folder, file);
}

/** Every file below a folder, sorted; nothing that Python or a test run leaves behind. */
function filesBelow(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter(
      (file) =>
        !/(^|[\\/])(__pycache__|\.pytest_cache|tests?|\.ipynb_checkpoints)[\\/]|\.pyc$/.test(
          path.relative(folder, file),
        ),
    )
    .sort();
}

/** The same value with its keys in order, so that their order in a file does not count. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
