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
      what: expect.stringMatching(/^the data sets/),
      from: "gs://acme-dev-datasets",
      to: "https://acme.blob.core.windows.net/datasets",
      measure: "gcloud storage du --summarize --readable-sizes gs://acme-dev-datasets",
      move: expect.stringContaining("':azureblob,account=acme,env_auth:datasets'"),
    });
  });

  test("whose address only the deployed estate knows is asked of it: of the old one, of what was noted before the swap", () => {
    const { from, measure, move } = moveOf("ledger", ways);
    expect(from).toBeNull();
    expect(measure).toContain(`"$(jq -r '.outputs.ledgerDatabaseUri.value | sub("//[^/@]*@"; "//")' dev-gcp.json)"`);
    expect(move).toContain(
      `"$(mlops outputs dev --json | jq -r '.outputs.ledgerDatabaseUri.value | sub("//[^/@]*@"; "//")')"`,
    );
    const [first] = stepsOf("dev", { from: "gcp", to: "azure", moves: [] });
    expect(first?.command).toBe("mlops outputs dev --json > dev-gcp.json");
  });

  test("is quoted for a shell", () => {
    const uri = "postgresql://ledger@host:5432/ledger?sslmode=require";
    const { measure } = moveOf("ledger", { ...ways, source: { ledgerDatabaseUri: uri } });
    expect(measure).toContain("'postgresql://host:5432/ledger?sslmode=require'");
  });

  test("of a database is moved by a person, not as the program that the address names, and not through both networks at once", () => {
    const uri = "postgresql://acme-dev-trigger@host:5432/ledger";
    const { measure, move } = moveOf("ledger", { ...ways, source: { ledgerDatabaseUri: uri } });
    expect(measure + move).not.toContain("acme-dev-trigger");
    expect(move).not.toContain("| pg_restore");
    expect(move).toContain("--file ledger.dump postgresql://host:5432/ledger");
    expect(moveOf("ledger", { ...ways, from: "local", source: { ledgerDatabaseUri: uri } }).measure).toContain(uri);
  });

  test.each([
    ["gcp", "azure"],
    ["azure", "gcp"],
  ] as const)("goes from %s to %s by a tool that logs in on both sides, without keys", (from, to) => {
    const sides = { gcp: source, azure: target };
    const { move } = moveOf("datasets", { ...ways, from, to, source: sides[from], target: sides[to] });
    const remotes = {
      gcp: "':gcs,env_auth,bucket_policy_only:acme-dev-datasets'",
      azure: "':azureblob,account=acme,env_auth:datasets'",
    };
    expect(move).toContain(`rclone copy --checksum ${remotes[from]} ${remotes[to]} `);
  });

  test("of this machine is named by its folder", () => {
    const { measure, move } = moveOf("datasets", {
      ...ways,
      from: "local",
      source: { datasetsUri: "file:///data/sets" },
    });
    expect(measure).toBe("du -sh /data/sets");
    expect(move).toMatch(/^azcopy sync \/data\/sets https:/);
  });

  test("that the new cloud has no place for is not copied to nowhere", () => {
    const lost = { ...ways, to: "local", source: { imageRegistry: "host/images" }, target: {}, left: true } as const;
    expect(moveOf("images", lost)).toMatchObject({
      left: true,
      move: expect.stringMatching(/^not copied: local has no/),
    });
    expect(moveOf("keys", lost).move).toMatch(/^never moved/);
  });

  test("of features is counted by a query, and of secrets in the old project", () => {
    const features = { offlineFeaturesUri: "bq://acme-ml.acme_features" };
    expect(moveOf("features", { ...ways, source: features }).measure).toContain("from acme_features.__TABLES__");
    const lake = { offlineFeaturesUri: "abfss://features@acme.dfs.core.windows.net" };
    expect(moveOf("features", { ...ways, from: "azure", to: "gcp", source: lake }).measure).toContain(
      "https://acme.blob.core.windows.net/features",
    );
    const secretsUri = "https://secretmanager.googleapis.com/v1/projects/acme-ml";
    expect(moveOf("secrets", { ...ways, source: { secretsUri } }).measure).toContain("--project acme-ml ");
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

test("no step runs a command that the new cloud refuses", () => {
  const commands = (to: "azure" | "local") =>
    stepsOf("dev", { from: "gcp", to, moves: [] }).flatMap(({ command }) => command ?? []);
  expect(commands("azure").filter((command) => /mlops (release|pipeline run)/.test(command))).toEqual([]);
  expect(commands("azure")).toContain("mlops plan dev --assume");
  expect(commands("local")).toEqual(
    expect.arrayContaining(["mlops pipeline run dev PROJECT", "mlops release dev PROJECT", "mlops plan dev"]),
  );
});
