/** Reads and changes images.lock.yaml. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import { EXIT, type Problem, UserError } from "../lib/core/errors";
import { IMAGE_NAMES, IMAGES_LOCK, type ImageName } from "../lib/core/images";
import { problemsOf, reporter, wanted } from "./issues";
import { replaceFile } from "./replace-file";
import { digest, ImagesFile } from "./schema/images";
import { nearest } from "./suggest";
import { childOf, type Entry, layer, toValue } from "./tree";
import { Workspace } from "./workspace";

/** Digests by image; an image that is not built yet is absent. */
export type Digests = Readonly<Partial<Record<ImageName, string>>>;

const NEW_FILE = `# yaml-language-server: $schema=./images.lock.schema.json
# Digest of each of the estate's own images; \`mlops lock image NAME=sha256:…\` writes it.
version: 1
images: {}
`;

/** What the file records. */
export interface Lock {
  /** For every environment. */
  readonly images: Digests;
  /** An environment's own builds. */
  readonly environments: Readonly<Record<string, Digests>>;
}

const NOTHING: Lock = { images: {}, environments: {} };

/** The digests that one environment deploys. */
export function digestsFor({ images, environments }: Lock, environment: string): Digests {
  return { ...images, ...environments[environment] };
}

/** The digests of one environment with where they stand: its own laid over those of every environment. */
export function imagesTree(tree: Entry | undefined, environment: string): Entry | undefined {
  const all = tree && childOf(tree, "images");
  const builds = tree && childOf(tree, "environments");
  const own = builds && childOf(builds, environment);
  return all && own ? layer(all, own) : (own ?? all);
}

/** What the folder's lock file records, nothing without a file. What is wrong is added to `problems`. */
export function lockOf(workspace: Workspace, problems: Problem[]): Lock {
  const tree = workspace.images();
  if (!tree) return NOTHING;
  const file = ImagesFile.safeParse(toValue(tree), { error: wanted });
  if (file.success) {
    const report = reporter(tree, problems);
    for (const name of Object.keys(file.data.environments)) {
      if (workspace.environments.includes(name)) continue;
      const near = nearest(name, workspace.environments);
      report(["environments", name], "there is no environment of this name", near && `Did you mean ${near}?`);
    }
    const { images, environments } = file.data;
    return { images, environments };
  }
  problems.push(...problemsOf(file.error, { tree, schema: ImagesFile, alone: true }));
  return NOTHING;
}

/**
 * What a folder's lock file records.
 * @param directory as people see it; messages begin with it
 * @throws UserError with exit code 4 for a file that is wrong
 */
export function readLock(directory: string): Lock {
  const workspace = new Workspace(directory);
  const problems: Problem[] = [];
  const lock = lockOf(workspace, problems);
  const all = [...workspace.problems, ...problems];
  if (all.length > 0) throw new UserError(all, EXIT.invalidConfig);
  return lock;
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
  /** All digests afterwards: of the environment, or those of every environment. */
  readonly images: Digests;
  /** Images whose digest is another one now. */
  readonly changed: readonly ImageName[];
}

/** Where and how digests are recorded. */
export interface RecordOptions {
  /** Environment whose own builds they are. @default - those of every environment */
  readonly environment?: string;
  /** Only say what would change. @default false */
  readonly dryRun?: boolean;
}

/**
 * Writes digests into a folder's lock file, which is made when it is missing. Comments and the other digests stay.
 */
export function recordDigests(directory: string, digests: Digests, options: RecordOptions = {}): Recorded {
  const { environment, dryRun = false } = options;
  const lock = readLock(directory);
  const before = environment === undefined ? lock.images : (lock.environments[environment] ?? {});
  const file = join(directory, IMAGES_LOCK);
  const images = { ...before, ...digests };
  const changed = IMAGE_NAMES.filter((name) => images[name] !== before[name]);
  if (!dryRun && changed.length > 0) {
    const place = environment === undefined ? ["images"] : ["environments", environment];
    replaceFile(file, withDigests(existsSync(file) ? readFileSync(file, "utf8") : NEW_FILE, place, digests));
  }
  return { file, images, changed };
}

function withDigests(text: string, place: readonly string[], digests: Digests): string {
  const document = parseDocument(text);
  // `{}` would stay on one line.
  for (const depth of place.keys()) {
    const map = document.getIn(place.slice(0, depth + 1));
    if (isMap(map)) map.flow = false;
  }
  for (const [name, value] of Object.entries(digests)) document.setIn([...place, name], value);
  return document.toString({ lineWidth: 0 });
}
