/** Whether a part does its work: asked the way its clients ask. */
import { isWrongPassword, serverVersion, superuserLogin } from "./database";
import type { ProgramPart } from "./programs";

/** Answer to one look. */
export interface Health {
  readonly healthy: boolean;
  readonly version: string | null;
  readonly detail: string | null;
  /** It answers, but does not take the password: `secrets.json` is another one than it was made with. @default false */
  readonly refused?: boolean;
}

const DOWN: Health = { healthy: false, version: null, detail: null };

/** Where a part is reached. */
export function addressOf(part: ProgramPart): string {
  if (part.kind === "database") return `postgresql://127.0.0.1:${part.port}`;
  return `http://127.0.0.1:${part.port}`;
}

/** Looks once. Never throws: no answer is an answer. @param timeoutMs 800 unless told, so that a status stays quick. */
export async function probe(
  part: ProgramPart,
  secrets: Readonly<Record<string, string>>,
  timeoutMs = 800,
): Promise<Health> {
  try {
    return await ask(part, secrets, timeoutMs);
  } catch (error) {
    if (part.kind !== "database" || !(error instanceof Error)) return DOWN;
    return { ...DOWN, detail: error.message, refused: isWrongPassword(error) };
  }
}

async function ask(part: ProgramPart, secrets: Readonly<Record<string, string>>, timeoutMs: number): Promise<Health> {
  const base = addressOf(part);
  switch (part.kind) {
    case "database":
      return up(await serverVersion(superuserLogin(part, secrets), timeoutMs));
    case "tracking": {
      const [health, version] = await Promise.all([
        get(`${base}/health`, timeoutMs),
        get(`${base}/version`, timeoutMs),
      ]);
      return health.ok ? up(version.ok ? version.text.trim() : null) : DOWN;
    }
    case "notebooks": {
      const { ok, text } = await get(`${base}/api`, timeoutMs);
      return ok ? up(field(text, "version")) : DOWN;
    }
    case "modelServer": {
      const [health, ready] = await Promise.all([get(`${base}/healthz`, timeoutMs), get(`${base}/readyz`, timeoutMs)]);
      if (!health.ok) return DOWN;
      const project = field(ready.text, "project");
      if (ready.ok && project) return up(`${project} version ${field(ready.text, "version")}`);
      return { ...up(null), detail: field(ready.text, "reason") };
    }
    case "gateway":
    case "scheduler": {
      const { ok } = await get(`${base}/healthz`, timeoutMs);
      return ok ? up(null) : DOWN;
    }
    default:
      return part satisfies never;
  }
}

function up(version: string | null): Health {
  return { healthy: true, version, detail: null };
}

/** GET as text, whatever the status. @throws when there is no answer in time. */
export async function get(url: string, timeoutMs: number): Promise<{ ok: boolean; status: number; text: string }> {
  // No keep-alive: a connection kept open would hold up the server's own stop.
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), headers: { connection: "close" } });
  return { ok: response.ok, status: response.status, text: await response.text() };
}

function field(json: string, name: string): string | null {
  try {
    const value = (JSON.parse(json) as Record<string, unknown>)[name];
    return value === undefined || value === null ? null : String(value);
  } catch {
    return null;
  }
}
