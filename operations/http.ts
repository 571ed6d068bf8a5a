/** One HTTP call with a time limit. The caller may give another, which is how tests stay off the network. */

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Rejects when there is no answer at all. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

/** Seconds one call may take. */
export const CALL_TIMEOUT_SECONDS = 10;

/** Calls through Node's own fetch. */
export const callByFetch: Http = async ({ method, url, headers, body, signal }) => {
  const limit = AbortSignal.timeout(CALL_TIMEOUT_SECONDS * 1000);
  const answer = await fetch(url, {
    method,
    headers,
    body,
    redirect: "manual",
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
};

/** Where predictions of a project are asked for; the form TensorFlow Serving, KServe v1 and Vertex AI share. */
export function predictUrl(base: string, project: string): string {
  return `${base.replace(/\/+$/, "")}/v1/models/${encodeURIComponent(project)}:predict`;
}

/** The body of a prediction request. */
export function predictBody(instances: readonly unknown[]): string {
  return JSON.stringify({ instances });
}

/** Finite predictions of an answer; null when it holds none, or not as many as were asked for. */
export function predictionsIn(answer: HttpAnswer, wanted: number): readonly number[] | null {
  if (answer.status !== 200) return null;
  const document = parsed(answer.body);
  if (typeof document !== "object" || document === null || !("predictions" in document)) return null;
  const { predictions } = document;
  if (!Array.isArray(predictions) || predictions.length !== wanted) return null;
  return predictions.every((value): value is number => typeof value === "number" && Number.isFinite(value))
    ? predictions
    : null;
}

/** The JSON value of a text; undefined when it is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What went wrong, in one line: fetch hides the cause one level down. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return cause && !error.message.includes(cause) ? `${error.message}: ${cause}` : error.message;
}
