/** The ledger's connection: time limits, patience while the database restarts, errors that people can read. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientBase, type ClientConfig, DatabaseError, Pool } from "pg";
import type { DatabaseConnection } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import type { LedgerLock } from "./ledger";

/** Limits of one ledger connection, in seconds. */
export interface Patience {
  /** To connect. @default 5 */
  readonly connectSeconds?: number;
  /** For one statement, a lock included. @default 15 */
  readonly statementSeconds?: number;
  /** While the database is away, such as restarting, before giving up. @default 20 */
  readonly awaySeconds?: number;
}

/** Runs statements; every piece of work given to it may run twice, so it must be harmless when repeated. */
export class LedgerDatabase {
  private readonly pool: Pool;
  private readonly config: ClientConfig;
  private readonly awayMs: number;

  constructor(
    private readonly connection: DatabaseConnection,
    { connectSeconds = 5, statementSeconds = 15, awaySeconds = 20 }: Patience = {},
  ) {
    this.awayMs = awaySeconds * 1000;
    this.config = {
      ...connection,
      application_name: "mlops",
      connectionTimeoutMillis: connectSeconds * 1000,
      statement_timeout: statementSeconds * 1000,
      query_timeout: (statementSeconds + 5) * 1000,
      keepAlive: true,
    };
    // An idle connection must not keep a finished command alive.
    this.pool = new Pool({ ...this.config, max: 3, allowExitOnIdle: true });
    // Without a listener the loss of an idle connection would end the process; the next statement connects again.
    this.pool.on("error", () => undefined);
  }

  /** Work in one transaction. While the database is away it is tried again, for a bounded time. */
  async transaction<T>(work: (client: ClientBase) => Promise<T>, awayMs = this.awayMs): Promise<T> {
    const deadline = Date.now() + awayMs;
    for (let pause = 100; ; pause = Math.min(pause * 2, 1000)) {
      try {
        return await this.once(work);
      } catch (error) {
        if (!isAway(error) || Date.now() + pause > deadline) throw this.explained(error);
        await sleep(pause);
      }
    }
  }

  private async once<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // A connection that is lost while it is out of the pool tells so here as well as in the statement's own rejection.
    const lost = (error: Error) => {
      broken = error;
    };
    client.on("error", lost);
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.off("error", lost);
      client.release(broken);
    }
  }

  /** A lock that lives as long as one connection of its own; null when somebody else holds it. */
  async lock(name: string): Promise<LedgerLock | null> {
    const client = new Client(this.config);
    client.on("error", () => undefined);
    const end = () => client.end().catch(() => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ held: boolean }>(
        "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held",
        [name],
      );
      if (rows[0]?.held) return { release: end };
    } catch (error) {
      await end();
      throw this.explained(error);
    }
    await end();
    return null;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private explained(error: unknown): unknown {
    const { host, port, database, user } = this.connection;
    const where = `database ${database} on ${host}:${port}`;
    const code = codeOf(error);
    if (error instanceof UserError) return error;
    if (code === "28P01" || code === "28000") {
      return new UserError(
        {
          where,
          message: `The login of ${user} was refused`,
          fix: "Its password is not the one this estate was made with",
        },
        1,
        { cause: error },
      );
    }
    if (code === "3D000") {
      return new UserError({ where, message: "There is no such database", fix: "Deploy the data layer" }, 1, {
        cause: error,
      });
    }
    if (isAway(error)) {
      const message = `The ledger does not answer (${error instanceof Error ? error.message || code : code})`;
      return new UserError({ where, message, fix: "Run `mlops status` to see what became of it" }, 1, { cause: error });
    }
    return error;
  }
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/** SQL states of a server that is starting, stopping or full: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const AWAY_STATES = new Set(["57P01", "57P02", "57P03", "53300"]);
const AWAY_ERRNO = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

function isAway(error: unknown): boolean {
  if (error instanceof DatabaseError) return AWAY_STATES.has(codeOf(error)) || codeOf(error).startsWith("08");
  if (AWAY_ERRNO.has(codeOf(error))) return true;
  // node-postgres gives these two no code.
  return (
    error instanceof Error && /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)
  );
}
