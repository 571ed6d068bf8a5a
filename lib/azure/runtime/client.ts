/** Azure's REST APIs: tokens, retries, pages, long-running operations. */
import type { CloudAccess } from "../../contracts/cloud-access";
import { type Json, object, objects, parseObject, text } from "../../core/json";
import { type Answer, Transport, Unreachable } from "../../core/transport";
import { ApiError, isUnregistered, PASSING } from "./api-error";

/**
 * Versions of the parts of Azure Resource Manager that are called, https://learn.microsoft.com/en-us/rest/api/azure.
 * Each is one that the part keeps serving; a newer one is taken when something in it is needed.
 */
const VERSIONS = {
  authorization: "2022-04-01",
  compute: "2024-07-01",
  containerApps: "2025-01-01",
  containerInstances: "2023-05-01",
  containerRegistry: "2023-07-01",
  features: "2021-07-01",
  keyVault: "2023-07-01",
  kubernetes: "2025-05-01",
  locks: "2020-05-01",
  machineLearning: "2025-06-01",
  mysql: "2023-12-30",
  policy: "2023-04-01",
  postgres: "2024-08-01",
  resources: "2024-11-01",
  serviceBus: "2021-11-01",
  skus: "2021-07-01",
  storage: "2024-01-01",
  subscriptions: "2022-12-01",
} as const;

/** A part that is called. */
export type Service = keyof typeof VERSIONS;

type Query = Readonly<Record<string, string>>;

interface Request {
  readonly query?: Query;
  readonly body?: unknown;
}

/** No answer asks for more, in milliseconds. */
const LONGEST_RETRY = 60_000;
/** Word of `ARM_RESOURCE_MANAGER_ENDPOINT`, which Terraform's azapi provider reads, too. */
const ARM = { word: "RESOURCE_MANAGER", address: "https://management.azure.com/" };
/** Azure DevOps, and what a token for it is asked for, https://learn.microsoft.com/en-us/azure/devops/integrate/get-started/authentication/service-principal-managed-identity. */
const DEVOPS = {
  word: "DEVOPS",
  address: "https://dev.azure.com/",
  audience: "499b84ac-1321-427f-aa17-267ca6975798",
  version: "7.1",
};

/** What a client is made of. */
export interface ClientOptions {
  readonly access: CloudAccess;
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Calls with the rights of whoever is logged in. Paths are ids of Azure, with their first slash. */
export class AzureClient {
  private readonly transport: Transport;

  constructor(private readonly options: ClientOptions) {
    this.transport = new Transport({ signal: options.access.signal, pause: options.pause });
  }

  async get(service: Service, path: string, query?: Query): Promise<Json> {
    return parseObject((await this.call("GET", service, path, { query })).said);
  }

  async post(service: Service, path: string, body: unknown = {}): Promise<Json> {
    return parseObject((await this.call("POST", service, path, { body })).said);
  }

  /** Null where there is nothing, or where the part that would know is not registered. */
  async find(service: Service, path: string, query?: Query): Promise<Json | null> {
    return orNothing(() => this.get(service, path, query));
  }

  /** Whether a name can be had, and why not. Where the part is not registered, nobody knows yet. @param path of what checks it */
  async isFree(service: Service, path: string, name: { readonly name: string; readonly type: string }) {
    const answer = await orNothing(() => this.post(service, path, name));
    if (answer === null) return { free: true, words: "" };
    return { free: answer.nameAvailable !== false, words: text(answer.message) || text(answer.reason) };
  }

  /** Every page of a list. Empty where the part is not registered, or what would hold the list is not there. */
  async list(service: Service, path: string, query?: Query): Promise<readonly Json[]> {
    const found: Json[] = [];
    let page = await this.find(service, path, query);
    while (page !== null) {
      found.push(...objects(page.value));
      const next = text(page.nextLink);
      page = next === "" ? null : parseObject((await this.request(service, "GET", this.within(next), {})).said);
    }
    return found;
  }

  /** Makes or replaces a resource, and waits for it. @param seconds how long at most */
  put(service: Service, path: string, body: unknown, seconds = 600): Promise<Json> {
    return this.change("PUT", service, path, body, seconds);
  }

  /** Changes some settings of a resource, and waits for it. @param seconds how long at most */
  patch(service: Service, path: string, body: unknown, seconds = 600): Promise<Json> {
    return this.change("PATCH", service, path, body, seconds);
  }

  /** Starts something and does not wait: the answer, and where it goes on. */
  async start(service: Service, path: string): Promise<{ readonly answer: Json; readonly location: string }> {
    const answer = await this.call("POST", service, path, {});
    return { answer: parseObject(answer.said), location: answer.headers.get("location") ?? "" };
  }

