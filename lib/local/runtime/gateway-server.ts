/**
 * The one address clients call: passes predictions on to the stable or the canary slot. Connections, headers and bodies
 * are @fastify/reply-from's; only the choice of the slot is made here.
 */
import { randomUUID } from "node:crypto";
import replyFrom from "@fastify/reply-from";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { GatewayMetrics } from "./gateway-metrics";
import { type Choice, chooseSlot, type Traffic } from "./gateway-traffic";

/** What travels with a request through its attempts. */
interface Passage {
  readonly choice: Choice;
  readonly pinned: boolean;
  readonly attempt: number;
}

export interface GatewayOptions {
  /** Port of each slot on 127.0.0.1. */
  readonly slots: Readonly<Record<string, number>>;
  /** What to work with at this moment. */
  readonly traffic: { readonly current: Traffic | null; readonly problem: string | null };
  /** How long a slot may take to answer, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Largest request body, in bytes; the same as the scoring app's. @default 1048576 */
  readonly maxBodyBytes?: number;
}

/** Headers that speak of one connection only, or of the gateway itself, and that undici refuses to send. */
const NOT_PASSED_ON = ["expect", "keep-alive", "upgrade", "proxy-connection", "te", "x-mlops-role"];
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** The gateway as a server that does not listen yet. */
export function createGateway({ slots, traffic, timeoutMs = 30_000, maxBodyBytes = 1_048_576 }: GatewayOptions) {
  const app: FastifyInstance = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: timeoutMs,
    genReqId: ({ headers: { "x-request-id": id } }) =>
      typeof id === "string" && REQUEST_ID.test(id) ? id : randomUUID(),
    // While it closes, connections that are open are served to the end of the request they carry.
    forceCloseConnections: "idle",
    return503OnClosing: false,
  });
  const metrics = new GatewayMetrics();
  // Connections that are busy when it closes must end with the answer they wait for, or they hold it open.
  let closing = false;
  app.addHook("preClose", (done) => {
    closing = true;
    done();
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (closing) reply.header("connection", "close");
    done(null, payload);
  });
  app.register(replyFrom, {
    undici: {
      connections: 128,
      // Shorter than the scoring app's 75 s: the side that sends must be the one that closes an idle connection.
      keepAliveTimeout: 30_000,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: 2_000 },
    },
    disableRequestLogging: true,
  });
  // Bodies pass as the bytes they are.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.all("/v1/*", (request, reply) => {
    if (!new URL(request.url, "http://gateway").pathname.startsWith("/v1/")) {
      return answer(request, reply, 404, `nothing is at ${request.url}`);
    }
    const now = released(traffic);
    if (!now) {
      metrics.count({ role: "none", slot: "none" }, "", 503);
      return answer(request, reply, 503, traffic.problem ?? "no model released");
    }
    const pin = request.headers["x-mlops-role"];
    if (pin === undefined) {
      return pass(request, reply, { choice: chooseSlot(request.id, now), pinned: false, attempt: 1 });
    }
    if (pin === "stable") {
      return pass(request, reply, { choice: { role: pin, slot: now.stable }, pinned: true, attempt: 1 });
    }
    if (pin !== "canary") return answer(request, reply, 400, "x-mlops-role is neither stable nor canary");
    // Never the stable one instead: a comparison would compare it with itself.
    if (now.canary === null) return answer(request, reply, 409, "there is no canary at the moment");
    return pass(request, reply, { choice: { role: pin, slot: now.canary }, pinned: true, attempt: 1 });
  });

  app.get("/healthz", (request, reply) => answer(request, reply, 200));
  app.get("/readyz", (request, reply) =>
    released(traffic)
      ? answer(request, reply, 200)
      : answer(request, reply, 503, traffic.problem ?? "no model released"),
  );
  app.get("/-/traffic", (request, reply) => {
    if (!traffic.current) return answer(request, reply, 503, traffic.problem ?? "no model released");
    return reply.header("x-request-id", request.id).send({ ...traffic.current, problem: traffic.problem });
  });
  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.page()));
  app.setNotFoundHandler((request, reply) => answer(request, reply, 404, `nothing is at ${request.url}`));
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const code = error.statusCode ?? 500;
    if (code >= 500) console.error(error);
    const words = code === 413 ? `the body is larger than ${maxBodyBytes} bytes` : error.message;
    return answer(request, reply, code, code >= 500 ? "internal error" : words);
  });

  function pass(request: FastifyRequest, reply: FastifyReply, passage: Passage): FastifyReply {
    const { choice } = passage;
    const end = metrics.timer(choice);
    const body = Buffer.isBuffer(request.body) ? request.body : undefined;
    return reply.from(`http://127.0.0.1:${slots[choice.slot]}${request.url}`, {
      ...(body && { body, contentType: request.headers["content-type"] ?? "application/octet-stream" }),
      // Whether to try again is decided below, by what the failure was.
      retryDelay: () => null,
      rewriteRequestHeaders: (_request, headers) => {
        for (const name of NOT_PASSED_ON) delete headers[name];
        if (!body) delete headers["content-length"];
        headers["x-request-id"] = request.id;
        return headers;
      },
      onResponse: (_request, _reply, { stream }) => {
        // Read whole before a byte is sent: an answer cut off half way can still be asked for again.
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("error", (error) => fail(request, reply, passage, end, error));
        stream.on("end", () => {
          const version = reply.getHeader("x-model-version");
          end(typeof version === "string" ? version : "", reply.statusCode);
          reply.header("x-mlops-role", choice.role).header("x-mlops-slot", choice.slot).send(Buffer.concat(chunks));
        });
      },
      onError: (_reply, { error }) => fail(request, reply, passage, end, error),
    });
  }

  /** Predictions change nothing, so that one that got no answer may be asked for again: once, of the stable slot. */
  function fail(
    request: FastifyRequest,
    reply: FastifyReply,
    { choice, pinned, attempt }: Passage,
    end: (version: string, code: number) => void,
    error: Error,
  ): void {
    const late = isTimeout(error);
    end("", late ? 504 : 502);
    const stable = traffic.current?.stable;
    const again = !late && attempt === 1 && stable && !(pinned && choice.role === "canary");
    if (again) {
      metrics.retried(choice);
      pass(request, reply, { choice: { role: "stable", slot: stable }, pinned, attempt: attempt + 1 });
      return;
    }
    reply.header("x-mlops-role", choice.role).header("x-mlops-slot", choice.slot);
    const words = late ? `gave no answer within ${timeoutMs} ms` : "cannot be reached";
    answer(request, reply, late ? 504 : 502, `the ${choice.role} model (${choice.slot}) ${words}`);
  }

  return app;
}

/** The traffic, once a release has named the project it serves. */
function released({ current }: GatewayOptions["traffic"]): Traffic | null {
  return current?.project ? current : null;
}

function answer(request: FastifyRequest, reply: FastifyReply, code: number, error?: string): FastifyReply {
  return reply
    .code(code)
    .header("x-request-id", request.id)
    .type("application/json")
    .send(error === undefined ? { status: "ok" } : { error });
}

function isTimeout(error: Error): boolean {
  const codes = [error, error.cause].map((each) => (each as { code?: string } | undefined)?.code);
  return codes.some((code) => code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT");
}
