/** Puts a finished synth in the place of an older one: whole or not at all, one writer at a time. Does not load the engine. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { UserError } from "../lib/core/errors";
import { stableJson } from "../lib/core/hash";
import type { SynthManifest } from "./manifest";

const MANIFEST = "manifest.json";
const DRAFT = ".synth-";
const LOCK = ".synth.lock";

/** A finished synth, not yet in place. */
export interface Draft {
  /** Folder below the output folder that holds `stacks/<name>/cdk.tf.json`. */
  readonly folder: string;
  /** Manifest of what was synthesized. */
  readonly manifest: SynthManifest;
  /** Whether these are all environments there are: stacks of every other one are stale. */
  readonly complete: boolean;
}

/** Makes a folder for a draft inside the output folder, so that it can be moved into place in one step. */
export function beginDraft(outdir: string): string {
  return onDisk(outdir, () => {
    mkdirSync(outdir, { recursive: true });
    if (!lstatSync(outdir).isDirectory() && !existsSync(join(outdir, "."))) throw new Error("not a directory");
    return mkdtempSync(join(outdir, `${DRAFT}${process.pid}-`));
  });
}

/** Throws a draft away. */
export function dropDraft(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Moves a draft into place: each stack's file in one step, the manifest last. Stacks of environments that are not part
 * of it stay; of those that are, layers that are gone are removed, except what Terraform keeps in their folders.
 */
export async function commitDraft(outdir: string, draft: Draft): Promise<SynthManifest> {
  const release = await lock(outdir);
  try {
    return onDisk(outdir, () => {
      const before = readOld(outdir);
      const manifest = merge(outdir, before, draft);
      for (const name of Object.keys(before.stacks)) {
        if (!(name in manifest.stacks)) removeStack(outdir, name);
      }
      for (const { workingDirectory, synthesizedStackPath } of Object.values(draft.manifest.stacks)) {
        mkdirSync(join(outdir, workingDirectory), { recursive: true });
        renameSync(join(draft.folder, synthesizedStackPath), join(outdir, synthesizedStackPath));
      }
      const text = `${stableJson(manifest, 2)}\n`;
      writeFileSync(join(draft.folder, MANIFEST), text);
      renameSync(join(draft.folder, MANIFEST), join(outdir, MANIFEST));
      removeAbandoned(outdir);
      return manifest;
    });
  } finally {
    await release();
  }
}

/** The manifest of an output folder; null when nothing was synthesized into it yet. */
export function readManifest(outdir: string): SynthManifest | null {
  const file = join(outdir, MANIFEST);
  if (!existsSync(file)) return null;
  const manifest = parse(readFileSync(file, "utf8"));
  if (typeof manifest?.stacks === "object" && typeof manifest.version === "string") {
    return { ...manifest, environments: manifest.environments ?? {} } as SynthManifest;
  }
  throw new UserError({
    where: file,
    message: "exists and is no manifest of a synth",
    fix: "Choose another output folder, or remove the file",
  });
}

function readOld(outdir: string): SynthManifest {
  return readManifest(outdir) ?? { version: "", stacks: {}, environments: {} };
}

function merge(outdir: string, before: SynthManifest, { manifest, complete }: Draft): SynthManifest {
  const stays = (environment: string) => !complete && !(environment in manifest.environments);
  const environments = Object.entries(before.environments).filter(
    ([name, { stacks }]) =>
      stays(name) &&
      stacks.every((stack) => existsSync(join(outdir, before.stacks[stack]?.synthesizedStackPath ?? "?"))),
  );
  const kept = new Set(environments.flatMap(([, { stacks }]) => stacks));
  const stacks = Object.entries(before.stacks).filter(([name]) => kept.has(name));
  return {
    version: manifest.version,
    stacks: { ...Object.fromEntries(stacks), ...manifest.stacks },
    environments: { ...Object.fromEntries(environments), ...manifest.environments },
  };
}

/** Removes what synth wrote for a stack; Terraform's working files stay, and so does the folder that holds them. */
function removeStack(outdir: string, name: string): void {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) return; // A manifest that was tampered with removes nothing.
  const folder = join(outdir, "stacks", name);
  rmSync(join(folder, "cdk.tf.json"), { force: true });
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Removes drafts whose process has ended without dropping them. */
function removeAbandoned(outdir: string): void {
  for (const entry of readdirSync(outdir)) {
    const pid = new RegExp(`^\\${DRAFT}(\\d+)-`).exec(entry)?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !isRunning(Number(pid))) dropDraft(join(outdir, entry));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function lock(outdir: string): Promise<() => Promise<void>> {
  const lockfile = require("proper-lockfile") as typeof import("proper-lockfile");
  try {
    return await lockfile.lock(outdir, {
      lockfilePath: join(outdir, LOCK),
      stale: 10_000,
      retries: { retries: 60, factor: 1.2, minTimeout: 25, maxTimeout: 500 },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw onDiskError(outdir, error);
    throw new UserError({
      where: outdir,
      message: "another synth has been writing here for more than 20 seconds",
      fix: `Wait for it to end; if none is running, remove ${join(outdir, LOCK)}`,
    });
  }
}

function onDisk<T>(outdir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw onDiskError(outdir, error);
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it lies on a read-only file system",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a file stands where a folder is wanted",
  EEXIST: "a file stands where a folder is wanted",
  ELOOP: "its symbolic links lead in a circle",
};

function onDiskError(outdir: string, error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const cause = code === undefined ? undefined : CAUSES[code];
  if (cause === undefined) return error;
  return new UserError(
    {
      where: path ?? outdir,
      message: `cannot write the synthesized stacks: ${cause} (${code})`,
      fix: "Choose another folder with --out, or mend this one",
    },
    undefined,
    { cause: error },
  );
}

function parse(text: string): Partial<SynthManifest> | null {
  try {
    return JSON.parse(text) as Partial<SynthManifest>;
  } catch {
    return null;
  }
}
