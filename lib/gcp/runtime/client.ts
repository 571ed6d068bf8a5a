/** Google Cloud's REST APIs: tokens, retries, pages, long-running operations, errors in words. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudAccess } from "../../contracts/cloud-access";
import { UserError } from "../../core/errors";

/**
 * Services that are called: the public address, and the word of `GOOGLE_<WORD>_CUSTOM_ENDPOINT` that replaces it, as the
 * Terraform provider reads it (https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference#custom-endpoints).
 */
const SERVICES = {
  bigquery: { word: "BIG_QUERY", address: "https://bigquery.googleapis.com/bigquery/v2/" },
  billing: { word: "CLOUD_BILLING", address: "https://cloudbilling.googleapis.com/v1/" },
  build: { word: "CLOUDBUILDV2", address: "https://cloudbuild.googleapis.com/v2/" },
  compute: { word: "COMPUTE", address: "https://compute.googleapis.com/compute/v1/" },
  container: { word: "CONTAINER", address: "https://container.googleapis.com/v1/" },
  logging: { word: "LOGGING", address: "https://logging.googleapis.com/v2/" },
  orgPolicy: { word: "ORG_POLICY", address: "https://orgpolicy.googleapis.com/v2/" },
  resourceManager: { word: "RESOURCE_MANAGER", address: "https://cloudresourcemanager.googleapis.com/v1/" },
  run: { word: "CLOUD_RUN_V2", address: "https://run.googleapis.com/v2/" },
  serviceUsage: { word: "SERVICE_USAGE", address: "https://serviceusage.googleapis.com/v1/" },
  sql: { word: "SQL", address: "https://sqladmin.googleapis.com/sql/v1beta4/" },
  storage: { word: "STORAGE", address: "https://storage.googleapis.com/storage/v1/" },
  // The regional address: Vertex AI has no global one.
  vertex: { word: "VERTEX_AI", address: "https://{region}-aiplatform.googleapis.com/v1/" },
} as const;

/** A service that is called. */
export type Service = keyof typeof SERVICES;

/** An answer that is no success. */
export class ApiError extends Error {
  constructor(
    readonly service: Service,
    /** HTTP status; 0 when nothing answered. */
    readonly status: number,
    /** `SERVICE_DISABLED`, `rateLimitExceeded`; empty when none was given. */
    readonly reason: string,
    /** In Google's words, or those of the network. */
    readonly words: string,
  ) {
    super(`${service} answered ${status}: ${words}`);
    this.name = "ApiError";
  }
}

interface Request {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Waits between tries, in milliseconds. Google asks for exponential backoff (https://cloud.google.com/storage/docs/retry-strategy). */
const PAUSES = [500, 1_000, 2_000, 4_000];
const PASSING: readonly number[] = [0, 429, 500, 502, 503, 504];
/** One call, in milliseconds. */
const TIMEOUT = 30_000;

interface ClientOptions {
  readonly access: CloudAccess;
  readonly project: string;
  readonly region: string;
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Calls with the rights of whoever is logged in. */
export class GoogleClient {
  constructor(private readonly options: ClientOptions) {}

  get(service: Service, path: string, query?: Request["query"]): Promise<Json> {
    return this.call("GET", service, path, { query });
  }

  post(service: Service, path: string, body: unknown = {}, query?: Request["query"]): Promise<Json> {
    return this.call("POST", service, path, { body, query });
  }

  patch(service: Service, path: string, body: unknown): Promise<Json> {
    return this.call("PATCH", service, path, { body });
  }

  /** Null where there is nothing, or where the API that would know is not enabled. */
  async find(service: Service, path: string, query?: Request["query"]): Promise<Json | null> {
    try {
      return await this.get(service, path, query);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || isDisabled(error))) return null;
      throw error;
    }
  }

  /** Every page of a list. Empty where the API is not enabled: then nothing of it can stand. */
  async list(service: Service, path: string, field: string, query: Request["query"] = {}): Promise<readonly Json[]> {
    const found: Json[] = [];
    let pageToken = "";
    do {
      const page = await this.find(service, path, { ...query, ...(pageToken ? { pageToken } : {}) });
      found.push(...objects(page?.[field]));
      pageToken = text(page?.nextPageToken);
    } while (pageToken !== "");
    return found;
  }

  /** Asks again until something is so. @param seconds how long at most */
  async until<T>(look: () => Promise<T | null>, seconds: number): Promise<T | null> {
    for (let waited = 0, step = 1; waited <= seconds; waited += step, step = Math.min(step * 1.5, 10)) {
      const found = await look();
      if (found !== null) return found;
      await this.wait(step * 1000);
    }
    return null;
  }

  private async call(method: string, service: Service, path: string, request: Request): Promise<Json> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.once(method, service, path, request);
      } catch (error) {
        const pause = PAUSES[tries];
        if (!(error instanceof ApiError) || !PASSING.includes(error.status) || pause === undefined) throw error;
        await this.wait(pause);
      }
    }
  }

  private async once(method: string, service: Service, path: string, { query, body }: Request): Promise<Json> {
    const { access, project } = this.options;
    const { signal } = access;
    signal?.throwIfAborted();
    const url = this.address(service, path, query);
    const headers = {
      authorization: `Bearer ${await access.token()}`,
      "content-type": "application/json",
      // The environment's quota counts. Asking for the project itself must work before its APIs are enabled.
      ...(service === "resourceManager" || service === "serviceUsage" ? {} : { "x-goog-user-project": project }),
    };
    const timeout = AbortSignal.timeout(TIMEOUT);
    const init = { method, headers, signal: signal ? AbortSignal.any([signal, timeout]) : timeout };
    // The answer's body is a part of the call: a connection can break in the middle of it.
    const call = async () => {
      const response = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
      return { ok: response.ok, status: response.status, said: await response.text() };
    };
    const { ok, status, said } = await call().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new ApiError(service, 0, "", `${url.host}: ${networkWords(error)}`);
    });
    if (ok) return parse(said);
    const { error } = parse(said);
    const details = objects(object(error)?.details);
    const reason = text(details.find((detail) => detail.reason)?.reason ?? objects(object(error)?.errors)[0]?.reason);
    throw new ApiError(service, status, reason, text(object(error)?.message) || said.slice(0, 200));
  }

  private address(service: Service, path: string, query: Request["query"] = {}): URL {
    const { word, address } = SERVICES[service];
    const base = this.options.access.endpoints[word] ?? address.replace("{region}", this.options.region);
    // `../v1beta1/…` steps out of the version that the address ends with.
    const url = new URL(path, base.endsWith("/") ? base : `${base}/`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  /** Lets time pass; an interruption ends it at once. */
  async wait(milliseconds: number): Promise<void> {
    const { pause, access } = this.options;
    access.signal?.throwIfAborted();
    await (pause ?? ((time) => sleep(time, undefined, { signal: access.signal })))(milliseconds);
  }
}

/** A JSON object whose fields nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>;

/** The value where it is an object. */
export function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The objects of a list; none where it is no list. */
export function objects(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown): readonly Json[] => {
    const found = object(item);
    return found === undefined ? [] : [found];
  });
}

