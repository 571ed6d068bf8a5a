import fs from "node:fs";
import path from "node:path";
import { files, run, workspace } from "./support";

jest.setTimeout(60_000);

describe("synth", () => {
  test("is the same bytes from another folder, time zone and language", async () => {
    const folder = workspace();
    const outs = [path.join(folder, "a"), path.join(folder, "deeper", "b")];
    const elsewhere = { ...process.env, TZ: "Asia/Seoul", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" };
    const [first, second] = await Promise.all([
      run(folder, ["synth", "local", "--out", outs[0] ?? ""]),
      run(folder, ["synth", "local", "--out", outs[1] ?? ""], { cwd: folder, env: elsewhere }),
    ]);
    expect([first.code, second.code]).toEqual([0, 0]);
    const [a, b] = outs.map((out) => files(out).map((file) => [file, fs.readFileSync(path.join(out, file), "utf8")]));
    expect(a?.map(([file]) => file)).toContain("stacks/local-data/cdk.tf.json");
    expect(b).toEqual(a);
  });

  test("with --dry-run writes nothing and names what would change", async () => {
    const folder = workspace();
    const before = files(folder);
    const { code, stdout } = await run(folder, ["synth", "local", "--dry-run", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { changed: string[] }).changed).toContain("stacks/local-data/cdk.tf.json");
    expect(files(folder)).toEqual(before);
  });

  test("refuses to write where a file stands, with the cure", async () => {
    const folder = workspace();
    const out = path.join(folder, "taken");
    fs.writeFileSync(out, "mine");
    const { code, stderr } = await run(folder, ["synth", "local", "--out", out]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*taken/);
    expect(stderr).not.toMatch(/unexpected|\n {4}at /);
    expect(fs.readFileSync(out, "utf8")).toBe("mine");
  });
});
