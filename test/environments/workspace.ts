/** Folders of configuration made for one test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LoadProps, loadAll, loadEnvironment } from "../../environments/load";
import type { Environment } from "../../environments/schema";
import { EXIT, problemLine, UserError } from "../../lib/core/errors";

const made: string[] = [];

/** Removes the folders again; give it to afterEach. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const BASE = `version: 1
organisation: acme
owner: ml@acme.example
`;

/** A folder with the given files; base.yaml and a local environment are there unless given or null. */
export function folder(files: Readonly<Record<string, string | Buffer | null>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), "environments-"));
  made.push(directory);
  for (const [name, content] of Object.entries({ "base.yaml": BASE, "local.yaml": "cloud: local\n", ...files })) {
    if (content === null) continue;
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

/** One environment of a folder made of the given files. */
export function load(files: Parameters<typeof folder>[0], name = "local"): Environment {
  return loadEnvironment({ directory: folder(files), name });
}

/** The error of work that must fail with exit code 4. */
export function refusal(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError && error.exitCode === EXIT.invalidConfig) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

/** What is wrong with the files, one line a problem, paths relative to the folder. */
export function problems(files: Parameters<typeof folder>[0], props: Omit<LoadProps, "directory"> = {}): string[] {
  const directory = folder(files);
  return refusal(() => loadAll({ ...props, directory })).problems.map((problem) =>
    problemLine(problem).replaceAll(`${directory}/`, "").replaceAll(directory, "FOLDER"),
  );
}

/** An environment on Google Cloud with nothing but what it must say. */
export const GCP = "cloud: gcp\nclouds: { gcp: { project: acme-dev, projectNumber: 1, region: asia-northeast3 } }\n";

/** What is wrong with a local environment that has these settings. */
export const wrong = (settings: string, props = {}) => problems({ "local.yaml": `cloud: local\n${settings}\n` }, props);

/** The same on Google Cloud. */
export const onGcp = (settings: string) => problems({ "a.yaml": `${GCP}${settings}\n` });

/** An environment on Azure with nothing but what it must say. */
export const AZURE =
  "cloud: azure\nclouds: { azure: { subscription: 1b2c3d4e-0000-4000-8000-0000000000d9, tenant: 1b2c3d4e-0000-4000-8000-000000000001, region: koreacentral } }\n";

/** What is wrong with an environment on Azure that has these settings. */
export const onAzure = (settings: string) => problems({ "a.yaml": `${AZURE}${settings}\n` });
