/** Google Cloud's REST APIs: tokens, retries, pages, long-running operations, errors in words. */
import type { CloudAccess } from "../../contracts/cloud-access";
import { UserError } from "../../core/errors";
import { type Json, object, objects, parseObject, text } from "../../core/json";
import { NETWORK_FIX, Transport, Unreachable } from "../../core/transport";

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

const PASSING: readonly number[] = [0, 429, 500, 502, 503, 504];

interface ClientOptions {
  readonly access: CloudAccess;
  readonly project: string;
  readonly region: string;
  /** Replaces the clock in tests. @default - real time */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Calls with the rights of whoever is logged in. */
export class GoogleClient {
  private readonly transport: Transport;

  constructor(private readonly options: ClientOptions) {
    this.transport = new Transport({ signal: options.access.signal, pause: options.pause });
  }

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
  until<T>(look: () => Promise<T | null>, seconds: number): Promise<T | null> {
    return this.transport.until(look, seconds);
  }

  /** Lets time pass; an interruption ends it at once. */
  wait(milliseconds: number): Promise<void> {
    return this.transport.wait(milliseconds);
  }

  private call(method: string, service: Service, path: string, request: Request): Promise<Json> {
    const passing = (error: unknown) => (error instanceof ApiError && PASSING.includes(error.status) ? 0 : null);
    return this.transport.again(() => this.once(method, service, path, request), passing);
  }

  private async once(method: string, service: Service, path: string, { query, body }: Request): Promise<Json> {
    const { access, project } = this.options;
    access.signal?.throwIfAborted();
    const headers = {
      authorization: `Bearer ${await access.token()}`,
      "content-type": "application/json",
      // The environment's quota counts. Asking for the project itself must work before its APIs are enabled.
      ...(service === "resourceManager" || service === "serviceUsage" ? {} : { "x-goog-user-project": project }),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const { ok, status, said } = await this.transport
      .send(this.address(service, path, query), init)
      .catch((error: unknown) => {
        throw error instanceof Unreachable ? new ApiError(service, 0, "", error.message) : error;
      });
    if (ok) return parseObject(said);
    const { error } = parseObject(said);
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
    return { where, message: `${what}: ${error.words}`, fix: NETWORK_FIX };
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
