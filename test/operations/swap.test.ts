/** The tables of a swap: every output, setting and kind of data has its place. */
import { OUTPUTS } from "../../lib/contracts/outputs";
import { contractAt, contractOf, SWAP_CONTRACTS } from "../../operations/swap/contracts";
import { type Addresses, DATA_KINDS, moveOf } from "../../operations/swap/data";
import { stepsOf } from "../../operations/swap/steps";

test("every output of the document belongs to exactly one part", () => {
  expect(SWAP_CONTRACTS.flatMap(({ outputs }) => outputs).sort()).toEqual(
    Object.keys(OUTPUTS)
      // Published by the teams' and the platform's layers, which are no part of a cloud.
      .sort(),
  );
});

test("an output stands in the layer of its part", () => {
  for (const { layer, outputs } of SWAP_CONTRACTS) {
    for (const key of outputs) expect([key, OUTPUTS[key].layer]).toEqual([key, layer]);
  }
});

test("every kind of data is held by exactly one part", () => {
  expect(SWAP_CONTRACTS.flatMap(({ data = [] }) => data).sort()).toEqual([...DATA_KINDS].sort());
});

test.each([
  ["serving.production.class", "production serving"],
  ["serving.qa.target", "scoring service of QA"],
  ["storage.expireAfterDays.accessLogs", "access logs"],
  ["storage.noncurrentDays", "datasets"],
  ["kubernetes.pools.gpu.class", "cluster"],
  ["delivery.infrastructure.repository", "identities of CI"],
  ["delivery.rules", "source and triggers"],
  ["retraining.timeZone", "schedules"],
  ["retraining.newData", "handler of events"],
])("the setting %s is about %s", (path, contract) => {
  expect(contractOf(path)?.contract).toBe(contract);
});

test.each([
  ["data", "Datasets/Bucket", "datasets"],
  ["foundation", "Key-storage/Key", "encryption keys"],
  ["delivery", "Schedule-diabetes/Job", "schedules"],
  ["data", "Retrain/Topic", "retrain events"],
  ["delivery", "Retrain/Service", "handler of events"],
])("a resource of the layer %s at %s belongs to %s", (layer, path, contract) => {
  expect(contractAt(layer, path)?.contract).toBe(contract);
});

test("what only the cloud needs belongs to no part", () => {
  expect(contractAt("foundation", "Services/compute")).toBeUndefined();
});

describe("data", () => {
  const source: Addresses = { datasetsUri: "gs://acme-dev-datasets", ledgerDatabaseUri: null };
  const target: Addresses = { datasetsUri: "https://acme.blob.core.windows.net/datasets", ledgerDatabaseUri: null };
  const ways = { environment: "dev", from: "gcp", to: "azure", source, target } as const;

  test("is measured and moved by commands with both addresses", () => {
    expect(moveOf("datasets", ways)).toEqual({
      kind: "datasets",
      what: "the data sets, with their versions",
      from: "gs://acme-dev-datasets",
      to: "https://acme.blob.core.windows.net/datasets",
      measure: "gcloud storage du --summarize --readable-sizes gs://acme-dev-datasets",
      move: expect.stringContaining("https://acme.blob.core.windows.net/datasets"),
    });
  });

  test("whose address only the deployed estate knows is asked of it: of the old one, of what was noted before the swap", () => {
    const { from, measure, move } = moveOf("ledger", ways);
    expect(from).toBeNull();
    expect(measure).toContain('"$(jq -r .outputs.ledgerDatabaseUri.value dev-gcp.json)"');
    expect(move).toContain('"$(mlops outputs dev --json | jq -r .outputs.ledgerDatabaseUri.value)"');
    const [first] = stepsOf("dev", { from: "gcp", to: "azure", moves: [] });
    expect(first?.command).toBe("mlops outputs dev --json > dev-gcp.json");
  });

  test("is quoted for a shell", () => {
    const uri = "postgresql://ledger@host:5432/ledger?sslmode=require";
    const { measure } = moveOf("ledger", { ...ways, source: { ledgerDatabaseUri: uri } });
    expect(measure).toContain(`'${uri}'`);
  });

  test.each(DATA_KINDS)("of the kind %s says how much there is and how it moves, in every direction", (kind) => {
    for (const from of ["local", "gcp", "azure"] as const) {
      for (const to of ["local", "gcp", "azure"] as const) {
        const { measure, move } = moveOf(kind, { ...ways, from, to });
        expect([measure, move].every((text) => text.length > 5 && !text.includes("undefined"))).toBe(true);
      }
    }
  });
});

test("the old estate is destroyed by the last step only, and nothing before it is without a way back", () => {
  const steps = stepsOf("dev", { from: "gcp", to: "azure", moves: [] });
  const destroying = steps.filter(({ command }) => command?.includes("destroy"));
  expect(destroying).toEqual([steps.at(-1)]);
  expect(steps.slice(0, -1).every(({ back }) => back !== "" && !back.startsWith("none"))).toBe(true);
});
