import { type ReleaseContext, runRelease } from "../../operations/release";
import { recoverReleases } from "../../operations/release-recover";
import { exitCodeOf } from "../../operations/release-report";
import { rollback } from "../../operations/rollback";
import { MemoryEstate } from "./support/estate";
import { MemoryLedger } from "./support/memory-ledger";
import { CANARY_POLICY, ENVIRONMENT, loadOf } from "./support/policies";

const BAD = { intercept: 6.5, slope: 2 };
const GOOD = { intercept: 5.5, slope: 2 };
const BEST = { intercept: 5.1, slope: 2 };

function scene() {
  const estate = new MemoryEstate();
  const ledger = new MemoryLedger();
  const said: string[] = [];
  const context: ReleaseContext = {
    ...{ operator: estate.operator, ledger, environment: ENVIRONMENT, project: "houses" },
    ...{ http: estate.http, load: loadOf(), replayRate: 1e6 },
  };
  const release = (change: Partial<ReleaseContext> = {}) =>
    runRelease({ ...context, ...change }, (line) => said.push(line));
  return { estate, ledger, said, context, release };
}

/** An estate in which version 1 is in production. */
async function released() {
  const made = scene();
  made.estate.register("1", GOOD);
  expect((await made.release()).state).toBe("promoted");
  made.estate.log.length = 0;
  return made;
}

test("the first release goes from QA to all requests, and says that it is the first", async () => {
  const { estate, ledger, release } = scene();
  const model = estate.register("1", GOOD);
  const report = await release({ requestedBy: "kim" });
  expect(report).toMatchObject({ state: "promoted", first: true, version: "1", previous: null, steps: [] });
  expect(report.checks.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true]);
  expect(estate.log).toEqual(["deploy qa 1", "alias qa=1", "deploy canary 1", "promote", "alias production=1"]);
  expect(ledger.allReleases).toMatchObject([
    { id: report.releaseId, state: "promoted", digest: model.digest, previous: null, requestedBy: "kim" },
  ]);
  expect(ledger.allReleases[0]?.steps.map(({ step, outcome }) => `${step}: ${outcome}`)).toEqual([
    "qa: done",
    "checks: passed",
    "deploy: done",
    "promote: done",
  ]);
  expect(ledger.allServed).toMatchObject([{ version: "1", until: null }]);
  expect(ledger.held.size).toBe(0);
});

test("a better model goes through every step of the canary, with requests to both versions", async () => {
  const { estate, ledger, release } = await released();
  estate.register("2", BEST);
  const report = await release();
  expect(report).toMatchObject({ state: "promoted", first: false, previous: "1" });
  expect(estate.log.slice(2)).toEqual([
    "deploy canary 2",
    "shift 10",
    "shift 20",
    "shift 100",
    "promote",
    "alias production=2",
  ]);
  expect(report.steps.map(({ percent, decision }) => [percent, decision])).toEqual([
    [10, "promote"],
    [20, "promote"],
    [100, "promote"],
  ]);
  const [first, , last] = report.steps;
  expect(first?.window.ab).toMatchObject({
    source: "holdout",
    metric: "mse",
    stable: { value: 0.25 },
    canary: { samples: 60 },
  });
  expect(first?.window.ab?.canary.value).toBeCloseTo(0.01);
  // The weights are at work: of 30 unpinned requests the canary gets its share, and at 100 % all.
  expect(first?.window.unpinned).toEqual({ sent: 30, answered: 30, canary: 3 });
  expect(last?.window.unpinned).toEqual({ sent: 30, answered: 30, canary: 30 });
  expect(first?.window.canary.window?.requests).toBe(63);
  expect(ledger.allServed.map(({ version, until }) => [version, until === null])).toEqual([
    ["1", false],
    ["2", true],
  ]);
});

