import fc from "fast-check";
import { UserError } from "../../lib/core/errors";
import { NAME_RULES, type NameKind } from "../../lib/core/name-rules";
import { nameFor, nameProblems } from "../../lib/core/naming";

const KINDS = Object.keys(NAME_RULES) as NameKind[];

/** What each cloud itself accepts, written down a second time from its documents, so that a wrong rule is seen. */
const ACCEPTED: Partial<Record<NameKind, RegExp>> = {
  "gcp.bucket": /^(?!goog)(?!.*google)[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
  "gcp.cluster": /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  "gcp.serviceAccount": /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  "gcp.workloadIdentityPool": /^(?!gcp-)[a-z0-9-]{4,32}$/,
  "gcp.workloadIdentityProvider": /^(?!gcp-)[a-z0-9-]{4,32}$/,
  "gcp.firewall": /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "gcp.featureView": /^[a-z_][a-z0-9_]{0,59}$/,
  "gcp.subscription": /^(?!goog)[a-z][a-zA-Z0-9._~+%-]{2,254}$/,
  "gcp.topic": /^(?!goog)[a-z][a-zA-Z0-9._~+%-]{2,254}$/,
  "gcp.dataset": /^[A-Za-z0-9_]{1,1024}$/,
  "gcp.featureStore": /^[a-z_][a-z0-9_]{0,59}$/,
  "gcp.dnsZone": /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "gcp.logMetric": /^[A-Za-z0-9_]{1,100}$/,
  "gcp.monitoringService": /^[a-z0-9-]{1,63}$/,
  "gcp.runService": /^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/,
  // What azurerm 4.55.0 and the schemas of azapi 2.12.0 take, or Microsoft's page where these take anything.
  "azure.resourceGroup": /^[-\w._()]{0,89}[-\w_()]$/,
  "azure.storageAccount": /^[a-z0-9]{3,24}$/,
  "azure.storageContainer": /^(?!.*--)[a-z0-9][a-z0-9-]{2,62}$/,
  "azure.keyVault": /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
  "azure.secret": /^[a-zA-Z0-9-]{1,127}$/,
  "azure.key": /^[a-zA-Z0-9-]{1,127}$/,
  "azure.imageRegistry": /^[a-zA-Z0-9]{5,50}$/,
  "azure.cluster": /^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$/,
  "azure.nodePool": /^[a-z][a-z0-9]{0,11}$/,
  "azure.mlWorkspace": /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/,
  "azure.mlCompute": /^[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9-]{2,23}$/,
  "azure.mlComputeInstance": /^[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9-]{3,23}$/,
  "azure.mlEndpoint": /^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/,
  "azure.postgresServer": /^(?=.{3,63}$)[a-z0-9]([a-z0-9-]+[a-z0-9])?$/,
  "azure.mysqlServer": /^(?=.{3,63}$)[a-z0-9]([a-z0-9-]+[a-z0-9])?$/,
  "azure.managedIdentity": /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/,
  "azure.federatedCredential": /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}$/,
  "azure.containerApp": /^(?!.*--)[a-z]([a-z0-9-]{0,30}[a-z0-9])$/,
  "azure.containerGroup": /^(?!.*--)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "azure.containerEnvironment": /^(?!.*-$)[a-zA-Z][a-zA-Z0-9-]{0,58}[a-z]?$/,
  "azure.daprComponent": /^(?!.*--)(?!.*-$)[a-z][a-z0-9-]{0,58}[a-z]?$/,
  "azure.network": /^[a-zA-Z0-9][\w.-]{0,62}\w$/,
  "azure.subnet": /^[a-zA-Z0-9]([\w.-]{0,78}\w)?$/,
  "azure.securityGroup": /^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,78}[a-zA-Z0-9_])?$/,
  "azure.natGateway": /^[a-zA-Z\d]([a-zA-Z\d-_.]{0,78}[a-zA-Z\d_])?$/,
  "azure.address": /^[a-zA-Z0-9]([\w.-]{0,78}\w)?$/,
  "azure.privateEndpoint": /^[a-zA-Z0-9][\w.-]{0,62}\w$/,
  "azure.virtualMachine": /^(?!\d+$)[a-zA-Z0-9]([a-zA-Z0-9.-]{0,62}[a-zA-Z0-9])?$/,
  "azure.diskEncryptionSet": /^[^_\W][\w-.]{0,78}\w$/,
  "azure.logAnalytics": /^(?=.{4,63}$)[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$/,
  "azure.eventTopic": /^[-a-zA-Z0-9]{3,50}$/,
  "azure.eventSubscription": /^[-a-zA-Z0-9]{3,64}$/,
  "azure.eventNamespace": /^(?!.*-(?:sb|mgmt)?$)[a-zA-Z][-a-zA-Z0-9]{4,48}[a-zA-Z0-9]$/,
  "azure.dataFactory": /^(?=.{3,63}$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/,
  "azure.cosmosAccount": /^[a-z0-9]+(-[a-z0-9]+)*$/,
  "azure.devCenter": /^[a-zA-Z0-9][a-zA-Z0-9-]{2,25}$/,
  "azure.devCenterProject": /^[a-zA-Z0-9][a-zA-Z0-9-_.]{2,62}$/,
  "azure.devOpsPool": /^[a-zA-Z0-9][a-zA-Z0-9-.]{0,42}[a-zA-Z0-9]$/,
  "azure.metricsWorkspace": /^(?!-)[a-zA-Z0-9-]+[^-]$/,
  "azure.budget": /^[-_a-zA-Z0-9]{1,63}$/,
};

const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const dashed = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join("-"));
/** Parts that mean no reserved word. */
const parts = fc
  .record({ organisation: dashed, environment: dashed, role: dashed })
  .filter(({ organisation, environment, role }) => !/g[o0][o0]g|gcp/.test([organisation, environment, role].join("")));

