/** A model package as a release reads it: JSON contract files, wherever they lie. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { ModelPackage } from "../lib/contracts/operator";
import { EXIT, type Problem, UserError } from "../lib/core/errors";

const finite = z.number();
const version = z.literal(1);
/** One value of an input. `null` means missing. */
const value = z.union([finite, z.string(), z.boolean(), z.null()]);
const instance = z.union([z.record(z.string(), value), z.array(value)]);

const FILES = {
  "manifest.json": z.looseObject({
    version,
    project: z.string(),
    python: z.string().regex(/^\d+\.\d+(\.\d+)?$/),
    packages: z.record(z.string(), z.string()),
    memoryMiB: finite.positive(),
    accelerator: z.string().nullable(),
    metric: z.looseObject({ name: z.string(), direction: z.enum(["lower", "higher"]), floor: finite.nullish() }),
  }),
  "schema.json": z.looseObject({
    version,
    features: z
      .array(
        z.looseObject({
          name: z.string(),
          type: z.enum(["number", "category"]),
          required: z.boolean().default(true),
          min: finite.nullish(),
          max: finite.nullish(),
          domain: z.array(z.union([finite, z.string()])).nullish(),
        }),
      )
      .min(1),
  }),
  "metrics.json": z.looseObject({ version, overall: z.record(z.string(), z.unknown()) }),
  "golden.json": z.looseObject({ instances: z.array(instance).min(1), predictions: z.array(finite).min(1) }),
  "holdout.json": z.looseObject({ instances: z.array(instance).min(1), labels: z.array(finite).min(1) }),
} as const;

type FileName = keyof typeof FILES;
type FileOf<F extends FileName> = z.infer<(typeof FILES)[F]>;

export type Manifest = FileOf<"manifest.json">;
export type PackageSchema = FileOf<"schema.json">;
export type Instance = z.infer<typeof instance>;

/** The files of a package that a release needs, read and checked. */
export interface PackageContents {
  readonly manifest: Manifest;
  readonly schema: PackageSchema;
  /** Reference statistics of the training data; null when the package brings none. */
  readonly statistics: unknown;
  readonly metrics: FileOf<"metrics.json">;
  readonly golden: FileOf<"golden.json">;
  readonly holdout: FileOf<"holdout.json">;
  /** `sha256:` and 64 hexadecimal digits over the files as they were read. */
  readonly digest: string;
}

/**
 * Reads a package from its files, by POSIX path inside the package.
 *
 * @throws UserError with every file that is missing or wrong
 */
export function readPackage(model: ModelPackage, files: Readonly<Record<string, Uint8Array>>): PackageContents {
  const problems: Problem[] = [];
  const where = `${model.project} version ${model.version}`;
  const read = <F extends FileName>(name: F): FileOf<F> | undefined => {
    const document = json(files[name]);
    if ("problem" in document) {
      problems.push({ where, message: `${name} of the model package ${document.problem}` });
      return undefined;
    }
    const result = FILES[name].safeParse(document.value);
    if (result.success) return result.data as FileOf<F>;
    for (const { path, message } of result.error.issues.slice(0, 5)) {
      problems.push({ where, message: `${name} of the model package: ${path.join(".") || "document"}: ${message}` });
    }
    return undefined;
  };
  const manifest = read("manifest.json");
  const schema = read("schema.json");
  const metrics = read("metrics.json");
  const golden = read("golden.json");
  const holdout = read("holdout.json");
  if (manifest && manifest.project !== model.project) {
    problems.push({ where, message: `manifest.json is of project ${manifest.project}, wanted ${model.project}` });
  }
  if (golden && golden.instances.length !== golden.predictions.length) {
    problems.push({ where, message: "golden.json has not one prediction for each instance" });
  }
  if (holdout && holdout.instances.length !== holdout.labels.length) {
    problems.push({ where, message: "holdout.json has not one label for each instance" });
  }
  if (problems.length > 0 || !manifest || !schema || !metrics || !golden || !holdout) {
    throw new UserError(
      problems.map((problem) => ({ ...problem, fix: "Run the pipeline again to make a new version" })),
      EXIT.refused,
    );
  }
  const document = json(files["statistics.json"]);
  const statistics = "value" in document ? document.value : null;
  return { manifest, schema, statistics, metrics, golden, holdout, digest: packageDigest(files) };
}

/** Digest over a package: sha256 over `<path>\0<sha256 of the file>\n` of every file, sorted by path. */
export function packageDigest(files: Readonly<Record<string, Uint8Array>>): string {
  const hash = createHash("sha256");
  for (const path of Object.keys(files).sort(byBytes)) {
    hash.update(
      `${path}\0${createHash("sha256")
        .update(files[path] ?? "")
        .digest("hex")}\n`,
    );
  }
  return `sha256:${hash.digest("hex")}`;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function json(bytes: Uint8Array | undefined): { readonly value: unknown } | { readonly problem: string } {
  if (!bytes) return { problem: "is missing" };
  try {
    return { value: JSON.parse(Buffer.from(bytes).toString("utf8")) };
  } catch {
    return { problem: "is not JSON" };
  }
}
