/** Who may import whom. The table is the architecture: an edge outside it is a mistake, or a change of this table. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { NAME_RULES } from "../lib/core/name-rules";

const ROOT = resolve(__dirname, "..");

/** Areas by the beginning of the path; the first that fits counts. */
const AREAS = [
  ["framework", "lib/framework.ts"],
  ["contracts", "lib/contracts/"],
  // Files of the core that do not load the engine: everybody may use them.
  ["pure core", "lib/core/"],
  ["local runtime", "lib/local/runtime/"],
  ["local runtime", "lib/local/operator.ts"],
  ["local parts", "lib/local/parts.ts"],
  ["local parts", "lib/local/estate.ts"],
  ["local", "lib/local/"],
  ["gcp parts", "lib/gcp/parts/"],
  ["gcp runtime", "lib/gcp/runtime/"],
  ["gcp runtime", "lib/gcp/operator.ts"],
  ["gcp", "lib/gcp/"],
  ["azure parts", "lib/azure/parts/"],
  ["azure runtime", "lib/azure/runtime/"],
  ["azure runtime", "lib/azure/operator.ts"],
  ["azure", "lib/azure/"],
  ["environments", "environments/"],
  ["operations", "operations/"],
  ["pipelines", "pipelines/"],
  ["stacks", "stacks/"],
  ["cli", "cli/"],
  ["bench", "bench/"],
] as const;

/** Files of lib/core that load the engine. */
const ENGINE_CORE = [
  "ephemeral-password",
  "grants",
  "layer-stack",
  "ordering",
  "outputs",
  "policies",
  "rules",
  "written-last",
].map((name) => `lib/core/${name}.ts`);

type Area = (typeof AREAS)[number][0] | "core";

const PURE: readonly Area[] = ["contracts", "pure core"];

/** Area → areas it may import. Every area may import itself. */
const MAY: Readonly<Record<Area, readonly Area[]>> = {
  framework: [],
  contracts: ["framework"],
  "pure core": ["contracts"],
  core: ["framework", ...PURE],
  "local parts": PURE,
  local: ["framework", "core", "local parts", ...PURE],
  // Operating an estate never loads the engine.
  "local runtime": ["local parts", ...PURE],
  "gcp parts": PURE,
  gcp: ["framework", "core", "gcp parts", ...PURE],
  "gcp runtime": ["gcp parts", ...PURE],
  "azure parts": PURE,
  azure: ["framework", "core", "azure parts", ...PURE],
  "azure runtime": ["azure parts", ...PURE],
  environments: PURE,
  operations: ["environments", ...PURE],
  pipelines: ["operations", ...PURE],
  stacks: ["framework", "core", "environments", "pipelines", "local parts", "gcp parts", "azure parts", ...PURE],
  cli: ["environments", "operations", "pipelines", "stacks", "local parts", "gcp parts", "azure parts", ...PURE],
  bench: [
    "framework",
    "core",
    "environments",
    "operations",
    "pipelines",
    "stacks",
    "cli",
    "local",
    "local parts",
    "local runtime",
    "gcp",
    "gcp parts",
    "azure",
    "azure parts",
    ...PURE,
  ],
};

/** Single edges beyond the table. */
const ALSO: readonly (readonly [from: string, to: string])[] = [
  ["stacks/platform.ts", "lib/local/platform.ts"],
  ["stacks/platform.ts", "lib/local/operator.ts"],
  ["stacks/platform.ts", "lib/gcp/platform.ts"],
  ["stacks/platform.ts", "lib/gcp/operator.ts"],
  ["stacks/platform.ts", "lib/azure/platform.ts"],
  ["stacks/platform.ts", "lib/azure/operator.ts"],
];

/** Packages that only one file may import. */
const ONLY: Readonly<Record<string, string>> = {
  cdktf: "lib/framework.ts",
  constructs: "lib/framework.ts",
  "@cdktf/provider-google": "lib/gcp/bindings.ts",
  "@cdktf/provider-azurerm": "lib/azure/bindings.ts",
};

