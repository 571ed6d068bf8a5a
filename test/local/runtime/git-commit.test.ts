import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gitCommit } from "../../../lib/local/runtime/pipelines";

const folder = mkdtempSync(path.join(tmpdir(), "mlops-git-"));
const git = (...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
    cwd: folder,
    encoding: "utf8",
  });

afterAll(() => rmSync(folder, { recursive: true }));

test("a model names the commit it was made from, and says when its code was changed since", async () => {
  expect(await gitCommit(folder)).toBe("unknown");
  mkdirSync(path.join(folder, "pipelines"));
  writeFileSync(path.join(folder, "pipelines/step.py"), "1");
  writeFileSync(path.join(folder, "notes.txt"), "1");
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  const head = git("rev-parse", "HEAD").trim();
  expect(await gitCommit(folder)).toBe(head);
  writeFileSync(path.join(folder, "notes.txt"), "2");
  expect(await gitCommit(folder)).toBe(head);
  writeFileSync(path.join(folder, "pipelines/step.py"), "2");
  expect(await gitCommit(folder)).toBe(`${head}-dirty`);
});