describe("it is refused, and nothing is touched,", () => {
  test("when the version is in production already", async () => {
    const { estate, release } = await released();
    const report = await release();
    expect(report).toMatchObject({
      state: "refused",
      releaseId: null,
      reasons: ["version 1 of houses is in production already"],
    });
    expect(exitCodeOf(report)).toBe(3);
    expect(estate.log).toEqual([]);
  });

  test("when the version is the same package as the one in production", async () => {
    const { estate, release } = await released();
    estate.register("2", GOOD);
    expect((await release()).reasons).toEqual([
      expect.stringMatching(/version 2 of houses is the same package as version 1/),
    ]);
  });

  test("when another project is in production", async () => {
    const { estate, release } = await released();
    const { blue } = estate.slots;
    if (blue?.model) blue.model = { ...blue.model, project: "diabetes" };
    expect((await release()).reasons).toEqual([expect.stringMatching(/production serves project diabetes/)]);
  });

  test("when checks shall be left out without a drill", async () => {
    const { estate, release } = await released();
    estate.register("2", BEST);
    expect((await release({ skipChecks: true })).reasons).toEqual([expect.stringMatching(/of a drill only/)]);
    expect((await release({ skipChecks: ["load"] })).state).toBe("refused");
  });

  test("when a drill comes before the first release", async () => {
    const { estate, release } = scene();
    estate.register("1", GOOD);
    expect((await release({ drill: { errorRate: 1 } })).reasons).toEqual([
      expect.stringMatching(/before the first release/),
    ]);
  });
});

test("without a candidate, and while another release is under way, the error says what to do", async () => {
  const { ledger, release } = scene();
  await expect(release()).rejects.toThrow(
    "Project houses has no model version under alias candidate. Run its pipeline",
  );
  await ledger.lock("release local");
  await expect(release()).rejects.toThrow(/Another release is under way in local/);
});

test("a model that fails checks in QA never meets a client, and every failed check is a reason", async () => {
  const { estate, ledger, release } = await released();
  estate.register("2", BEST, (documents) => {
    documents["manifest.json"].python = "3.13";
    documents["golden.json"].predictions[0] = -1;
  });
  const report = await release();
  expect(report.state).toBe("refused");
  expect(report.reasons).toEqual([expect.stringMatching(/^compatibility: /), expect.stringMatching(/^api: /)]);
  expect(estate.log).toEqual(["deploy qa 2", "alias qa=2"]);
  expect(estate.aliases.production).toBe("1");
  expect(ledger.allReleases.at(-1)).toMatchObject({ state: "refused", reasons: report.reasons });
});

test("a package that cannot be read is refused before QA", async () => {
  const { estate, release } = await released();
  estate.register("2", BEST);
  estate.tamper("2", (documents) => Reflect.deleteProperty(documents, "manifest.json"));
  const report = await release();
  expect(report.reasons).toEqual([
    expect.stringMatching(/package: it could not be carried out: .*manifest.json .* is missing/),
  ]);
  expect(estate.log).toEqual([]);
});

describe("it is rolled back by itself", () => {
  test.each([
    ["injected errors", { errorRate: 0.5 }, /error rate .* is above 2 %/],
    ["injected latency", { latencyMs: 400 }, /p95 latency .* is above 100.0 ms/],
  ])("with %s, and clients of stable lose nothing", async (_name, drill, reason) => {
    const { estate, ledger, release } = await released();
    estate.register("2", BEST);
    const report = await release({ drill });
    expect(report.state).toBe("rolledBack");
    expect(report.reasons.join()).toMatch(reason);
    expect(report.steps).toHaveLength(1);
    expect(estate.log.slice(-3)).toEqual(["deploy canary 2", "shift 10", "abort"]);
    expect(estate.aliases.production).toBe("1");
    expect(estate.slots.blue).toMatchObject({ model: { version: "1" }, errors: 0 });
    expect(estate.traffic).toEqual({ stable: "blue", canary: null, percent: 0 });
    expect(ledger.allReleases.at(-1)).toMatchObject({ state: "rolledBack", drill });
    expect(ledger.allServed).toHaveLength(1);
  });

  test("when it is worse on the labelled requests", async () => {
    const { estate, release } = await released();
    estate.register("2", BAD);
    const report = await release();
    expect(report.reasons).toEqual([
      expect.stringMatching(/A\/B on holdout: mse of the canary is 2.25, of stable 0.25: worse by 2/),
    ]);
  });

  test("when it is a drill that nothing noticed: a drill is never promoted", async () => {
    const { estate, release } = await released();
    estate.register("2", BEST);
    const report = await release({ drill: { latencyMs: 1 } });
    expect(report).toMatchObject({ state: "rolledBack", reasons: [expect.stringMatching(/never promoted/)] });
    expect(estate.log).not.toContain("promote");
    expect(estate.log.at(-1)).toBe("abort");
  });

  test("when it dies and does not come back", async () => {
    const { estate, release } = await released();
    estate.register("2", BEST);
    estate.onVerb = (verb) => {
      if (verb === "shift 20" && estate.slots.green) estate.slots.green.model = null;
    };
    const report = await release();
    expect(report.state).toBe("rolledBack");
    expect(report.reasons.join()).toMatch(/answered none of 60 requests/);
  });

  test("when it cannot be judged in time", async () => {
    const { estate, release } = await released();
    estate.register("2", BEST);
    const canary = { ...CANARY_POLICY, timeoutSeconds: 2, ab: { minSamples: 500, minDelta: 0 } };
    const serving = { ...ENVIRONMENT.serving, production: { canary } };
    const report = await release({ environment: { ...ENVIRONMENT, serving } });
    expect(report.steps.map(({ decision }) => decision)).toEqual(expect.arrayContaining(["hold", "rollback"]));
    expect(report.reasons).toEqual([
      "it could not be judged within 2 s",
      "A/B: stable gave 60 labelled answers, 500 are needed",
      "A/B: canary gave 60 labelled answers, 500 are needed",
    ]);
  });
});

