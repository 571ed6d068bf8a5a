/** What Azure refuses, and what a person does about it. */
import { UserError } from "../../core/errors";
import { NETWORK_FIX } from "../../core/transport";

/** An answer that is no success. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** What was called: a part of Azure, or Azure DevOps. */
    readonly service: string,
    /** HTTP status; 0 when nothing answered. */
    readonly status: number,
    /** `AuthorizationFailed`; empty when none was given. */
    readonly code: string,
    /** In Azure's words, or those of the network. */
    readonly words: string,
    /** How long to wait before it is asked again, in milliseconds, where the answer says so. */
    readonly retryAfter = 0,
  ) {
    super(`${service} answered ${status}: ${words}`);
  }
}

/** Answers that pass, https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/request-limits-and-throttling */
export const PASSING: readonly number[] = [0, 408, 429, 500, 502, 503, 504];

/** Whether the part itself is not registered in the subscription. */
export function isUnregistered({ code }: ApiError): boolean {
  return code === "MissingSubscriptionRegistration" || code === "SubscriptionNotRegistered";
}

/** What a call was for, and what it needs. */
export interface Purpose {
  /** `the state account cannot be looked at`. */
  readonly what: string;
  /** What the right is on: an id. */
  readonly scope: string;
  /** `Microsoft.Storage/storageAccounts/write`. */
  readonly action: string;
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
export function apiProblem(error: ApiError, { what, scope, action, role }: Purpose) {
  const where = placeOf(scope);
  const { status, code, words } = error;
  if (status === 0) return { where, message: `${what}: ${words}`, fix: NETWORK_FIX };
  if (status === 401) {
    const tenant = code === "InvalidAuthenticationTokenTenant";
    const message = tenant ? `the login is one of another tenant (${words})` : "the login has expired or is not one";
    const fix = tenant
      ? "Log in to the tenant of clouds.azure.tenant: az login --tenant TENANT"
      : "Log in: az login (or give fresh ARM_ variables), and run again";
    return { where, message: `${what}: ${message}`, fix };
  }
  if (isUnregistered(error)) {
    return {
      where,
      message: `${what}: a resource provider is not registered (${words})`,
      fix: "Run mlops bootstrap for this environment",
    };
  }
  if (code === "RequestDisallowedByPolicy") {
    const fix = "Change what it names in the environment's file, or have the organisation exempt this scope";
    return { where, message: `${what}: a policy of the organisation forbids it (${words})`, fix };
  }
  if (code === "ScopeLocked") {
    const fix = `See az lock list --resource ${scope}: whoever set it takes it away, or leave it and change the setting back`;
    return { where, message: `${what}: a lock forbids it (${words})`, fix };
  }
  if (status === 403) {
    const grant = `az role assignment create --assignee YOU --role "${role}" --scope ${scope}`;
    return { where, message: `${what}: ${words}`, fix: `It needs ${action}, which ${role} holds: ${grant}` };
  }
  if (PASSING.includes(status)) {
    return {
      where,
      message: `${what}: Azure answered ${status} time after time (${words})`,
      fix: "Run again in a few minutes: what was done stays done",
    };
  }
  const fix =
    "Correct what it names, in the environment's file or in the subscription, and run again: what was done stays done";
  return { where, message: `${what}: ${words} (${code || status})`, fix };
}

/** `subscription ID` or `resource group NAME` out of an id. */
function placeOf(scope: string): string {
  const [, subscription = "", group] = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?/i.exec(scope) ?? [];
  return group === undefined ? `subscription ${subscription}` : `resource group ${group}`;
}
