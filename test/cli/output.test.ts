import { problemsOf } from "../../cli/failure";
import { createOutput } from "../../cli/output";
import { streamOf } from "./support";

describe("a terminal", () => {
  test.each<[string, object, boolean]>([
    ["of the usual size is redrawn", { columns: 80, rows: 24 }, true],
    ["of 20 columns is not", { columns: 20, rows: 24 }, false],
    ["without a size is not", { columns: 0, rows: 0 }, false],
    ["of 5 rows is not", { columns: 80, rows: 5 }, false],
  ])("%s", (_what, window, animated) => {
    const { streams } = streamOf({ isTTY: true, ...window });
    expect(createOutput({ json: false, debug: false, streams, variables: {} }).animated).toBe(animated);
  });
});

describe("what the system refuses", () => {
  test.each([
    ["ENOENT", "mkdir", /cannot be made/],
    ["EROFS", "open", /read-only/],
    ["ENOSPC", "write", /disk is full/],
  ])("%s at %s is for people, not a fault of the program", (code, syscall, words) => {
    const { problems, unexpected } = problemsOf(Object.assign(new Error(code), { code, syscall, path: "/x" }));
    expect(unexpected).toBe(false);
    expect(problems[0]).toMatchObject({ where: "/x" });
    expect(`${problems[0]?.message} ${problems[0]?.fix}`).toMatch(words);
  });

  test("a file that is missing is a fault of the program", () => {
    expect(problemsOf(Object.assign(new Error("x"), { code: "ENOENT", syscall: "open" })).unexpected).toBe(true);
  });
});

test("words get out while something else has taken the stream", () => {
  const { said, streams } = streamOf();
  const output = createOutput({ json: false, debug: false, streams, variables: {} });
  streams.stderr.write = () => 0;
  output.say("interrupted");
  expect(said).toEqual(["interrupted\n"]);
});
