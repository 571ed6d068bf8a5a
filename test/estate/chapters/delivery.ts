import { setTimeout as sleep } from "node:timers/promises";
import { CHECKS } from "../../../operations/checks";
import type { ReleaseReport } from "../../../operations/release-report";
import type { LocalEstate } from "../../support/local-estate";

interface Outcome {
  readonly version: string | null;
  readonly blessed: boolean;
  readonly reasons: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
}

interface Released {
  readonly release: ReleaseReport;
}

export function delivery(estate: LocalEstate): void {
  const train = (...parameters: readonly string[]) =>
    estate.json<Outcome>(["pipeline", "run", "local", "diabetes", ...parameters.flatMap((p) => ["--parameter", p])]);
  const release = (exitCode: number, ...args: readonly string[]) =>
    estate.json<Released>(["release", "local", "diabetes", ...args], exitCode).then((document) => document.release);

  test("a worse model is not registered, and the reason says by how much", async () => {
    const outcome = await train("train.alpha=1000");
    expect(outcome).toMatchObject({ version: null, blessed: false });
    expect(outcome.reasons.join("\n")).toMatch(/mse/);
  });

  test("the same model again is not registered: equal is not better", async () => {
    const outcome = await train("train.alpha=0.05");
    expect(outcome).toMatchObject({ version: null, blessed: false });
    expect(outcome.reasons.join("\n")).toMatch(/better|equal/);
  });

  test("a better model is registered, goes through 10, 20 and 100 % and serves; clients lose no request", async () => {
    const outcome = await train("train.alpha=0.4");
    expect(outcome).toMatchObject({ version: "2", blessed: true });
    expect(outcome.metrics.mse).toBeCloseTo(3295.7, 1);
    const { result: report, lost, answered } = await whileClientsCall(estate, {}, () => release(0));
    expect(report).toMatchObject({ state: "promoted", first: false, previous: "1", version: "2" });
    expect(report.checks.map(({ check }) => check)).toEqual([...CHECKS]);
    expect(report.steps.map(({ percent }) => percent)).toEqual([10, 20, 100]);
    expect(lost).toEqual([]);
    expect(answered).toBeGreaterThan(50);
    expect(await servedVersion(estate)).toBe("2");
  });

  test("a model forced into the registry is stopped by the checks, and production stays", async () => {
    expect(await train("train.alpha=1000", "register.force=true")).toMatchObject({ version: "3", blessed: false });
    const report = await release(3, "--model-version", "3");
    expect(report.state).toBe("refused");
    expect(report.checks.filter(({ ok }) => !ok).map(({ check }) => check)).toContain("metric");
    expect(await servedVersion(estate)).toBe("2");
  });

  test("the worse model forced past the checks loses the comparison on labelled requests and is rolled back", async () => {
    const drill = ["--model-version", "3", "--skip-checks", "--drill-latency", "0"];
    const report = await release(3, ...drill);
    expect(report.state).toBe("rolledBack");
    expect(report.reasons.join("\n")).toMatch(/mse/);
    expect(await servedVersion(estate)).toBe("2");
  });

  test.each([
    ["errors", ["--drill-errors", "0.5"], /error/],
    ["latency", ["--drill-latency", "700"], /latency|slow/],
  ])(
    "a canary with injected %s is rolled back by itself; clients of the stable model lose no request",
    async (_, drill, reason) => {
      const pinned = { "x-mlops-role": "stable" };
      const {
        result: report,
        lost,
        answered,
      } = await whileClientsCall(estate, pinned, () => release(3, "--model-version", "3", "--skip-checks", ...drill));
      expect(report.state).toBe("rolledBack");
      expect(report.reasons.join("\n")).toMatch(reason);
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(50);
      expect(await servedVersion(estate)).toBe("2");
    },
  );
}

const INSTANCE = { age: 0.01, sex: 0.05, bmi: 0.02, bp: 0.01, s1: 0, s2: 0, s3: 0, s4: 0, s5: 0.01, s6: 0 };

async function predict(estate: LocalEstate, headers: Record<string, string>): Promise<Response> {
  return fetch(estate.url("gateway", "/v1/models/diabetes:predict"), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ instances: [INSTANCE] }),
    signal: AbortSignal.timeout(10_000),
  });
}

async function servedVersion(estate: LocalEstate): Promise<string | null> {
  const answer = await predict(estate, {});
  await answer.text();
  return answer.headers.get("x-model-version");
}

/** Calls the gateway about fifty times a second while something happens, and tells what clients lost. */
async function whileClientsCall<T>(
  estate: LocalEstate,
  headers: Record<string, string>,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly lost: readonly string[]; readonly answered: number }> {
  const lost: string[] = [];
  let answered = 0;
  let going = true;
  const client = async () => {
    while (going) {
      try {
        const answer = await predict(estate, headers);
        const body = await answer.text();
        if (answer.status === 200) answered++;
        else lost.push(`${answer.status} ${body.slice(0, 200)}`);
      } catch (error) {
        lost.push(String(error));
      }
      await sleep(20);
    }
  };
  const clients = client();
  try {
    return { result: await work(), lost, answered };
  } finally {
    going = false;
    await clients;
  }
}
