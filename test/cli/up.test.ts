import fs from "node:fs";
import path from "node:path";
import { fingerprint } from "../../cli/fingerprint";
import { createOutput } from "../../cli/output";
import { Steps } from "../../cli/progress";
import { parameterValues } from "../../cli/project";
import { releaseNeed } from "../../cli/release";
import type { Environment } from "../../environments/schema";
import type { IOperator } from "../../lib/contracts/operator";
import { UserError } from "../../lib/core/errors";
import type { Ledger } from "../../operations/ledger";
import { streamOf, temporary } from "./support";

describe("what a training run depends on", () => {
  function code(): string {
    const root = temporary();
    for (const [file, text] of [
      ["steps/train.py", "fit()"],
      ["projects/diabetes/settings.yaml", "extract: { source: data.csv }"],
      ["projects/diabetes/data.csv", "1"],
      ["projects/other/settings.yaml", "alpha: 1"],
      ["requirements.txt", "numpy==2"],
    ] as const) {
      fs.mkdirSync(path.dirname(path.join(root, "pipelines", file)), { recursive: true });
      fs.writeFileSync(path.join(root, "pipelines", file), text);
    }
    fs.writeFileSync(path.join(root, "other.csv"), "1");
    return root;
  }
  const of = (root: string, parameters: Record<string, unknown> = {}) =>
    fingerprint({ codeRoot: root, project: "diabetes", parameters });

  test.each([
    ["a step's code", "pipelines/steps/train.py"],
    ["a setting of the project", "pipelines/projects/diabetes/settings.yaml"],
    ["a locked package", "pipelines/requirements.txt"],
    ["the file the data comes from", "pipelines/projects/diabetes/data.csv"],
    ["a new file of the project", "pipelines/projects/diabetes/features.py"],
  ])("changes with %s", (_what, file) => {
    const root = code();
    const before = of(root);
    fs.appendFileSync(path.join(root, file), "\n# changed");
    expect(of(root)).not.toBe(before);
  });

  test("changes with the file that a parameter names instead", () => {
    const root = code();
    const parameters = { "extract.source": path.join(root, "other.csv") };
    const before = of(root, parameters);
    fs.appendFileSync(path.join(root, "other.csv"), "changed");
    expect(of(root, parameters)).not.toBe(before);
  });

  test("changes with a parameter's value, not with the parameters' order", () => {
    const root = code();
    expect(of(root, { a: 1, b: 2 })).toBe(of(root, { b: 2, a: 1 }));
    expect(of(root, { a: 1 })).not.toBe(of(root, { a: 2 }));
  });

  test.each([
    ["another project", "pipelines/projects/other/settings.yaml"],
    ["what Python leaves behind", "pipelines/steps/__pycache__/train.cpython-311.pyc"],
  ])("does not change with %s", (_what, file) => {
    const root = code();
    const before = of(root);
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.appendFileSync(path.join(root, file), "changed");
    expect(of(root)).toBe(before);
  });
});

describe("whether a release is needed", () => {
  interface World {
    readonly serving?: string;
    readonly candidate?: string;
    readonly production?: string;
    readonly releases?: readonly {
      version: string;
      state: string;
      drill?: object;
      kind?: string;
      previous?: string;
    }[];
    readonly again?: boolean;
  }
  async function need({ serving, candidate, production, releases = [], again }: World) {
    const aliases: Record<string, string | undefined> = { candidate, production };
    const model = serving === undefined ? null : { project: "diabetes", version: serving };
    const operator = {
      serving: { deployments: async () => [{ role: "stable", model }] },
      models: { byAlias: async (_project: string, alias: string) => aliases[alias] ?? null },
    } as unknown as IOperator;
    const ledger = {
      releases: async () =>
        releases.map((release) => ({ drill: null, kind: "release", reasons: ["too slow"], ...release })),
    } as unknown as Ledger;
    const environment = { name: "local" } as Environment;
    return (await releaseNeed({ operator, ledger, environment, project: "diabetes", again })).version;
  }

  test.each<[string, World, string | null]>([
    ["nothing is registered: no", {}, null],
    ["the first version: yes", { candidate: "1" }, "1"],
    ["the newest serves: no", { candidate: "1", production: "1", serving: "1" }, null],
    ["a newer one was registered: yes", { candidate: "2", production: "1", serving: "1" }, "2"],
    [
      "the newer one was rolled back: no",
      { candidate: "2", production: "1", serving: "1", releases: [{ version: "2", state: "rolledBack" }] },
      null,
    ],
    [
      "it was rolled back and a person asks again: yes",
      { candidate: "2", production: "1", serving: "1", releases: [{ version: "2", state: "rolledBack" }], again: true },
      "2",
    ],
    [
      "only its rehearsal was rolled back: yes",
      { candidate: "2", production: "1", serving: "1", releases: [{ version: "2", state: "rolledBack", drill: {} }] },
      "2",
    ],
    [
      "a person went back from it: no",
      {
        candidate: "2",
        production: "1",
        serving: "1",
        releases: [
          { version: "1", state: "promoted", kind: "rollback", previous: "2" },
          { version: "2", state: "promoted" },
        ],
      },
      null,
    ],
    [
      "a person went back from it and asks again: yes",
      {
        candidate: "2",
        production: "1",
        serving: "1",
        releases: [{ version: "1", state: "promoted", kind: "rollback", previous: "2" }],
        again: true,
      },
      "2",
    ],
    [
      "its release was interrupted: yes",
      { candidate: "2", production: "1", serving: "1", releases: [{ version: "2", state: "interrupted" }] },
      "2",
    ],
    [
      "the newer one was refused and nothing serves: the one that was good comes back",
      { candidate: "2", production: "1", releases: [{ version: "2", state: "refused" }] },
      "1",
    ],
    [
      "the first one was refused: it is tried again, the machine may have been busy",
      { candidate: "1", releases: [{ version: "1", state: "refused" }] },
      "1",
    ],
  ])("%s", async (_what, world, version) => {
    expect(await need(world)).toBe(version);
  });
});

