/** The peer of validate: the same files, read and parsed by the YAML library, and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

for (const entry of readdirSync(process.argv[2] ?? "environments", { recursive: true, withFileTypes: true })) {
  if (entry.name.endsWith(".yaml")) parse(readFileSync(join(entry.parentPath, entry.name), "utf8"));
}
