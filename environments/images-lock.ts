/** Reads and changes images.lock.yaml. */
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import { EXIT, type Problem, UserError } from "../lib/core/errors";
import { IMAGE_NAMES, IMAGES_LOCK, type ImageName } from "../lib/core/images";
import { problemsOf, wanted } from "./issues";
import { digest, ImagesFile } from "./schema/images";
import { nearest } from "./suggest";
import { toValue } from "./tree";
import { Workspace } from "./workspace";

/** Digests by image; an image that is not built yet is absent. */
export type Digests = Readonly<Partial<Record<ImageName, string>>>;

const NEW_FILE = `# yaml-language-server: $schema=./images.lock.schema.json
# Digest of each of the estate's own images; \`mlops lock image NAME=sha256:…\` writes it.
version: 1
images: {}
`;

/** The digests that the folder's lock file records, none without a file. What is wrong is added to `problems`. */
export function digestsIn(workspace: Workspace, problems: Problem[]): Digests {
  const tree = workspace.images();
  if (!tree) return {};
  const file = ImagesFile.safeParse(toValue(tree), { error: wanted });
  if (file.success) return file.data.images;
  problems.push(...problemsOf(file.error, { tree, schema: ImagesFile, alone: true }));
  return {};
}

/**
 * The digests that a folder's lock file records.
 * @param directory as people see it; messages begin with it
 * @throws UserError with exit code 4 for a file that is wrong
 */
export function readDigests(directory: string): Digests {
  const workspace = new Workspace(directory);
  const problems: Problem[] = [];
  const digests = digestsIn(workspace, problems);
  const all = [...workspace.problems, ...problems];
  if (all.length > 0) throw new UserError(all, EXIT.invalidConfig);
  return digests;
}

/**
 * Digests as typed, `NAME=sha256:…`.
 * @throws UserError with exit code 4 that lists every name and digest that is wrong
 */
export function typedDigests(words: readonly string[]): Digests {
  const found = new Map<ImageName, string>();
  const problems: Problem[] = [];
  for (const word of words) {
    const [, typed = word, value = ""] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    const name = IMAGE_NAMES.find((known) => known === typed);
    const checked = digest().safeParse(value);
    const before = name && found.get(name);
    if (name === undefined) problems.push(unknownImage(typed));
    else if (!checked.success) problems.push(badDigest(name, value, checked.error.issues[0]?.message));
    else if (before !== undefined && before !== value) {
      problems.push({ where: name, message: `got two digests, ${before} and ${value}`, fix: "Give one" });
    } else found.set(name, value);
  }
  if (problems.length > 0) throw new UserError(problems, EXIT.invalidConfig);
  return Object.fromEntries(found);
}

function unknownImage(typed: string): Problem {
  const near = nearest(typed, IMAGE_NAMES);
  return {
    where: typed,
    message: `there is no image of this name, wanted one of ${IMAGE_NAMES.join(", ")}`,
    fix: near && `Did you mean ${near}?`,
  };
}

function badDigest(name: ImageName, value: string, phrase = "a digest"): Problem {
  return {
    where: name,
    message: `got ${value === "" ? "nothing" : JSON.stringify(value.slice(0, 80))}, wanted ${phrase}`,
    fix: "The build prints the digest when it has pushed the image",
  };
}

/** What recording digests changes. */
export interface Recorded {
  readonly file: string;
  /** All digests afterwards. */
  readonly images: Digests;
  /** Images whose digest is another one now. */
  readonly changed: readonly ImageName[];
}

/**
 * Writes digests into a folder's lock file, which is made when it is missing. Comments and the other digests stay. The
 * file is replaced in one step: whoever reads meanwhile sees the old one or the new one.
 * @param dryRun only says what would change
 */
export function recordDigests(directory: string, digests: Digests, dryRun = false): Recorded {
  const before = readDigests(directory);
  const file = join(directory, IMAGES_LOCK);
  const images = { ...before, ...digests };
  const changed = IMAGE_NAMES.filter((name) => images[name] !== before[name]);
  if (!dryRun && changed.length > 0)
    replace(directory, file, withDigests(existsSync(file) ? readFileSync(file, "utf8") : NEW_FILE, digests));
  return { file, images, changed };
}

function withDigests(text: string, digests: Digests): string {
  const document = parseDocument(text);
  const map = document.get("images");
  // `{}` would stay on one line.
  if (isMap(map)) map.flow = false;
  for (const [name, value] of Object.entries(digests)) document.setIn(["images", name], value);
  return document.toString({ lineWidth: 0 });
}

function replace(directory: string, file: string, text: string): void {
  const target = existsSync(file) ? realpathSync(file) : file;
  // Hidden, so that it is never taken for an environment.
  const temporary = join(directory, `.${IMAGES_LOCK}.${process.pid}`);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
