/** A small Azure in this process: it answers what a test gives, remembers what it was asked, and keeps what is written where told to. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudAccess } from "../../lib/contracts/cloud-access";

/** One request, as the small cloud got it. */
export interface Asked {
  readonly method: string;
  /** In lower case, as Azure compares ids: `/subscriptions/…`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
/** What the small cloud answers to a request; nothing where it knows none. */
export type Answers = (asked: Asked) => Answer | undefined;

/** The small cloud, running. */
export interface FakeAzure {
  readonly access: CloudAccess;
  readonly address: string;
  readonly asked: readonly Asked[];
  /** What was asked by other methods than GET, without the pure questions that POST is used for. */
  writes(): readonly string[];
  close(): Promise<void>;
}

const QUESTIONS = /\/checknameavailability$/;
/** Whose token it is. */
export const KIM = { oid: "1b2c3d4e-0000-4000-8000-0000000000f1", upn: "kim@acme.example", idtyp: "user" };

/** An unsigned token with these claims. */
export function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.x`;
}

/** Starts it. What `answers` does not know is 404. */
export async function fakeAzure(answers: Answers, token: string = tokenOf(KIM)): Promise<FakeAzure> {
  const asked: Asked[] = [];
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const call: Asked = {
      method: request.method ?? "GET",
      path: decodeURIComponent(url.pathname).toLowerCase(),
      query: url.searchParams,
      body: await bodyOf(request),
    };
    asked.push(call);
    const { status, body, headers } = answers(call) ?? no(404, "ResourceNotFound", `no ${call.path}`);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    access: {
      endpoints: { RESOURCE_MANAGER: address, DEVOPS: `${address}devops/` },
      token: async () => token,
    },
    address,
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
  return text.startsWith("{") ? (JSON.parse(text) as Asked["body"]) : {};
}

/** Nothing waits in a test. */
export const atOnce = async () => {};
/** A success. */
export const ok = (body: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status: 200,
  body,
  headers,
});
/** A list of one page. */
export const list = (...value: readonly unknown[]): Answer => ok({ value });
/** A refusal in Azure's form. */
export const no = (
  status: number,
  code: string,
  message = code,
  headers?: Readonly<Record<string, string>>,
): Answer => ({
  status,
  body: { error: { code, message } },
  headers,
});