  /** What is at an address that Azure itself has given. */
  async at(service: Service, address: string): Promise<Json> {
    return parseObject((await this.request(service, "GET", this.within(address), {})).said);
  }

  /** Azure DevOps: null where there is nothing. @param path organisation and what follows */
  async devops(path: string): Promise<Json | null> {
    const { access } = this.options;
    const url = new URL(path, access.endpoints[DEVOPS.word] ?? DEVOPS.address);
    url.searchParams.set("api-version", DEVOPS.version);
    const token = await access.token(DEVOPS.audience);
    // A personal access token has no parts, and is taken as a password only.
    const personal = token.split(".").length !== 3;
    const authorization = personal ? `Basic ${Buffer.from(`:${token}`).toString("base64")}` : `Bearer ${token}`;
    try {
      const { status, said } = await this.again(() => this.once("Azure DevOps", "GET", url, { authorization }, {}));
      // A stranger is shown the page for logging in, as a success.
      if (status === 203 || said.trimStart().startsWith("<")) throw new ApiError("Azure DevOps", 401, "", "logged out");
      return parseObject(said);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** Asks again until something is so. @param seconds how long at most */
  until<T>(look: () => Promise<T | null>, seconds: number): Promise<T | null> {
    return this.transport.until(look, seconds);
  }

  /** Lets time pass; an interruption ends it at once. */
  wait(milliseconds: number): Promise<void> {
    return this.transport.wait(milliseconds);
  }

  /** https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/async-operations */
  private async change(method: string, service: Service, path: string, body: unknown, seconds: number): Promise<Json> {
    const answer = await this.call(method, service, path, { body });
    const operation = answer.headers.get("azure-asyncoperation") ?? answer.headers.get("location");
    if (answer.status === 200 || operation === null) return parseObject(answer.said);
    const look = async () => {
      const now = await this.request(service, "GET", this.within(operation), {});
      const { status = "", error, properties } = parseObject(now.said);
      const state = text(status) || text(object(properties)?.provisioningState);
      if (/^(failed|canceled)$/i.test(state)) {
        const { code, message } = object(error) ?? {};
        throw new ApiError(service, 409, text(code) || state, text(message) || `it ended as ${state}`);
      }
      return now.status !== 202 && /^(succeeded|)$/i.test(state) ? now : null;
    };
    if ((await this.until(look, seconds)) === null) {
      throw new ApiError(service, 504, "Timeout", `no end after ${seconds} s`);
    }
    return this.get(service, path);
  }

  private call(method: string, service: Service, path: string, { query = {}, body }: Request): Promise<Answer> {
    const url = this.within(path);
    url.searchParams.set("api-version", VERSIONS[service]);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return this.request(service, method, url, { body });
  }

  private request(service: Service, method: string, url: URL, { body }: Request): Promise<Answer> {
    return this.again(async () => {
      const authorization = `Bearer ${await this.options.access.token()}`;
      return this.once(service, method, url, { authorization, "content-type": "application/json" }, { body });
    });
  }

  private again(call: () => Promise<Answer>): Promise<Answer> {
    return this.transport.again(call, (error) =>
      error instanceof ApiError && PASSING.includes(error.status) ? error.retryAfter : null,
    );
  }

  private async once(
    service: string,
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
    { body }: Request,
  ): Promise<Answer> {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await this.transport.send(url, init).catch((error: unknown) => {
      throw error instanceof Unreachable ? new ApiError(service, 0, "", error.message) : error;
    });
    if (answer.ok) return answer;
    const parsed = parseObject(answer.said);
    const error = object(parsed.error) ?? parsed;
    const [detail] = objects(error.details);
    // The outer code of some is only BadRequest; what it is stands in the details.
    const code = text(error.code) === "BadRequest" && detail ? text(detail.code) : text(error.code);
    const words = text(error.message) || text(detail?.message) || answer.said.slice(0, 200);
    throw new ApiError(service, answer.status, code, words, retryAfter(answer.headers));
  }

  /** An address of Resource Manager; nothing is ever asked of another host, whatever an answer names. */
  private within(path: string): URL {
    const base = this.options.access.endpoints[ARM.word] ?? ARM.address;
    const url = new URL(path, base);
    const own = new URL(base);
    url.protocol = own.protocol;
    url.host = own.host;
    return url;
  }
}

/** Null where the answer is that there is nothing, or that the part is not registered. */
async function orNothing<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || isUnregistered(error))) return null;
    throw error;
  }
}

/** Seconds or a date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; in milliseconds. */
function retryAfter(headers: Headers): number {
  const value = headers.get("retry-after");
  if (value === null) return 0;
  const seconds = Number(value);
  const time = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(time) ? 0 : Math.min(Math.max(time, 0), LONGEST_RETRY);
}