test("a canary that restarts is held until a whole window was seen, and then goes on", async () => {
  const { estate, release } = await released();
  estate.register("2", BEST);
  let asked = 0;
  const http: ReleaseContext["http"] = (request) => {
    asked += request.headers?.["x-mlops-role"] === "canary" ? 1 : 0;
    if (asked === 30 && estate.slots.green) estate.slots.green.startedAt = "2030-01-01T00:00:00Z";
    return estate.http(request);
  };
  const report = await release({ http });
  expect(report.state).toBe("promoted");
  expect(report.steps.map(({ percent, decision }) => `${percent} ${decision}`)).toEqual([
    "10 hold",
    "10 promote",
    "20 promote",
    "100 promote",
  ]);
  expect(report.steps[0]?.reasons).toEqual([expect.stringMatching(/canary: it restarted/)]);
});

describe("whatever happens in the middle, requests are back at stable", () => {
  test.each(["deploy canary 2", "shift 10", "shift 20", "promote"])("an error at %s", async (verb) => {
    const { estate, ledger, release } = await released();
    estate.register("2", BEST);
    estate.onVerb = (now) => {
      if (now === verb) throw new Error("the gateway does not answer");
    };
    const report = await release();
    expect(report).toMatchObject({ state: "failed", reasons: ["the gateway does not answer"] });
    expect(exitCodeOf(report)).toBe(1);
    expect(estate.log.at(-1)).toBe("abort");
    expect(estate.traffic).toEqual({ stable: "blue", canary: null, percent: 0 });
    expect(ledger.allReleases.at(-1)?.state).toBe("failed");
    expect(ledger.held.size).toBe(0);
  });

  test("an interruption", async () => {
    const { estate, ledger, release } = await released();
    estate.register("2", BEST);
    const stop = new AbortController();
    estate.onVerb = (verb) => {
      if (verb === "shift 20") stop.abort();
    };
    const report = await release({ signal: stop.signal });
    expect(report.state).toBe("interrupted");
    expect(exitCodeOf(report)).toBe(130);
    expect(estate.log.at(-1)).toBe("abort");
    expect(ledger.allReleases.at(-1)).toMatchObject({ state: "interrupted", endedAt: expect.any(String) });
  });

  test("when even that fails, the release stays open, and the next one puts them back first", async () => {
    const { estate, ledger, said, release } = await released();
    estate.register("2", BEST);
    estate.onVerb = (verb) => {
      if (verb === "shift 20" || verb === "abort") throw new Error("the gateway does not answer");
    };
    await expect(release()).rejects.toThrow(
      /could not be put back to stable: the gateway does not answer.*mlops up local/,
    );
    expect(ledger.allReleases.at(-1)?.state).toBe("open");
    expect(estate.traffic.percent).toBe(10);
    estate.onVerb = () => undefined;
    estate.log.length = 0;
    expect((await release()).state).toBe("promoted");
    expect(estate.log[0]).toBe("abort");
    expect(said.join("\n")).toMatch(/its process ended in the middle; all requests were put back to stable/);
    expect(ledger.allReleases.map(({ state }) => state)).toEqual(["promoted", "interrupted", "promoted"]);
  });
});

