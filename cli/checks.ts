/** What must be right before a deployment is tried: on this machine, of the login, and of the environment itself. */
import type { Environment } from "../environments/schema";
import type { Check } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import type { LayerDefinition } from "../lib/local/parts";
import { loginChecks } from "./cloud-access";
import type { Context } from "./context";
import { operatorOf } from "./estate";
import { Terraform } from "./terraform";

/** Every check of an environment. Where nobody is logged in to its cloud, the cloud is not asked. */
export async function checksOf(
  context: Context,
  environment: Environment,
  definitions: readonly LayerDefinition[],
): Promise<readonly Check[]> {
  const operator = await operatorOf(context, environment, definitions);
  if (environment.cloud === "local") return operator.doctor();
  const here = [await terraformCheck(context), ...(await loginChecks(environment, context))];
  return here.some(({ check, ok }) => check === "login" && !ok) ? here : [...here, ...(await operator.doctor())];
}

async function terraformCheck({ variables, interrupt }: Context): Promise<Check> {
  const check = "terraform";
  try {
    const { version } = await Terraform.find(variables, interrupt);
    return { check, ok: true, message: version, fix: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [problem] = error.problems;
    return { check, ok: false, message: problem?.message ?? error.message, fix: problem?.fix ?? null };
  }
}
