/**
 * The way into Azure: tokens and addresses, out of the variables that Terraform's providers read, in their order
 * (https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs#argument-reference), and az.
 */
import fs from "node:fs";
import type { CloudAccess } from "../lib/contracts/cloud-access";
import { UserError } from "../lib/core/errors";
import { parseObject, text } from "../lib/core/json";
import { Transport, Unreachable } from "../lib/core/transport";
import type { Context } from "./context";
import { claimsOf, entraProblem } from "./entra-errors";
import type { Interrupt } from "./interrupt";

/** A token is asked for again so long before it ends. */
const EARLY = 5 * 60_000;
/** The cloud's management API, and Azure DevOps. */
const MANAGEMENT = "https://management.azure.com";
const DEVOPS = "499b84ac-1321-427f-aa17-267ca6975798";
/** What a token of CI is made for, https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust. */
const EXCHANGE = "api://AzureADTokenExchange";
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** What the way in is taken from. */
export type AzureSource = Pick<Context, "variables"> & { readonly interrupt: Pick<Interrupt, "signal"> };

/** How one logs in: by a secret, by a token of CI, as the machine, with az, or not at all. */
export type LoginMethod = "secret" | "federation" | "managedIdentity" | "az" | "none";

/** Which one the variables ask for. */
export function loginMethod(variables: NodeJS.ProcessEnv): LoginMethod {
  const { ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = variables;
  if (client && secret) return "secret";
  if (client && isOn(variables.ARM_USE_OIDC)) return "federation";
  if (isOn(variables.ARM_USE_MSI)) return "managedIdentity";
  return variables.ARM_USE_CLI === undefined || isOn(variables.ARM_USE_CLI) ? "az" : "none";
}

const isOn = (value: string | undefined) => /^(1|t|true)$/i.test(value ?? "");

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

/** Azure, with the rights of whoever is logged in, in the tenant that the configuration names. */
export function azureAccess({ variables, interrupt }: AzureSource, tenant: string): CloudAccess {
  const kept = new Map<string, Token>();
  return {
    endpoints: endpointsIn(variables),
    signal: interrupt.signal,
    async token(audience = variables.ARM_RESOURCE_MANAGER_AUDIENCE ?? MANAGEMENT) {
      const { AZDO_PERSONAL_ACCESS_TOKEN: personal } = variables;
      if (audience === DEVOPS && personal) return personal;
      const found = kept.get(audience);
      if (found !== undefined && found.ends - EARLY > Date.now()) return found.value;
      const scope = `${audience.replace(/\/$/, "")}/.default`;
      const token = await tokenFor({ variables, tenant, scope, transport: new Transport(interrupt) });
      kept.set(audience, token);
      return token.value;
    },
  };
}

/** `ARM_RESOURCE_MANAGER_ENDPOINT=https://…` as `RESOURCE_MANAGER`: what Terraform's azapi provider reads, too. */
function endpointsIn({ ARM_RESOURCE_MANAGER_ENDPOINT: manager }: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return manager ? { RESOURCE_MANAGER: manager } : {};
}

interface Wanted {
  readonly variables: NodeJS.ProcessEnv;
  readonly tenant: string;
  readonly scope: string;
  readonly transport: Transport;
}

async function tokenFor(wanted: Wanted): Promise<Token> {
  const { variables } = wanted;
  switch (loginMethod(variables)) {
    case "secret":
      return exchange(wanted, { client_secret: variables.ARM_CLIENT_SECRET ?? "" });
    case "federation":
      return exchange(wanted, { client_assertion_type: ASSERTION, client_assertion: await assertionFor(wanted) });
    case "managedIdentity":
      return ofMachine(wanted);
    case "az":
      return ofAz(wanted);
    case "none":
      throw loginError(wanted.tenant, "ARM_USE_CLI is false, and no other way to log in is given");
  }
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function exchange(
  { variables, tenant, scope, transport }: Wanted,
  proof: Readonly<Record<string, string>>,
): Promise<Token> {
  const authority = variables.ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST ?? "https://login.microsoftonline.com";
  const form = new URLSearchParams({
    client_id: variables.ARM_CLIENT_ID ?? "",
    grant_type: "client_credentials",
    scope,
    ...proof,
  });
  const { ok, said } = await ask(transport, new URL(`/${tenant}/oauth2/v2.0/token`, authority), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  const answer = parseObject(said);
  if (ok) return { value: text(answer.access_token), ends: Date.now() + Number(answer.expires_in) * 1000 };
  throw refusedLogin(tenant, text(answer.error_description) || said.slice(0, 200), proof.client_assertion);
}

/** Entra's words do not always say what it was given: the claims do, which are no secret, unlike the token. */
function refusedLogin(tenant: string, words: string, assertion: string | undefined): UserError {
  const claims = assertion === undefined ? null : claimsOf(assertion);
  const got =
    claims === null ? "" : ` subject '${claims.subject}' issuer '${claims.issuer}' audience '${claims.audience}'`;
  const known = entraProblem(`${words}${/subject '/.test(words) ? "" : got}`);
  return known === null
    ? loginError(tenant, `Entra gives no token: ${words}`)
    : new UserError({ where: "login to Azure", ...known });
}

/** The token that CI gives to a job, to be exchanged. */
async function assertionFor({ variables, tenant, transport }: Wanted): Promise<string> {
  const { ARM_OIDC_TOKEN: token, ARM_OIDC_TOKEN_FILE_PATH: file } = variables;
  if (token) return token;
  if (file) return readFile(file);
  const request =
    variables.ARM_OIDC_REQUEST_URL ?? variables.ACTIONS_ID_TOKEN_REQUEST_URL ?? variables.SYSTEM_OIDCREQUESTURI;
  const bearer =
    variables.ARM_OIDC_REQUEST_TOKEN ?? variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? variables.SYSTEM_ACCESSTOKEN;
  if (!request || !bearer) {
    throw loginError(
      tenant,
      "ARM_USE_OIDC is set, and no token of CI is given (ARM_OIDC_TOKEN, or on GitHub permissions: id-token: write)",
    );
  }
  const connection =
    variables.ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID ??
    variables.ARM_OIDC_AZURE_SERVICE_CONNECTION_ID ??
    variables.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID;
  const url = new URL(request);
  if (connection) {
    url.searchParams.set("api-version", "7.1");
    url.searchParams.set("serviceConnectionId", connection);
  } else url.searchParams.set("audience", EXCHANGE);
  const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
  const { ok, status, said } = await ask(transport, url, { method: connection ? "POST" : "GET", headers });
  const { value, oidcToken } = parseObject(said);
  if (ok) return text(value) || text(oidcToken);
  throw loginError(tenant, `CI gives no token (${url.host} answered ${status})`);
}

function readFile(file: string): string {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch {
    throw new UserError({
      where: "ARM_OIDC_TOKEN_FILE_PATH",
      message: `${file} cannot be read`,
      fix: "Name the file that CI writes its token to",
    });
  }
}

/** https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
async function ofMachine({ variables, tenant, scope, transport }: Wanted): Promise<Token> {
  const url = new URL(variables.ARM_MSI_ENDPOINT ?? "http://169.254.169.254/metadata/identity/oauth2/token");
  url.searchParams.set("api-version", "2018-02-01");
  url.searchParams.set("resource", scope.replace(/\/\.default$/, ""));
  if (variables.ARM_CLIENT_ID) url.searchParams.set("client_id", variables.ARM_CLIENT_ID);
  const { ok, said } = await ask(transport, url, { method: "GET", headers: { metadata: "true" } });
  const answer = parseObject(said);
  if (ok) return { value: text(answer.access_token), ends: Number(answer.expires_on) * 1000 };
  throw loginError(
    tenant,
    `this machine's identity gives no token: ${text(answer.error_description) || said.slice(0, 200)}`,
  );
}

async function ofAz({ variables, tenant, scope }: Wanted): Promise<Token> {
  const base = ["account", "get-access-token", "--scope", scope, "--output", "json"];
  const first = await az(variables, [...base, "--tenant", tenant]);
  // A machine's own identity, and Cloud Shell, take no tenant.
  const result = /tenant shouldn't be specified/i.test(first.stderr) ? await az(variables, base) : first;
  if (result.stdout === null) throw azProblem(tenant, result);
  const { accessToken, expires_on: ends } = parseObject(result.stdout);
  return { value: text(accessToken), ends: Number(ends) * 1000 || Date.now() + 2 * EARLY };
}

/** What az printed: null when it is missing or failed. */
export interface AzRun {
  readonly found: boolean;
  readonly stdout: string | null;
  readonly stderr: string;
}

/** Runs az without questions. */
export async function az(variables: NodeJS.ProcessEnv, args: readonly string[]): Promise<AzRun> {
  const { execa } = await import("execa");
  const env = { ...variables, AZURE_CORE_NO_COLOR: "true", AZURE_CORE_ONLY_SHOW_ERRORS: "true" };
  const result = await execa("az", args, { env, extendEnv: false, reject: false, timeout: 60_000, stdin: "ignore" });
  const found = result.code !== "ENOENT";
  return { found, stdout: result.failed ? null : result.stdout.trim() || null, stderr: result.stderr ?? "" };
}

/** What a person does where az gives no token. */
function azProblem(tenant: string, { found, stderr }: AzRun): UserError {
  const known = entraProblem(stderr);
  if (known !== null) return new UserError({ where: "login to Azure", ...known });
  return found
    ? loginError(tenant, "nobody is logged in, or the login has expired")
    : loginError(tenant, "az was not found in PATH, and ARM_CLIENT_ID is not set", {
        install: "Install it (https://learn.microsoft.com/cli/azure/install-azure-cli) and run ",
      });
}

function loginError(
  tenant: string,
  message: string,
  { install = "Run " }: { readonly install?: string } = {},
): UserError {
  return new UserError({ where: "login to Azure", message, fix: `${install}az login --tenant ${tenant}` });
}

async function ask(transport: Transport, url: URL, init: Parameters<Transport["send"]>[1]) {
  try {
    return await transport.again(
      async () => {
        const answer = await transport.send(url, init);
        if (answer.status < 500 && answer.status !== 429) return answer;
        throw new Unreachable(`${url.host} answered ${answer.status}`);
      },
      (error) => (error instanceof Unreachable ? 0 : null),
    );
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const fix = "Look at the network, the proxy and the clock, and run again";
    throw new UserError({ where: "login to Azure", message: error.message, fix });
  }
}
