/** The way into the cloud of an environment. */
import type { Environment } from "../environments/schema";
import type { CloudAccess } from "../lib/contracts/cloud-access";
import type { Check } from "../lib/contracts/operator";
import { azureAccess } from "./azure-access";
import { azureLogin } from "./azure-login";
import type { Context } from "./context";
import { googleAccess, googleLogin } from "./google-access";

/** With the rights of whoever is logged in. Nothing is asked before the first call. */
export function accessTo(environment: Environment, context: Pick<Context, "variables" | "interrupt">): CloudAccess {
  return environment.cloud === "azure" ? azureAccess(context, environment.clouds.azure.tenant) : googleAccess(context);
}

/** Whether somebody is logged in, and whether Terraform is so as well. */
export async function loginChecks(
  environment: Environment,
  context: Pick<Context, "variables" | "interrupt">,
): Promise<readonly Check[]> {
  return environment.cloud === "azure" ? azureLogin(context, environment.clouds.azure) : [await googleLogin(context)];
}
