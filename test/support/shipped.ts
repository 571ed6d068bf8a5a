/** The shipped environments, as they are or with the one word that names the cloud changed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listEnvironments, loadAll } from "../../environments/load";
import type { Cloud, Environment } from "../../environments/schema";

export const SHIPPED = join(__dirname, "../../environments");

/** Every shipped environment that stands on Google Cloud, on another cloud. */
export function shippedOn(cloud: Cloud): Environment[] {
  const texts = listEnvironments(SHIPPED).flatMap((name): [string, string][] => {
    const file = join(SHIPPED, `${name}.yaml`);
    const text = readFileSync(file, "utf8");
    return /^cloud: gcp\b/m.test(text) ? [[name, text.replace(/^cloud: gcp\b/m, `cloud: ${cloud}`)]] : [];
  });
  const instead = Object.fromEntries(texts.map(([name, text]) => [join(SHIPPED, `${name}.yaml`), text]));
  return loadAll({ directory: SHIPPED, names: texts.map(([name]) => name), instead });
}
