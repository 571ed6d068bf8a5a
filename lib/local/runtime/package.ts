/** Model packages on disk: folders whose bytes are known by a digest. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelPackage } from "../../contracts/operator";
import { UserError } from "../../core/errors";

/** Every file below a package's folder by its POSIX path, sorted by the bytes of the path. */
export async function readPackageFiles(folder: string): Promise<Readonly<Record<string, Uint8Array>>> {
  const names = await readdir(folder, { recursive: true });
  const kinds = await Promise.all(names.map((name) => stat(path.join(folder, name))));
  const files = names
    .filter((_, index) => kinds[index]?.isFile())
    .map((name) => name.split(path.sep).join("/"))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const contents = await Promise.all(files.map((file) => readFile(path.join(folder, file))));
  return Object.fromEntries(files.map((file, index) => [file, contents[index] ?? new Uint8Array()]));
}

/** `sha256:` over the lines `<path>\0<sha256 of the file>\n` of a package's files, sorted by path. */
export async function packageDigest(folder: string): Promise<string> {
  const whole = createHash("sha256");
  for (const [file, content] of Object.entries(await readPackageFiles(folder))) {
    whole.update(`${file}\0${createHash("sha256").update(content).digest("hex")}\n`);
  }
  return `sha256:${whole.digest("hex")}`;
}

/**
 * The folder of a package: where it was registered, else where the estate in `directory` keeps the package of this digest,
 * since an estate may have been moved. @throws UserError when it is in neither place.
 */
export async function packageFolder(
  { project, version, uri, digest }: ModelPackage,
  directory: string,
): Promise<string> {
  const registered = uri.startsWith("file:") ? fileURLToPath(uri) : uri;
  const kept = path.join(directory, "buckets", "artifacts", "models", project, digest.replace(/^sha256:/, ""));
  for (const folder of [registered, kept]) {
    if ((await stat(folder).catch(() => null))?.isDirectory()) return folder;
  }
  throw new UserError({
    where: `${project} version ${version}`,
    message: `its package is not at ${uri}`,
    fix: RUN_AGAIN,
  });
}

/** Refuses a package whose bytes are not the ones that were registered. Returns its folder. @throws UserError */
export async function verifyPackage(model: ModelPackage, directory: string): Promise<string> {
  const folder = await packageFolder(model, directory);
  const got = await packageDigest(folder);
  if (got === model.digest) return folder;
  throw new UserError({
    where: `${model.project} version ${model.version}`,
    message: `its package at ${folder} has digest ${got}, registered was ${model.digest}: its files were changed`,
    fix: RUN_AGAIN,
  });
}

const RUN_AGAIN = "Run the pipeline again to register a new version";
