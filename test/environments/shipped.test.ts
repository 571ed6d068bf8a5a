import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import { z } from "zod";
import { schemaFiles, staleSchemas, writeSchema } from "../../environments/json-schema";
import { listProjects, loadAll, loadEnvironment } from "../../environments/load";
import { AnyEnvironmentFile, CLOUDS, type Environment, TeamFile } from "../../environments/schema";
import { descriptionOf } from "../../environments/walk";
import { folder, removeFolders } from "./workspace";

afterEach(removeFolders);

const CODE_ROOT = join(__dirname, "..", "..");
const directory = join(CODE_ROOT, "environments");
const yamlFiles = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".yaml"),
);
const schemaOf = (file: string) => (file.startsWith("teams") ? "team.schema.json" : (SCHEMAS[file] ?? "schema.json"));
const SCHEMAS: Readonly<Record<string, string>> = {
  "base.yaml": "base.schema.json",
  "images.lock.yaml": "images.lock.schema.json",
};

/** A copy of the shipped folder in which one file is changed. */
function changed(file: string, change: (text: string) => string): string {
  const copy = folder({ "base.yaml": null, "local.yaml": null });
  for (const name of yamlFiles) cpSync(join(directory, name), join(copy, name));
  const path = join(copy, file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, change(before));
  expect(readFileSync(path, "utf8")).not.toBe(before);
  return copy;
}

