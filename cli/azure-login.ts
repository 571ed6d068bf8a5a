/** Whether somebody is logged in to Azure: for this program, and for what Terraform's providers read. */
import type { Check } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import { object, parseObject, text } from "../lib/core/json";
import { type AzureSource, az, azureAccess, loginMethod } from "./azure-access";
import type { Context } from "./context";

/** Where the environment stands. */
interface Account {
  readonly tenant: string;
  readonly subscription: string;
}

/** One check of the login, and one for each variable that would lead Terraform elsewhere. */
export async function azureLogin(context: AzureSource, account: Account): Promise<readonly Check[]> {
  return [await tokenCheck(context, account), ...variableChecks(context.variables, account)];
}

async function tokenCheck(context: AzureSource, { tenant }: Account): Promise<Check> {
  const check = "login";
  try {
    await azureAccess(context, tenant).token();
    return { check, ok: true, message: await nameOf(context), fix: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [problem] = error.problems;
    return { check, ok: false, message: problem?.message ?? error.message, fix: problem?.fix ?? null };
  }
}

/** Who it is, as far as that is known without asking Azure. */
async function nameOf({ variables }: Pick<Context, "variables">): Promise<string> {
  const client = variables.ARM_CLIENT_ID ?? "";
  switch (loginMethod(variables)) {
    case "secret":
      return `ARM_CLIENT_ID ${client} with ARM_CLIENT_SECRET; a token of CI (ARM_USE_OIDC) would need no secret`;
    case "federation":
      return `ARM_CLIENT_ID ${client} with a token of CI`;
    case "managedIdentity":
      return "the identity of this machine (ARM_USE_MSI)";
    default: {
      const { stdout } = await az(variables, ["account", "show", "--output", "json"]);
      return `az: ${text(object(parseObject(stdout ?? "").user)?.name) || "logged in"}`;
    }
  }
}

/** Variables that Terraform reads and this configuration contradicts. */
function variableChecks(variables: NodeJS.ProcessEnv, { tenant, subscription }: Account): readonly Check[] {
  const checks: Check[] = [];
  const keys = ["ARM_ACCESS_KEY", "ARM_SAS_TOKEN"].filter((name) => variables[name]);
  if (keys.length > 0) {
    const message = `${keys.join(" and ")} would be used for the state, and its account takes no keys`;
    checks.push({
      check: "state login",
      ok: false,
      message,
      fix: `Unset ${keys.join(" and ")}: the login is used then`,
    });
  }
  const others = [
    { name: "ARM_TENANT_ID", wanted: tenant, setting: "clouds.azure.tenant" },
    { name: "ARM_SUBSCRIPTION_ID", wanted: subscription, setting: "clouds.azure.subscription" },
  ].filter(({ name, wanted }) => variables[name] && variables[name] !== wanted);
  for (const { name, wanted, setting } of others) {
    const message = `${name} is ${variables[name]}, ${setting} is ${wanted}: what the environment's file says counts`;
    checks.push({ check: "login variables", ok: true, warning: true, message, fix: `Unset ${name}` });
  }
  if (variables.ARM_METADATA_HOSTNAME && !variables.ARM_RESOURCE_MANAGER_ENDPOINT) {
    checks.push({
      check: "login variables",
      ok: true,
      warning: true,
      message:
        "ARM_METADATA_HOSTNAME leads the azurerm provider elsewhere, and nothing leads azapi and this program there",
      fix: "Set ARM_RESOURCE_MANAGER_ENDPOINT, ARM_RESOURCE_MANAGER_AUDIENCE and ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST as well",
    });
  }
  return checks;
}
