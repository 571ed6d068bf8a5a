/** Environments for tests, made by the real loader from files written for the purpose. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadEnvironment } from "../../environments/load";
import type { Environment } from "../../environments/schema";
import { temporaryFolder } from "./folders";

const BASE = { version: 1, organisation: "acme", owner: "ml-platform@acme.example", projects: ["diabetes"] };

/**
 * A local environment.
 * @param changes what its file says besides `cloud: local`
 * @param workspace folder that gets its `environments/` @default - a new one
 */
export function localEnvironment(
  changes: Readonly<Record<string, unknown>> = {},
  { name = "local", workspace = temporaryFolder() } = {},
): Environment & { readonly cloud: "local" } {
  const directory = join(workspace, "environments");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "base.yaml"), stringify(BASE));
  writeFileSync(join(directory, `${name}.yaml`), stringify({ cloud: "local", ...changes }));
  const environment = loadEnvironment({ directory, name });
  if (environment.cloud !== "local") throw new Error("wanted a local environment");
  return environment;
}
