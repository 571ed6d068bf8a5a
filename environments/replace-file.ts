/** Replaces a file in one step: whoever reads meanwhile sees the old one or the new one. */
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../lib/core/errors";

/**
 * @param file a link is followed: what it points to is replaced
 * @throws UserError for a file that is read-only: replacing it would pass over what its owner said
 */
export function replaceFile(file: string, text: string): void {
  const there = existsSync(file);
  const target = there ? realpathSync(file) : file;
  if (there && (statSync(target).mode & 0o222) === 0) {
    throw new UserError({ where: target, message: "is read-only; nothing was written", fix: `chmod u+w ${target}` });
  }
  // Hidden, so that it is never taken for an environment; beside the target, so that renaming it is one step.
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}`);
  try {
    writeFileSync(temporary, text, there ? { mode: statSync(target).mode } : {});
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
