/** The schemas that editors complete and check YAML by: one for each kind of file. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AnyEnvironmentFile, BaseFile, TeamFile } from "./schema";
import { ImagesFile } from "./schema/images";

type Json = { [key: string]: unknown };

/** File name → content, as it should be. */
export function schemaFiles(): Readonly<Record<string, string>> {
  return {
    "schema.json": print(layered(AnyEnvironmentFile, "Environment", ["cloud"])),
    "base.schema.json": print(layered(BaseFile, "What all environments share", ["version", "organisation"])),
    "team.schema.json": print(layered(TeamFile, "Team", ["version", "name"])),
    "images.lock.schema.json": print(layered(ImagesFile, "Digests of images", ["version"])),
  };
}

/** Names of the files in a folder that are missing or no longer what the schema says. */
export function staleSchemas(directory: string): string[] {
  return Object.entries(schemaFiles()).flatMap(([name, content]) =>
    current(join(directory, name)) === content ? [] : [name],
  );
}

/**
 * Brings the files of a folder up to date.
 * @param directory folder of the YAML files. @default - the shipped one
 * @returns paths of the files that were written; none when all were fresh
 */
export function writeSchema(directory: string = __dirname): string[] {
  const files = schemaFiles();
  return staleSchemas(directory).map((name) => {
    const path = join(directory, name);
    writeFileSync(path, files[name] ?? "");
    return path;
  });
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** JSON as the formatter leaves it: a list of words on one line when it fits. */
function print(schema: Json): string {
  const spread = JSON.stringify(schema, null, 2);
  const joined = spread.replace(
    /^( *)(.*)\[\n([^[\]{}]*?)\n\s*\](,?)$/gm,
    (text, indent, key, items: string, comma) => {
      const line = `${indent}${key}[${items.trim().replace(/\n\s*/g, " ")}]${comma}`;
      return line.length <= 120 ? line : text;
    },
  );
  return `${joined}\n`;
}

/** One file's schema. Of what is required only `required` stays: another layer may hold the rest. */
function layered(schema: z.core.$ZodType, title: string, required: readonly string[]): Json {
  // Draft 7 is what every YAML editor reads in full.
  const { $schema, ...json } = z.toJSONSchema(schema, { io: "input", target: "draft-7" }) as Json;
  return { $schema, title, ...(relaxed(json) as Json), required };
}

/** Without `required`, except inside lists: their items are never merged. */
function relaxed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(relaxed);
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => !(key === "required" && Array.isArray(value)));
  return Object.fromEntries(kept.map(([key, value]) => [key, key === "items" ? value : relaxed(value)]));
}
