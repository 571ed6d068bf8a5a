/** Roles, databases and the health of the estate's PostgreSQL. */
import type { Client } from "pg";
import type { DatabaseName } from "../../contracts/metadata-database";
import type { DatabaseConnection } from "../../contracts/operator";
import type { DatabasePart } from "../parts";
import { errorCode } from "./files";
import { SECRET } from "./secrets";

/** PostgreSQL's code for a wrong password (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const INVALID_PASSWORD = "28P01";

/** How a connection is made. */
export interface Login {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Runs `work` on a connection of its own and closes it. @param timeoutMs for connecting; 5 s unless told. */
export async function withClient<T>(login: Login, work: (client: Client) => Promise<T>, timeoutMs = 5_000): Promise<T> {
  const pg = await import("pg");
  const client = new pg.default.Client({ ...login, host: "127.0.0.1", ssl: false, connectionTimeoutMillis: timeoutMs });
  // A server that goes away between two queries would otherwise end this process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The administrator's login. */
export function superuserLogin(part: Pick<DatabasePart, "port">, secrets: Readonly<Record<string, string>>): Login {
  return { port: part.port, user: "postgres", password: secrets[SECRET.superuser] ?? "", database: "postgres" };
}

/** Version of the server that answers, like `18.4`: a real query, so that more than a listening port is proved. */
export async function serverVersion(login: Login, timeoutMs?: number): Promise<string> {
  return withClient(
    login,
    async (client) => {
      const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
      return rows[0]?.server_version ?? "";
    },
    timeoutMs,
  );
}

/**
 * Makes each database with an owner of the same name; an owner whose password is not the recorded one gets it again.
 * Returns the names that were made.
 */
export async function ensureDatabases(
  part: DatabasePart,
  secrets: Readonly<Record<string, string>>,
): Promise<string[]> {
  const made: string[] = [];
  const login = superuserLogin(part, secrets);
  for (const name of part.databases) {
    const password = secrets[SECRET.database(name)] ?? "";
    const state = await tryLogin({ port: part.port, user: name, password, database: name });
    if (state === "works") continue;
    await withClient(login, async (client) => {
      // A statement that fails is written to the log, and this one holds a password.
      await client.query("SET log_min_error_statement = 'panic'");
      const role = client.escapeIdentifier(name);
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
      const verb = rowCount === 0 ? "CREATE" : "ALTER";
      await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
      const { rowCount: databases } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
      if (databases === 0) {
        await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
        // Each database is its owner's alone.
        await client.query(`REVOKE CONNECT ON DATABASE ${role} FROM PUBLIC`);
        made.push(name);
      }
    });
  }
  return made;
}

async function tryLogin(login: Login): Promise<"works" | "refused"> {
  try {
    await withClient(login, async (client) => client.query("SELECT 1"));
    return "works";
  } catch (error) {
    // No such role is reported as a wrong password; 3D000: no such database.
    if (errorCode(error) === INVALID_PASSWORD || errorCode(error) === "3D000") return "refused";
    throw error;
  }
}

/** Whether an error says that the password is wrong. */
export function isWrongPassword(error: unknown): boolean {
  return errorCode(error) === INVALID_PASSWORD;
}

/** What a client needs to reach one of the databases as its owner. */
export function ownerConnection(port: number, database: DatabaseName, password: string): DatabaseConnection {
  return { host: "127.0.0.1", port, user: database, database, password };
}