describe("parameters on the command line", () => {
  test("are JSON where they are JSON, else text", () => {
    expect(parameterValues(["train.alpha=0.5", "register.force=true", "name=a=b", "list=[1,2]"])).toEqual({
      "train.alpha": 0.5,
      "register.force": true,
      name: "a=b",
      list: [1, 2],
    });
  });

  test.each(["alpha", "=1", "1a=2"])("without a name and a value (%s) are refused", (text) => {
    expect(() => parameterValues([text])).toThrow(/wanted name=value/);
  });
});

describe("steps", () => {
  function steps(asks = false, window = {}): { readonly steps: Steps; readonly said: string[] } {
    const { said, streams } = streamOf(window);
    return { steps: new Steps(createOutput({ json: false, debug: false, streams, variables: {} }), asks), said };
  }

  test("that ask a person are not redrawn and run one at a time", async () => {
    const { steps: all, said } = steps(true, { isTTY: true, columns: 80, rows: 24 });
    let running = 0;
    const ask = async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return { value: null, detail: null };
    };
    await all.all(
      [
        { step: "a", work: ask },
        { step: "b", work: ask },
      ],
      2,
    );
    expect(said[0]).toBe("a ...\n");
  });

  const good = async () => ({ value: 1, detail: null });
  const bad = (message: string) => async (): Promise<never> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new UserError({ message });
  };

  test("are said as plain lines without a terminal, with their time", async () => {
    const { steps: all, said } = steps();
    await all.run("synth", async (say) => {
      say("half way");
      return { value: null, detail: "5 stacks" };
    });
    expect(said).toEqual([
      "synth ...\n",
      "  synth: half way\n",
      expect.stringMatching(/^synth: 5 stacks \(\d\.\d s\)\n$/),
    ]);
    expect(all.reports).toEqual([{ step: "synth", seconds: expect.any(Number), detail: "5 stacks" }]);
  });

  test("wait for those they come after, and run side by side otherwise", async () => {
    const order: string[] = [];
    const work = (name: string, time: number) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, time));
      order.push(`${name} ends`);
      return { value: name, detail: null };
    };
    const values = await steps().steps.all(
      [
        { step: "a", work: work("a", 60) },
        { step: "b", work: work("b", 20) },
        { step: "c", after: ["a"], work: work("c", 1) },
      ],
      2,
    );
    expect(values).toEqual(["a", "b", "c"]);
    expect(order).toEqual(["a begins", "b begins", "b ends", "a ends", "c begins", "c ends"]);
  });

  test("do not overtake the one they come after, though there is room for both", async () => {
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${name} ends`);
      return { value: name, detail: null };
    };
    await steps().steps.all(
      [
        { step: "foundation", work: work("foundation") },
        { step: "network", after: ["foundation"], work: work("network") },
      ],
      2,
    );
    expect(order).toEqual(["foundation begins", "foundation ends", "network begins", "network ends"]);
  });

  test("after one that failed do not begin, and every failure is told", async () => {
    const later = jest.fn(good);
    const failing = steps().steps.all(
      [
        { step: "a", work: bad("first") },
        { step: "b", work: bad("second") },
        { step: "c", after: ["a"], work: later },
      ],
      2,
    );
    await expect(failing).rejects.toMatchObject({ problems: [{ message: "first" }, { message: "second" }] });
    expect(later).not.toHaveBeenCalled();
  });
});
