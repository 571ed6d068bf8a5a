/** Replaces a file in one step: whoever reads meanwhile sees the old one or the new one. */
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** @param file a link is followed: what it points to is replaced */
export function replaceFile(file: string, text: string): void {
  const there = existsSync(file);
  const target = there ? realpathSync(file) : file;
  // Hidden, so that it is never taken for an environment; beside the target, so that renaming it is one step.
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}`);
  try {
    writeFileSync(temporary, text, there ? { mode: statSync(target).mode } : {});
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
