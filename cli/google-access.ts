/** The way into Google Cloud: tokens and addresses, out of environment variables and gcloud. */
import type { CloudAccess } from "../lib/contracts/cloud-access";
import type { Check } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import type { Context } from "./context";

/** A token is good for an hour; asked for again well before. */
const FRESH_FOR = 30 * 60_000;
const LOGIN = "gcloud auth login && gcloud auth application-default login";

type Source = Pick<Context, "variables" | "interrupt">;

/** Google Cloud, with the rights of whoever is logged in. Nothing is asked before the first call. */
export function googleAccess({ variables, interrupt }: Source): CloudAccess {
  let kept: { readonly token: string; readonly at: number } | undefined;
  return {
    endpoints: endpointsIn(variables),
    signal: interrupt.signal,
    async token() {
      if (variables.GOOGLE_OAUTH_ACCESS_TOKEN) return variables.GOOGLE_OAUTH_ACCESS_TOKEN;
      if (kept === undefined || Date.now() - kept.at > FRESH_FOR) {
        const token =
          (await gcloud(variables, ["auth", "print-access-token"])) ??
          (await gcloud(variables, ["auth", "application-default", "print-access-token"]));
        if (token === null) throw new UserError(await loginProblem(variables));
        kept = { token, at: Date.now() };
      }
      return kept.token;
    },
  };
}

/** `GOOGLE_STORAGE_CUSTOM_ENDPOINT=http://…` as `STORAGE`: what Terraform's provider reads, too. */
function endpointsIn(variables: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => {
      const word = /^GOOGLE_(\w+)_CUSTOM_ENDPOINT$/.exec(name)?.[1];
      return word && value ? [[word, value]] : [];
    }),
  );
}

/** Whether somebody is logged in, and whether Terraform, which looks elsewhere than gcloud does, is so as well. */
export async function googleLogin({ variables }: Pick<Context, "variables">): Promise<Check> {
  const check = "login";
  if (variables.GOOGLE_OAUTH_ACCESS_TOKEN) {
    const message = "GOOGLE_OAUTH_ACCESS_TOKEN is used, which ends after an hour at most";
    return { check, ok: true, message, fix: null };
  }
  const account = await gcloud(variables, ["config", "get", "account"]);
  const terraforms = await gcloud(variables, ["auth", "application-default", "print-access-token"]);
  if (terraforms !== null) return { check, ok: true, message: account ?? "application default credentials", fix: null };
  const { message, fix } = await loginProblem(variables);
  if (account === null) return { check, ok: false, message, fix };
  return {
    check,
    ok: false,
    message: `gcloud is logged in as ${account}, but Terraform is not: it reads the application default credentials`,
    fix: "Run gcloud auth application-default login",
  };
}

async function loginProblem(variables: NodeJS.ProcessEnv) {
  const there = (await gcloud(variables, ["version"])) !== null;
  const where = "login to Google Cloud";
  if (there) return { where, message: "nobody is logged in, or the login has expired", fix: `Run ${LOGIN}` };
  const fix = `Install it (https://cloud.google.com/sdk/docs/install) and run ${LOGIN}`;
  return { where, message: "gcloud was not found in PATH, and GOOGLE_OAUTH_ACCESS_TOKEN is not set", fix };
}

/** What the command prints; null when it is missing, fails or says nothing. */
async function gcloud(variables: NodeJS.ProcessEnv, args: readonly string[]): Promise<string | null> {
  const { execa } = await import("execa");
  const env = { ...variables, CLOUDSDK_CORE_DISABLE_PROMPTS: "1" };
  const result = await execa("gcloud", args, {
    env,
    extendEnv: false,
    reject: false,
    timeout: 30_000,
    stdin: "ignore",
  });
  return result.failed ? null : result.stdout.trim() || null;
}