describe.each(KINDS)("a %s", (kind) => {
  const rule = NAME_RULES[kind];
  const key = ({ organisation, environment, role }: { organisation: string; environment: string; role: string }) =>
    JSON.stringify(rule.unique === "parent" ? [role] : [organisation, environment, role]);

  test("is named within the cloud's limits whatever the parts are", () => {
    fc.assert(
      fc.property(parts, (given) => {
        const name = nameFor(kind, given);
        expect(nameProblems(kind, name)).toEqual([]);
        expect(name).toMatch(ACCEPTED[kind] ?? /^[a-z0-9][a-z0-9_-]*$/);
        expect(nameFor(kind, { ...given })).toBe(name);
      }),
    );
  });

  test("never has the name of another one, however long the parts are and wherever their dashes stand", () => {
    const few = fc.constantFrom("a", "b", "a-b", "b-a", "a-b-a", "aa", "1", "a".repeat(70), `${"a".repeat(70)}-b`);
    const short = fc.record({ organisation: few, environment: few, role: few });
    fc.assert(
      fc.property(fc.oneof(parts, short), fc.oneof(parts, short), (one, other) => {
        if (key(one) === key(other)) return;
        expect(nameFor(kind, one)).not.toBe(nameFor(kind, other));
      }),
    );
  });

  test("is checked at each boundary of its length", () => {
    const named = (length: number) => nameProblems(kind, "a".repeat(length)).length;
    expect(named(rule.min)).toBe(0);
    expect(named(rule.max)).toBe(0);
    expect(named(rule.max + 1)).toBe(1);
    if (rule.min > 1) expect(named(rule.min - 1)).toBe(1);
    // The longest name that ends in a digit, as generated ones may, and the shortest: taken by the cloud, too.
    const accepted = ACCEPTED[kind] ?? /./;
    for (const name of [`${"a".repeat(rule.max - 1)}1`, "a".repeat(rule.min)]) expect(name).toMatch(accepted);
  });

  test("says where its limits are from", () => {
    expect(rule.source).toMatch(/^https:\/\//);
  });
});

test("100,000 random environments give as many names: none too long, none with a wrong character, none twice", () => {
  // Numbers that look random and are the same in every run (Park and Miller).
  let seed = 20261120;
  const below = (limit: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % limit;
  };
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const random = () =>
    Array.from({ length: 1 + below(3) }, () =>
      Array.from({ length: 1 + below(8) }, () => letters.charAt(below(letters.length))).join(""),
    ).join("-");
  const seen = new Map<string, string>();
  const wrong: string[] = [];
  for (let index = 0; index < 100_000; index++) {
    const kind = KINDS[index % KINDS.length] ?? "gcp.bucket";
    const given = { organisation: random(), environment: random(), role: random() };
    const rule = NAME_RULES[kind];
    const key = JSON.stringify(rule.unique === "parent" ? [kind, given.role] : [kind, given]);
    let name: string;
    try {
      name = nameFor(kind, given);
    } catch (error) {
      // A reserved word came up by chance: refused, not bent.
      if (error instanceof UserError && /reserved/.test(error.message)) continue;
      throw error;
    }
    const before = seen.get(`${kind} ${name}`);
    if ((before !== undefined && before !== key) || name.length > rule.max || !/^[a-z0-9_-]+$/.test(name)) {
      wrong.push(`${kind} ${name}: ${key}, ${before}`);
    }
    seen.set(`${kind} ${name}`, key);
  }
  expect(wrong).toEqual([]);
  expect(seen.size).toBeGreaterThan(95_000);
});

test("the same words divided in another way give another name", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 4, maxLength: 6 });
  const cuts = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }));
  const divide = (list: readonly string[], [first, second]: readonly [number, number]) => ({
    organisation: list.slice(0, first).join("-"),
    environment: list.slice(first, first + second).join("-"),
    role: list.slice(first + second).join("-") || "x",
  });
  fc.assert(
    fc.property(words, cuts, cuts, fc.constantFrom(...KINDS), (list, one, other, kind) => {
      const [left, right] = [divide(list, one), divide(list, other)];
      if (NAME_RULES[kind].unique === "parent" || JSON.stringify(left) === JSON.stringify(right)) return;
      expect(nameFor(kind, left)).not.toBe(nameFor(kind, right));
    }),
  );
});