interface Import {
  readonly from: string;
  readonly to: string;
  /** Types are gone when the program runs. */
  readonly typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return ["node_modules", ".mlops"].includes(entry.name) ? [] : sources(path);
    return /\.(ts|cts|mts|cjs|mjs)$/.test(entry.name) ? [path] : [];
  });
}

const STATEMENT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^;"']*?\sfrom\s+)?["']([^"']+)["']|(\btypeof\s+)?\b(?:import|require)\(\s*["']([^"']+)["']\s*\)/g;

function importsOf(file: string, text = readFileSync(join(ROOT, file), "utf8")): Import[] {
  return [...text.matchAll(STATEMENT)].map(([, type, named, typeOf, called]) => ({
    from: file,
    to: target(file, named ?? called ?? ""),
    typeOnly: type !== undefined || typeOf !== undefined,
  }));
}

/** A file of the repository, or the package's name. */
function target(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  const path = relative(ROOT, resolve(ROOT, dirname(file), specifier))
    .split("\\")
    .join("/");
  const found = [path, `${path}.ts`, `${path}/index.ts`].find((candidate) =>
    statSync(join(ROOT, candidate), { throwIfNoEntry: false })?.isFile(),
  );
  return found ?? path;
}

function areaOf(file: string): Area | undefined {
  if (ENGINE_CORE.includes(file)) return "core";
  return AREAS.find(([, beginning]) => file.startsWith(beginning))?.[0];
}

/** Why an import is not allowed, in words. */
function objection({ from, to, typeOnly }: Import): string | undefined {
  const keeper =
    ONLY[
      to
        .split("/")
        .slice(0, to.startsWith("@") ? 2 : 1)
        .join("/")
    ];
  if (keeper !== undefined) return from === keeper ? undefined : `${from} imports ${to}: only ${keeper} may`;
  const [mine, other] = [areaOf(from), areaOf(to)];
  if (mine === undefined) return `${from} lies in no area`;
  if (to.startsWith("test/")) return `${from} imports ${to}: nothing imports tests`;
  if (other === undefined || mine === other || MAY[mine].includes(other)) return undefined;
  if (ALSO.some(([a, b]) => a === from && b === to)) return undefined;
  // Types of the core and of the engine are free: they load nothing.
  if (typeOnly && other === "core" && PURE_TYPES.includes(mine)) return undefined;
  return `${from} (${mine}) imports ${to} (${other})`;
}

const PURE_TYPES: readonly Area[] = ["stacks", "cli", "pure core"];

const FILES = ["lib", "stacks", "environments", "operations", "pipelines", "cli"].flatMap(sources);

test("no import leaves the table", () => {
  expect(FILES.length).toBeGreaterThan(50);
  expect(FILES.flatMap((file) => importsOf(file).flatMap((found) => objection(found) ?? []))).toEqual([]);
});

test("a file that does not load the engine loads no file that does", () => {
  const pure: readonly (Area | undefined)[] = [
    "contracts",
    "pure core",
    "local runtime",
    "local parts",
    "gcp runtime",
    "gcp parts",
    "environments",
    "operations",
    "cli",
  ];
  const loading = FILES.filter((file) => pure.includes(areaOf(file))).flatMap((file) =>
    importsOf(file).filter(
      ({ to, typeOnly }) => !typeOnly && ["framework", "core", "local", "gcp"].includes(areaOf(to) ?? ""),
    ),
  );
  expect(loading.map(({ from, to }) => `${from} loads ${to}`)).toEqual([]);
});

test.each([
  [
    "lib/contracts/a.ts",
    'import { x } from "../core/errors";',
    "lib/contracts/a.ts (contracts) imports lib/core/errors.ts (pure core)",
  ],
  ["lib/core/errors.ts", 'import { App } from "cdktf";', "only lib/framework.ts may"],
  ["stacks/a.ts", 'import { x } from "cdktf/lib/app";', "only lib/framework.ts may"],
  [
    "lib/local/runtime/a.ts",
    'import { LocalPlatform } from "../platform";',
    "(local runtime) imports lib/local/platform.ts (local)",
  ],
  [
    "lib/local/operator.ts",
    'import { App } from "../framework";',
    "(local runtime) imports lib/framework.ts (framework)",
  ],
  ["cli/a.ts", 'const { App } = await import("../lib/framework");', "(cli) imports lib/framework.ts (framework)"],
  ["environments/a.ts", 'const x = require("../stacks/synth");', "(environments) imports stacks/synth.ts (stacks)"],
  [
    "stacks/data.ts",
    'import { LocalPlatform } from "../lib/local/platform";',
    "(stacks) imports lib/local/platform.ts (local)",
  ],
  ["lib/core/a.ts", 'export { x } from "../../test/support/synth";', "nothing imports tests"],
  ["tools/a.ts", 'import "node:fs";', "lies in no area"],
])("%s may not say %s", (file, text, why) => {
  expect(importsOf(file, text).map(objection)).toEqual([expect.stringContaining(why)]);
});

/** Clouds that are built, by the folder of their constructs. */
const BUILT = ["gcp", "azure"] as const;

test("every provider's binding is kept by a cloud that is built", () => {
  const keepers = [...new Set(Object.values(ONLY))].filter((keeper) => keeper.endsWith("/bindings.ts"));
  expect(keepers).toEqual(BUILT.map((cloud) => `lib/${cloud}/bindings.ts`));
});

describe.each(BUILT)("on %s", (cloud) => {
  const folder = `lib/${cloud}/`;
  const files = FILES.filter((path) => path.startsWith(folder));

  test("the bindings of the provider are those that its constructs use, no more", () => {
    const file = `${folder}bindings.ts`;
    const text = readFileSync(join(ROOT, file), "utf8");
    const bound = [...text.matchAll(/^export \{ (\w+)/gm)].flatMap(([, name]) => name ?? []);
    const used = words(files.filter((path) => path !== file));
    expect(bound.length).toBeGreaterThan(50);
    expect(bound.filter((name) => !used.has(name))).toEqual([]);
  });

  test("every rule of names has resources of that kind", () => {
    const kinds = Object.keys(NAME_RULES).filter((kind) => kind.startsWith(`${cloud}.`));
    const text = files.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
    const named = new Set([...text.matchAll(/\bname\(\s*"(\w+)"/g)].map(([, kind]) => `${cloud}.${kind}`));
    expect(kinds.filter((kind) => !named.has(kind))).toEqual([]);
  });
});

/** Words of a cloud, and of what only one cloud has. */
const CLOUD_WORDS =
  /google|gcp\b|gke|vertex|bigquery|cloud ?(?:sql|run|build|storage)|pub\/?sub|dataflow|dataproc\b|secure ?source|data ?fusion|composer|azure|microsoft|entra\b|aks\b|cosmos|data ?factory|event ?grid/gi;

/** Values that are names: hosts of source code, and the forms of a compiled pipeline. */
const NAMES = /\bazureRepos\b|\bsecureSourceManager\b|\bazureml\b/g;

test("contracts say nothing in a cloud's words, in their docstrings neither", () => {
  const contracts = FILES.filter((path) => path.startsWith("lib/contracts/"));
  expect(contracts.length).toBeGreaterThan(20);
  const said = contracts.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), "utf8").replace(NAMES, "");
    return [...text.matchAll(CLOUD_WORDS)].map(([word]) => `${path}: ${word}`);
  });
  expect(said).toEqual([]);
});

/** Every word of these files. */
function words(files: readonly string[]): ReadonlySet<string> {
  return new Set(files.flatMap((path) => readFileSync(join(ROOT, path), "utf8").match(/\w+/g) ?? []));
}

test("an import over several lines, of a type or of nothing named is seen", () => {
  const text =
    'import {\n  a,\n  type B,\n} from "../lib/framework";\nimport type { C } from "./c";\nimport "./d";\nexport * from "./e";';
  expect(importsOf("cli/a.ts", text).map(({ to, typeOnly }) => [to, typeOnly])).toEqual([
    ["lib/framework.ts", false],
    ["cli/c", true],
    ["cli/d", false],
    ["cli/e", false],
  ]);
});
