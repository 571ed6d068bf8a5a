/** Ports, looked at before anything is started. */
import { readdir, readFile, readlink } from "node:fs/promises";
import net from "node:net";
import type { Problem } from "../../core/errors";
import { errorCode } from "./files";

/** A port somebody needs. */
export interface WantedPort {
  /** Name of the part, which is also the key under `clouds.local.ports`. */
  readonly name: string;
  readonly port: number;
}

/** Who holds a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** The text for one port that cannot be had. */
export function portProblem(want: WantedPort, state: "taken" | "forbidden", holder: PortHolder | null): Problem {
  const where = `clouds.local.ports.${want.name}`;
  if (state === "forbidden") {
    return {
      where,
      message: `port ${want.port} may not be used by this user`,
      fix: `Set ${where} to a port of 1024 or more`,
    };
  }
  const by = holder ? `process ${holder.pid} (${holder.command})` : "another process";
  return {
    where,
    message: `port ${want.port} on 127.0.0.1 is taken by ${by}`,
    fix: `End that process or set ${where} to a free port`,
  };
}

/** Whether this machine would let us listen on the port. */
export async function probePort(port: number): Promise<"free" | "taken" | "forbidden"> {
  // Where 0.0.0.0 is taken, some systems still let 127.0.0.1 be bound: somebody who answers is the surer sign.
  if (await answers(port)) return "taken";
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", (error) => {
      const code = errorCode(error);
      if (code === "EADDRINUSE") resolve("taken");
      else if (code === "EACCES" || code === "EPERM") resolve("forbidden");
      else reject(error);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve("free")));
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", timeout: 1_000 });
    const done = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => done(true));
    socket.once("timeout", () => done(true));
    socket.once("error", () => done(false));
  });
}

/** Who listens on the port; null when the system does not tell. */
export async function portHolder(port: number): Promise<PortHolder | null> {
  return (await holderByProc(port)) ?? (await holderByLsof(port));
}

async function holderByProc(port: number): Promise<PortHolder | null> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const inodes = tables.flatMap((table) => listeningInodes(table, port));
  if (inodes.length === 0) return null;
  const wanted = new Set(inodes.map((inode) => `socket:[${inode}]`));
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const handle of handles) {
      if (!wanted.has(await readlink(`/proc/${pid}/fd/${handle}`).catch(() => ""))) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), command: shorten(command.split("\0").filter(Boolean).join(" ")) };
    }
  }
  return null;
}

/** Inodes of the sockets that listen on a port, from `/proc/net/tcp` (https://docs.kernel.org/networking/proc_net_tcp.html). */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const inode = fields[9];
    return fields[1]?.endsWith(suffix) && fields[3] === "0A" && inode ? [inode] : [];
  });
}

async function holderByLsof(port: number): Promise<PortHolder | null> {
  const { execa } = await import("execa");
  const { stdout, failed } = await execa("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
    reject: false,
    timeout: 3_000,
  });
  const pid = /^p(\d+)$/m.exec(stdout ?? "")?.[1];
  const command = /^c(.*)$/m.exec(stdout ?? "")?.[1];
  return !failed && pid ? { pid: Number(pid), command: shorten(command ?? "unknown") } : null;
}

function shorten(command: string): string {
  return command.length > 80 ? `${command.slice(0, 79)}…` : command;
}