describe("a name", () => {
  const acme = { organisation: "acme", environment: "dev", role: "datasets" };

  test("is readable where it fits and need not be unique beyond the project", () => {
    expect(nameFor("gcp.cluster", { ...acme, role: "cluster" })).toBe("acme-dev-cluster");
    expect(nameFor("local.folder", { ...acme, role: "prediction-logs" })).toBe("prediction-logs");
  });

  test("stays the same from release to release", () => {
    // A changed name is a destroyed bucket: these are never to be changed.
    expect(nameFor("gcp.bucket", acme)).toBe("acme-dev-datasets-01al15xu");
    expect(nameFor("azure.storageAccount", acme)).toBe("acmedevdatasets01al15xu");
    expect(nameFor("azure.keyVault", { ...acme, role: "secrets-of-everything" })).toBe("acme-dev-secret-2e5uae1j");
  });

  test.each([
    ["azure.mlCompute", "train-2", /^train-2-[0-9][0-9a-z]{7}$/],
    ["azure.mlCompute", "train-2b", /^train-2b$/],
  ] as const)("of a %s with the role %s does not end as the cloud forbids", (kind, role, wanted) => {
    expect(nameFor(kind, { ...acme, role })).toMatch(wanted);
  });

  test("that was chosen by hand and ends as the cloud forbids is refused", () => {
    expect(nameProblems("azure.eventNamespace", "acme-events-sb")).toEqual(["ends with the reserved -sb"]);
    expect(nameProblems("azure.eventNamespace", "acme-events-mgmt")).toEqual(["ends with the reserved -mgmt"]);
    expect(nameProblems("azure.mlComputeInstance", "acme-alice-12")).toEqual(["ends with the reserved -12"]);
  });

  test("never ends in a digest of digits only where a number at the end is forbidden", () => {
    const names = Array.from({ length: 30_000 }, (_, index) =>
      nameFor("azure.mlCompute", { ...acme, role: `x-${index}` }),
    );
    expect(names.filter((name) => /-\d+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test("of a shortened role does not equal the role that looks like the shortened name", () => {
    const long = { ...acme, role: "a-role-that-is-longer-than-any-cluster-may-be-called" };
    const name = nameFor("gcp.cluster", long);
    const role = name.replace("acme-dev-", "");
    expect(nameFor("gcp.cluster", { ...acme, role })).not.toBe(name);
    const pool = nameFor("azure.nodePool", { ...acme, role: "accelerators" + "-of-the-team" });
    expect(nameFor("azure.nodePool", { ...acme, role: pool })).not.toBe(pool);
  });

  test("changes with its salt, so that a name held by a deleted resource can be left behind", () => {
    expect(nameFor("gcp.cluster", { ...acme, salt: "2" })).not.toBe(nameFor("gcp.cluster", acme));
    expect(nameFor("gcp.bucket", { ...acme, salt: "2" })).not.toBe(nameFor("gcp.bucket", acme));
  });

  test.each([
    ["an engine token", "${TfToken[TOKEN.12]}"],
    ["a token after toUpperCase", "${TFTOKEN[TOKEN.12]}"],
    ["a number token", "z--1.8881545897087626e+289"],
    ["a Terraform expression", "${google_storage_bucket.b.name}"],
  ])("is not built from %s", (_what, role) => {
    const attempt = () => nameFor("gcp.bucket", { ...acme, role }, "dev-data/Datasets");
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow("dev-data/Datasets: gcp.bucket: role is a value known only when deployed");
  });

  test.each(["Datasets", "data_sets", "data--sets", "-data", "data.sets", "", "데이터"])(
    "is not built from the role %j",
    (role) => {
      expect(() => nameFor("gcp.bucket", { ...acme, role })).toThrow(
        /wanted are lower-case letters, digits and single dashes/,
      );
    },
  );

  test("names every wrong part at once", () => {
    try {
      nameFor("gcp.bucket", { organisation: "ACME", environment: "de v", role: "x" });
      throw new Error("was accepted");
    } catch (error) {
      expect((error as UserError).problems.map(({ message }) => message)).toEqual([
        expect.stringContaining("organisation"),
        expect.stringContaining("environment"),
      ]);
    }
  });

  test.each([
    ["gcp.bucket", "google", "reserved google"],
    ["gcp.bucket", "goog-labs", "begins with the reserved goog"],
    ["gcp.bucket", "my-g00gle", "reserved g00gle"],
    ["gcp.topic", "goog", "begins with the reserved goog"],
    ["gcp.workloadIdentityPool", "gcp-team", "begins with the reserved gcp-"],
  ] as const)("a %s of %s is refused", (kind, organisation, why) => {
    expect(() => nameFor(kind, { ...acme, organisation })).toThrow(why);
  });
});
