import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { SOURCES } from "../../../lib/local/runtime/programs";

const root = path.resolve(__dirname, "../../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Everything below `entries` that is the blueprint's own, by following imports. */
function closure(entries: readonly string[], importsOf: (file: string) => readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const next of importsOf(file)) visit(next);
  };
  for (const entry of entries) visit(entry);
  return [...found].sort();
}

/** Types are gone when a program runs. */
function typescriptImports(file: string): string[] {
  const loads = /(?:^(?:import|export) (?!type )[^;]*? from |import\(|\("?)"(\.[^"]+)"/gms;
  return [...read(file).matchAll(loads)].map(([, name = ""]) => {
    const found = path.join(path.dirname(file), name);
    return /\.[a-z]+$/.test(found) ? found : `${found}.ts`;
  });
}

const modules = (folder: string) => readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".py"));

function pythonImports(file: string): string[] {
  const names = [...read(file).matchAll(/^\s*(?:from|import) (steps\.|\.)(\w+)/gm)].map(([, from, name]) =>
    from === "." ? `${path.dirname(file)}/${name}.py` : `pipelines/steps/${name}.py`,
  );
  return names.length > 0 && names.some((name) => name.includes("/steps/"))
    ? [...names, "pipelines/steps/__init__.py"]
    : names;
}

const covers = (sources: readonly string[], file: string) =>
  sources.includes(file) || sources.includes(path.dirname(file));

describe("a program is started anew when code changes that it is made of", () => {
  test.each(["gateway", "scheduler"] as const)("%s", (kind) => {
    const files = closure([`lib/local/runtime/${kind}.cjs`], typescriptImports);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((file) => !covers(SOURCES[kind], file))).toEqual([]);
  });

  test("modelServer", () => {
    const entries = modules("pipelines/serving").map((name) => `pipelines/serving/${name}`);
    const files = closure(entries, pythonImports);
    expect(files).toContain("pipelines/steps/features.py");
    expect(files.filter((file) => !covers(SOURCES.modelServer, file))).toEqual([]);
  });

  test("no source is one that is not there", () => {
    for (const source of Object.values(SOURCES).flat())
      expect(readdirSync(path.join(root, path.dirname(source)))).toContain(path.basename(source));
  });
});
