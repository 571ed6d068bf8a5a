/** The estate's secrets: one file that only its owner reads. They never stand on a command line or in a log. */
import { randomBytes } from "node:crypto";
import { chmod } from "node:fs/promises";
import { UserError } from "../../core/errors";
import { estatePaths } from "./context";
import { readJson, writeAtomic, writeJson } from "./files";

/** Secrets the runtime itself needs, whether or not a layer names them. */
export const SECRET = {
  /** Password of PostgreSQL's administrator, role `postgres`. */
  superuser: "database-superuser",
  /** Password of a database's owner, a role with the name of the database. */
  database: (name: string) => `database-${name}`,
  /** Token of Jupyter. */
  notebooks: "notebooks-token",
} as const;

/** Reads the secrets; empty when there are none yet. */
export async function readSecrets(directory: string): Promise<Readonly<Record<string, string>>> {
  return (await readJson<Record<string, string>>(estatePaths(directory).secrets)) ?? {};
}

/** One secret. @throws UserError when it is not there. */
export async function secret(directory: string, name: string): Promise<string> {
  const value = (await readSecrets(directory))[name];
  if (value !== undefined) return value;
  throw new UserError({
    where: estatePaths(directory).secrets,
    message: `the secret \`${name}\` is missing`,
    fix: "Deploy the estate first with `mlops up`",
  });
}

/** Makes up the secrets that are missing, keeps those that are there. Returns all of them. */
export async function ensureSecrets(
  directory: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const file = estatePaths(directory).secrets;
  const present = await readSecrets(directory);
  const missing = [...new Set(names)].filter((name) => !present[name]);
  const all = { ...present };
  for (const name of missing) all[name] = randomBytes(24).toString("base64url");
  if (missing.length > 0) await writeJson(file, all);
  // A copy or a backup may have widened the mode.
  await chmod(file, 0o600).catch(() => undefined);
  return all;
}

/** Writes PostgreSQL's password file for the given roles (https://www.postgresql.org/docs/current/libpq-pgpass.html). */
export async function writePgpass(directory: string, port: number, passwords: Readonly<Record<string, string>>) {
  const lines = Object.entries(passwords).map(
    // Made-up passwords hold no `:` and no `\`, but a person may have set one.
    ([role, password]) => `127.0.0.1:${port}:*:${role}:${password.replace(/[\\:]/g, "\\$&")}`,
  );
  await writeAtomic(estatePaths(directory).pgpass, `${lines.join("\n")}\n`);
}
