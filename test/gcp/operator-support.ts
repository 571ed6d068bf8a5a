/** A small Google Cloud in this process: it answers what a test gives, remembers what it was asked, and writes nothing. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudAccess } from "../../lib/contracts/cloud-access";

/** Words of the services that the operator calls. */
const WORDS = [
  "BIG_QUERY",
  "CLOUD_BILLING",
  "CLOUDBUILDV2",
  "CLOUD_RUN_V2",
  "COMPUTE",
  "CONTAINER",
  "LOGGING",
  "ORG_POLICY",
  "RESOURCE_MANAGER",
  "SERVICE_USAGE",
  "SQL",
  "STORAGE",
  "VERTEX_AI",
];

/** One request, as the small cloud got it. */
export interface Asked {
  readonly method: string;
  /** `STORAGE/v1/b/NAME`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is answered: a status and a body, or a body alone. */
export type Answer = { readonly status: number; readonly body: unknown };
/** What the small cloud answers to a request; nothing where it knows none. */
export type Answers = (asked: Asked) => Answer | undefined;

/** The small cloud, running. */
export interface FakeCloud {
  readonly access: CloudAccess;
  readonly asked: readonly Asked[];
  /** What was asked by other methods than GET, without the pure questions that POST is used for. */
  writes(): readonly string[];
  close(): Promise<void>;
}

const QUESTIONS = /:(getIamPolicy|testIamPermissions)$/;

/** Starts it. What `answers` does not know is 404. */
export async function fakeCloud(answers: Answers): Promise<FakeCloud> {
  const asked: Asked[] = [];
  const server: Server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const call: Asked = { method: request.method ?? "GET", path: pathname.slice(1), body: await bodyOf(request) };
    asked.push(call);
    const { status, body } = answers(call) ?? { status: 404, body: { error: { message: "not found" } } };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoints = Object.fromEntries(WORDS.map((word) => [word, `http://127.0.0.1:${port}/${word}/v1/`]));
  return {
    access: { endpoints, token: async () => "token" },
    asked,
    writes: () =>
      asked
        .filter(({ method, path }) => method !== "GET" && !QUESTIONS.test(path))
        .map(({ method, path }) => `${method} ${path}`),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Asked["body"]> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text === "" ? {} : (JSON.parse(text) as Asked["body"]);
}

/** Nothing waits in a test. */
export const atOnce = async () => {};
/** A success. */
export const ok = (body: unknown): Answer => ({ status: 200, body });
/** A refusal in Google's form. */
export const no = (status: number, message: string, reason = ""): Answer => ({
  status,
  body: { error: { code: status, message, errors: [{ reason }] } },
});