describe("the shipped environments", () => {
  const environments = loadAll({
    directory,
    projects: listProjects(join(CODE_ROOT, "pipelines", "projects")),
    today: "2026-01-01",
  });

  test("are dev, local, prod and staging with both teams, and nothing is wrong", () => {
    expect(environments.map(({ name, cloud, teams }) => [name, cloud, teams.map((team) => team.name)])).toEqual([
      ["dev", "gcp", ["risk", "search"]],
      ["local", "local", ["risk", "search"]],
      ["prod", "gcp", ["risk", "search"]],
      ["staging", "gcp", ["risk", "search"]],
    ]);
  });

  const GOOGLE_WORD = "cloud: gcp";
  const AZURE_WORD = "cloud: azure";

  describe.each(["dev", "staging", "prod"])("swap the cloud of %s by one word", (name) => {
    const copy = () => changed(`${name}.yaml`, (text) => text.replace(GOOGLE_WORD, AZURE_WORD));

    test("and are valid, alone and together with the others", () => {
      const at = copy();
      expect(loadEnvironment({ directory: at, name }).cloud).toBe("azure");
      const projects = listProjects(join(CODE_ROOT, "pipelines", "projects"));
      expect(loadAll({ directory: at, projects, today: "2026-01-01" })).toHaveLength(4);
    });

    test("and say what is not the same: the state's place, and what one cloud cannot do", () => {
      const [before, after] = [directory, copy()].map((at) => loadEnvironment({ directory: at, name }));
      expect(after?.backend).toEqual({ type: "azurerm", container: "tfstate" });
      const replaced = [before, after].flatMap(
        (environment) => environment?.substitutions.map(({ path }) => path) ?? [],
      );
      expect(["delivery.runner", "training.tensorBoard"]).toEqual(expect.arrayContaining(replaced));
      const rest = ({ delivery, training, ...environment }: Environment) => ({
        ...environment,
        delivery: { ...delivery, runner: "either" },
        training: { ...training, tensorBoard: "either" },
        cloud: "either",
        backend: "either",
        substitutions: [],
      });
      expect(after && rest(after)).toEqual(before && rest(before));
    });

    test("and back by the same word: the same bytes, and the same environment", () => {
      const at = copy();
      const file = join(at, `${name}.yaml`);
      writeFileSync(file, readFileSync(file, "utf8").replace(AZURE_WORD, GOOGLE_WORD));
      expect(readFileSync(file)).toEqual(readFileSync(join(directory, `${name}.yaml`)));
      expect(loadEnvironment({ directory: at, name })).toEqual(loadEnvironment({ directory, name }));
    });
  });

  test("may all three stand on Azure at once", () => {
    const at = folder({ "base.yaml": null, "local.yaml": null });
    for (const name of yamlFiles) {
      cpSync(join(directory, name), join(at, name));
      writeFileSync(join(at, name), readFileSync(join(at, name), "utf8").replace(/^cloud: gcp/m, AZURE_WORD));
    }
    expect(loadAll({ directory: at }).map(({ cloud }) => cloud)).toEqual(["azure", "local", "azure", "azure"]);
  });

  test("build with hosted machines on Google Cloud, where private ones cannot reach a repository outside, and say so", () => {
    const prod = environments.find(({ name }) => name === "prod");
    expect(prod?.delivery.runner).toBe("hosted");
    expect(prod?.substitutions).toEqual([
      expect.objectContaining({ path: "delivery.runner", asked: "network", used: "hosted" }),
    ]);
  });

  test("serve elsewhere than on Kubernetes with the settings of base.yaml that this target knows", () => {
    const copy = changed("dev.yaml", (text) =>
      text.replace("  production:\n", "  production:\n    target: serverless\n"),
    );
    // base.yaml asks for tokens of an issuer; dev.yaml for a host name, which this target has not.
    expect(() => loadEnvironment({ directory: copy, name: "dev" })).toThrow(
      /serving.production.host: cloud gcp cannot do/,
    );
    const fewer = changed("dev.yaml", (text) =>
      text.replace("    host: predict.dev.acme.example\n", "    target: serverless\n"),
    );
    const { serving, substitutions } = loadEnvironment({ directory: fewer, name: "dev" });
    expect(serving.production).toMatchObject({ target: "serverless", auth: "iam" });
    expect(substitutions.map(({ path }) => path)).toEqual(["serving.production.auth", "serving.production.host"]);
  });

  test("give production high availability, more approvals and good runs first", () => {
    const prod = environments.find(({ name }) => name === "prod");
    expect(prod).toMatchObject({ tier: "production", metadata: { highAvailability: true }, review: { approvals: 2 } });
    expect(prod?.delivery.rules.find(({ environment }) => environment === "prod")).toMatchObject({
      deploy: "approved",
      afterGoodRuns: 3,
    });
  });

  test("are cheap in dev, safe in prod and between the two in staging, as their files say", () => {
    const [dev, , prod, staging] = environments;
    expect(dev).toMatchObject({
      kubernetes: { highAvailability: false, deletionProtection: false },
      storage: { deletionProtection: false },
      metadata: { highAvailability: false, deletionProtection: false },
      training: { capacity: "spot" },
      featureStore: { enabled: false },
      encryption: { ownKeys: false },
    });
    expect(Object.values(dev?.kubernetes.pools ?? {}).map(({ min, capacity }) => [min, capacity])).toEqual([
      [0, "spot"],
      [0, "spot"],
    ]);
    expect(staging).toMatchObject({
      kubernetes: { highAvailability: false, deletionProtection: true },
      metadata: { highAvailability: false, deletionProtection: true },
      featureStore: { enabled: true },
    });
    expect(prod).toMatchObject({
      kubernetes: { highAvailability: true, deletionProtection: true },
      storage: { deletionProtection: true },
      metadata: { highAvailability: true, deletionProtection: true },
      encryption: { ownKeys: true },
      monitoring: { archive: { locked: true }, alerts: { noTrafficMinutes: 30 }, availabilityObjective: 0.995 },
    });
  });

  test("store features that the project has", () => {
    const group = environments.find(({ name }) => name === "staging")?.featureStore.groups.diabetes;
    const file = join(CODE_ROOT, "pipelines", "projects", "diabetes", "schema.json");
    const schema = JSON.parse(readFileSync(file, "utf8")) as {
      readonly features: readonly { readonly name: string }[];
    };
    expect(group?.features).toEqual(schema.features.map(({ name }) => name));
  });

  test("are read again in well under 0.3 s", () => {
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      loadAll({ directory });
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(300);
  });

  test("hold no machine's path and no token", () => {
    for (const file of yamlFiles)
      expect(readFileSync(join(directory, file), "utf8")).not.toMatch(/\/(home|Users|work|tmp)\/|\t/);
  });
});

