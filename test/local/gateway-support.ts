/** Little slots, and a gateway before them. Everything that is started is ended after the test. */
import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { createGateway, type GatewayOptions } from "../../lib/local/runtime/gateway-server";
import type { Traffic } from "../../lib/local/runtime/gateway-traffic";

export const BODY = JSON.stringify({ instances: [[1]] });
export const PREDICT = "/v1/models/tiny:predict";

export const STABLE_ONLY: Traffic = { generation: 1, stable: "blue", canary: null, canaryPercent: 0, project: "tiny" };
export const canaryAt = (canaryPercent: number): Traffic => ({ ...STABLE_ONLY, canary: "green", canaryPercent });

/** A slot: answers with its version, and with what it was asked. */
export type Behaviour = (request: http.IncomingMessage, body: Buffer, response: http.ServerResponse) => void;
export const echo =
  (version: string): Behaviour =>
  ({ headers, method, url }, body, response) => {
    response.writeHead(200, { "content-type": "application/json", "x-model-version": version });
    response.end(JSON.stringify({ version, method, url, headers, body: body.toString() }));
  };

/** What to end after the test, last first. */
export const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export async function slot(behaviour: Behaviour): Promise<number> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    behaviour(request, Buffer.concat(chunks), response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  ends.set(port, () => {
    server.closeAllConnections();
    server.close();
  });
  closing.push(() => ends.get(port)?.());
  return port;
}

/** Ends a slot as a crash does: by its port. */
export const ends = new Map<number, () => void>();

/** A port at which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export interface Started {
  readonly url: string;
  readonly traffic: { current: Traffic | null; problem: string | null };
  predict(init?: RequestInit & { readonly id?: string }): Promise<Response>;
  metrics(): Promise<string>;
}

export async function gateway(
  options: Partial<GatewayOptions> & Pick<GatewayOptions, "slots">,
  current: Traffic | null = STABLE_ONLY,
): Promise<Started> {
  const traffic = { current, problem: null as string | null };
  const app = createGateway({ traffic, ...options });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  closing.push(() => app.close());
  return {
    url,
    traffic,
    predict: ({ id, headers, ...init } = {}) =>
      fetch(`${url}${PREDICT}`, {
        method: "POST",
        body: BODY,
        headers: { ...(id && { "x-request-id": id }), ...(headers as Record<string, string>) },
        ...init,
      }),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
  };
}

export const twoSlots = async (options: Partial<GatewayOptions> = {}, current?: Traffic | null) =>
  gateway({ slots: { blue: await slot(echo("1")), green: await slot(echo("2")) }, ...options }, current);

/** Value of one line of the metrics page. */
export function metric(page: string, name: string, labels: Record<string, string>): number {
  const line = page
    .split("\n")
    .find((row) => row.startsWith(`${name}{`) && Object.entries(labels).every(([k, v]) => row.includes(`${k}="${v}"`)));
  return line ? Number(line.split(" ").at(-1)) : 0;
}