describe("a release whose process was killed", () => {
  /** A release that never comes back from a verb, and lets go of its lock, as a dead process does. */
  async function killedAt(verb: string) {
    const made = await released();
    made.estate.register("2", BEST);
    await new Promise<void>((killed) => {
      made.estate.onVerb = (now) => {
        if (now !== verb) return;
        killed();
        return new Promise(() => undefined);
      };
      void made.release();
    });
    made.estate.onVerb = () => undefined;
    made.ledger.held.clear();
    made.estate.log.length = 0;
    return made;
  }

  test("in the canary is found when the estate comes up: requests go back to stable", async () => {
    const { estate, ledger, context } = await killedAt("shift 20");
    expect(estate.traffic).toMatchObject({ canary: "green", percent: 10 });
    expect(await recoverReleases(context)).toMatchObject([{ version: "2", state: "interrupted" }]);
    expect(estate.traffic).toEqual({ stable: "blue", canary: null, percent: 0 });
    expect(ledger.allReleases.at(-1)?.state).toBe("interrupted");
    expect(await recoverReleases(context)).toEqual([]);
  });

  test("after the promotion is written down as promoted: traffic is the truth", async () => {
    const { estate, ledger, context } = await killedAt("alias production=2");
    expect(estate.traffic.stable).toBe("green");
    expect(await recoverReleases(context)).toMatchObject([{ version: "2", state: "promoted" }]);
    expect(estate.aliases.production).toBe("2");
    expect(estate.log).toEqual(["alias production=2"]);
    expect(ledger.allServed.at(-1)).toMatchObject({ version: "2", until: null });
  });

  test("is left alone while it is alive", async () => {
    const { estate, ledger, context } = await killedAt("shift 20");
    await ledger.lock("release local");
    expect(await recoverReleases(context)).toEqual([]);
    expect(estate.log).toEqual([]);
  });
});

test("a promotion that could not be written down is an error, and the next start writes it", async () => {
  const { estate, ledger, release, context } = await released();
  estate.register("2", BEST);
  estate.onVerb = (verb) => {
    if (verb === "alias production=2") throw new Error("the registry is away");
  };
  await expect(release()).rejects.toThrow(
    /Version 2 serves all requests, but that could not be written down: the registry is away/,
  );
  expect(estate.traffic.stable).toBe("green");
  estate.onVerb = () => undefined;
  expect(await recoverReleases(context)).toMatchObject([{ state: "promoted" }]);
  expect(ledger.allServed.at(-1)).toMatchObject({ version: "2", until: null });
});

describe("rollback", () => {
  test("puts the version before back in front of all requests; twice goes back two", async () => {
    const { estate, ledger, context, release } = await released();
    for (const [version, intercept] of [
      ["2", 5.4],
      ["3", 5.3],
    ] as const) {
      estate.register(version, { intercept, slope: 2 });
      expect((await release()).state).toBe("promoted");
    }
    estate.log.length = 0;
    expect(await rollback(context)).toMatchObject({ state: "promoted", version: "2", previous: "3" });
    expect(estate.log).toEqual(["deploy canary 2", "promote", "alias production=2"]);
    expect(await rollback(context)).toMatchObject({ state: "promoted", version: "1", previous: "2" });
    await expect(rollback(context)).rejects.toThrow(/No version of houses was in production before/);
    expect(ledger.allReleases.slice(-2)).toMatchObject([{ kind: "rollback" }, { kind: "rollback" }]);
  });

  test("never goes to a version that was turned down, nor to the faults of a drill", async () => {
    const { estate, context, release } = await released();
    estate.register("2", BEST);
    await release();
    estate.register("3", BAD);
    expect((await release({ version: "3", skipChecks: true, drill: { errorRate: 0.5 } })).state).toBe("rolledBack");
    expect(await rollback(context)).toMatchObject({ state: "promoted", version: "1", previous: "2" });
    const stable = estate.slots[estate.traffic.stable ?? ""];
    expect(stable).toMatchObject({ model: { version: "1" }, drill: {} });
  });

  test("does not go to a version that does not answer right", async () => {
    const { estate, context, release } = await released();
    estate.register("2", BEST);
    await release();
    estate.tamper("1", (documents) => Object.assign(documents["model.json"], { intercept: 99 }));
    const report = await rollback(context);
    expect(report.state).toBe("refused");
    expect(estate.traffic).toMatchObject({ stable: "green", canary: null });
    expect(estate.aliases.production).toBe("2");
  });
});