test("the example of the design is valid as printed, with its blanks filled in", () => {
  const base = `version: 1
organisation: acme
owner: ml-platform@acme.example
clouds:
  gcp: { region: asia-northeast3, billingAccount: 012345-6789AB-CDEF01 }
  azure: { region: koreacentral, tenant: 00000000-0000-4000-8000-000000000001 }
network: { cidr: 10.20.0.0/16 }
orchestrator: managed            # or kubeflow
delivery:
  source: { host: github, repository: acme/ml-projects }
  rules:                         # branch or tag → environment, and how it gets there
    - { branch: develop, environment: dev, deploy: automatic }
    - { branch: main, environment: staging, deploy: onMerge }
    - { tag: "v*", environment: prod, deploy: approved, afterGoodRuns: 3 }
projects: [diabetes]
serving:
  qa: { target: container }
  production: { target: kubernetes, expose: internal, host: predict.acme.example, auth: oidc, canary: { steps: [10, 20, 100] } }
logging: { predictions: { sample: 1.0, retentionDays: 90, redact: [] } }
retraining: { schedule: "0 3 * * 1", newData: true, drift: { metric: psi, threshold: 0.2 } }
`;
  const dev = `cloud: gcp
clouds: { gcp: { project: acme-ml-dev, projectNumber: 123456789012 }, azure: { subscription: 00000000-0000-4000-8000-000000000002 } }
kubernetes:
  pools: { gpu: { class: gpu-l4, min: 0, max: 2, capacity: spot } }
metadata: { class: db-small, highAvailability: false }
budget: { monthly: 800, currency: USD, alertAt: [50, 90, 100] }
`;
  const local = "cloud: local\n";
  const others = {
    "staging.yaml": `${dev}network: { cidr: 10.21.0.0/16 }\n`,
    "prod.yaml": `${dev}network: { cidr: 10.22.0.0/16 }\n`,
  };
  const at = folder({ "base.yaml": base, "dev.yaml": dev, "local.yaml": local, ...others });
  expect(loadAll({ directory: at }).map(({ name }) => name)).toEqual(["dev", "local", "prod", "staging"]);
});

describe("the schemas for editors", () => {
  test("are what the zod schemas say (npm run schema)", () => {
    expect(staleSchemas(directory)).toEqual([]);
  });

  test("are written once, and only when stale", () => {
    const at = folder();
    expect(writeSchema(at)).toEqual(Object.keys(schemaFiles()).map((name) => join(at, name)));
    expect(writeSchema(at)).toEqual([]);
    writeFileSync(join(at, "schema.json"), "{}");
    expect(staleSchemas(at)).toEqual(["schema.json"]);
    expect(writeSchema(at)).toEqual([join(at, "schema.json")]);
  });

  const validators = new Map(
    Object.entries(schemaFiles()).map(([name, text]) => [
      name,
      new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(text)),
    ]),
  );
  const errorsOf = (file: string, text: string) => {
    const validate = validators.get(schemaOf(file));
    validate?.(parse(text));
    return validate?.errors ?? [];
  };

  test.each(yamlFiles)("accept %s, whose first line names its schema", (file) => {
    const text = readFileSync(join(directory, file), "utf8");
    expect(errorsOf(file, text)).toEqual([]);
    const up = file.startsWith("teams") ? "../" : "./";
    expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=${up}${schemaOf(file)}`);
  });

  test.each([
    ["local.yaml", "cloud: gpc\n", "/cloud"],
    ["local.yaml", "tier: sandbox\n", ""],
    ["local.yaml", "cloud: local\nservng: {}\n", ""],
    ["local.yaml", "cloud: gcp\nkubernetes: { pools: { GPU: { class: x, max: 0 } } }\n", "/kubernetes/pools/GPU/class"],
    ["local.yaml", "cloud: local\npolicies: { waivers: [{ rule: r }] }\n", "/policies/waivers/0"],
    ["base.yaml", "version: 1\norganisation: acme\ncloud: gcp\n", ""],
    [
      "teams/a.yaml",
      "version: 1\nname: a\nenvironments: { prod: { quota: { gpus: 1 } } }\n",
      "/environments/prod/quota",
    ],
  ])("refuse in %s what the loader refuses: %j", (file, text, path) => {
    expect(errorsOf(file, text).map(({ instancePath }) => instancePath)).toContain(path);
  });

  test.each([...CLOUDS])("accept a file of cloud %s that leaves the rest to base.yaml", (cloud) => {
    expect(errorsOf("local.yaml", `cloud: ${cloud}\n`)).toEqual([]);
  });
});

/** Paths of the settings without a description. */
function undescribed(schema: z.core.$ZodType, path: string): string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return undescribed(schema.def.innerType, path);
  }
  if (schema instanceof z.ZodArray) return undescribed(schema.def.element, `${path}[]`);
  if (schema instanceof z.ZodRecord) return undescribed(schema.def.valueType, `${path}.*`);
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap((option) => undescribed(option, path));
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.def.shape).flatMap(([key, below]) => {
    const own = descriptionOf(below) ? [] : [`${path}.${key}`];
    return [...own, ...undescribed(below, `${path}.${key}`)];
  });
}

test("every setting is described", () => {
  expect([...undescribed(AnyEnvironmentFile, ""), ...undescribed(TeamFile, "team")]).toEqual([]);
});