/** The value where it is text, a number as its digits; else empty. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** Whether the API itself is switched off in the project. */
function isDisabled({ status, reason, words }: ApiError): boolean {
  return (
    status === 403 &&
    (reason === "SERVICE_DISABLED" ||
      reason === "accessNotConfigured" ||
      /has not been used in project|is disabled/.test(words))
  );
}

/** What a call was for, and what it needs. */
export interface Purpose {
  /** `the state bucket cannot be looked at`. */
  readonly what: string;
  readonly project: string;
  /** `storage.buckets.get`. */
  readonly permission: string;
  /** The smallest usual role that holds it. */
  readonly role: string;
}

/** Runs a call; what goes wrong is told with the right that is missing and the next step. */
export async function forPurpose<T>(purpose: Purpose, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiError) throw new UserError(apiProblem(error, purpose), 1, { cause: error });
    throw error;
  }
}

/** An API's refusal, for people. */
export function apiProblem(error: ApiError, { what, project, permission, role }: Purpose) {
  const where = `project ${project}`;
  if (error.status === 0) {
    // Node takes a proxy only when it is told to (https://nodejs.org/api/cli.html#node_use_env_proxy1).
    const proxy = "HTTPS_PROXY, which Node 22.21 or newer takes with NODE_USE_ENV_PROXY=1";
    const fix = `Look at the network, the proxy (${proxy}) and the clock, and run again: what was done stays done`;
    return { where, message: `${what}: ${error.words}`, fix };
  }
  if (error.status === 401) {
    const fix = "Log in: gcloud auth login (or give a fresh GOOGLE_OAUTH_ACCESS_TOKEN), and run again";
    return { where, message: `${what}: the login has expired or is not one`, fix };
  }
  if (isDisabled(error)) {
    return {
      where,
      message: `${what}: an API is not enabled (${error.words})`,
      fix: "Run mlops bootstrap for this environment",
    };
  }
  if (error.status === 403) {
    const grant = `gcloud projects add-iam-policy-binding ${project} --member=user:YOU --role=${role}`;
    return { where, message: `${what}: ${error.words}`, fix: `It needs ${permission}, which ${role} holds: ${grant}` };
  }
  if (PASSING.includes(error.status)) {
    return {
      where,
      message: `${what}: Google answered ${error.status} time after time (${error.words})`,
      fix: "Run again in a few minutes: what was done stays done",
    };
  }
  const fix =
    "Correct what it names, in the environment's file or in the project, and run again: what was done stays done";
  return { where, message: `${what}: ${error.words} (${error.status})`, fix };
}

/** What the network said. The cause stands below an error that says only that fetching failed. */
function networkWords(error: unknown): string {
  // By their fields, not by class: what fetches may come from another realm.
  const thrown = object(error) ?? {};
  if (thrown.name === "TimeoutError") return `no answer in ${TIMEOUT / 1000} s`;
  const cause = object(thrown.cause) ?? thrown;
  const code = text(cause.code);
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: "the name is not known here (DNS)",
    EAI_AGAIN: "names cannot be looked up (DNS)",
    ECONNREFUSED: "nothing listens there",
    ECONNRESET: "the connection was closed",
    UND_ERR_SOCKET: "the connection was closed",
    UND_ERR_CONNECT_TIMEOUT: "no connection",
    CERT_NOT_YET_VALID: "its certificate is not valid yet: look at this machine's clock",
    CERT_HAS_EXPIRED: "its certificate has expired: look at this machine's clock",
    DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not signed by anybody known here: set NODE_EXTRA_CA_CERTS",
    SELF_SIGNED_CERT_IN_CHAIN: "somebody in between has replaced its certificate: set NODE_EXTRA_CA_CERTS",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate's issuer is unknown: set NODE_EXTRA_CA_CERTS",
  };
  return known[code] ?? (text(cause.message) || code || String(error));
}

function parse(said: string): Json {
  try {
    return object(JSON.parse(said)) ?? {};
  } catch {
    return {};
  }
}
