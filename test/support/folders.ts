/** Temporary folders that are gone after the tests of a file. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A new empty folder, with links resolved. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mlops-test-")));
  made.push(folder);
  return folder;
}

/** Tests need not call it: each file's folders go when its tests are done. */
export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

// A script that is no test has no `afterAll`.
if (typeof afterAll === "function") afterAll(removeTemporaryFolders);
