/** What a training run depends on, as one digest: the same digest, the same result. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

export interface FingerprintInput {
  readonly codeRoot: string;
  readonly project: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Folder of the project's own data sets, if it has any. */
  readonly datasets: string | null;
}

/** Digest over the steps, the project, the locked packages, the parameters and the data sets. */
export function fingerprint({ codeRoot, project, parameters, datasets }: FingerprintInput): string {
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
  for (const file of datasets === null ? [] : filesBelow(datasets)) {
    const { size, mtimeMs } = fs.statSync(file);
    add(path.relative(datasets ?? "", file), `${size} ${mtimeMs}`);
  }
  return hash.digest("hex").slice(0, 32);
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
