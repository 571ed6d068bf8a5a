import type { SynthesizedStack } from "../support/synth";
import { resources } from "./support";

/** What an identity may do: `ROLE on LAST PART OF THE SCOPE`, sorted. */
export function rolesOf(stack: SynthesizedStack | undefined, workload: string): readonly string[] {
  return resources(stack, "azurerm_role_assignment")
    .filter(({ principal_id: principal }) => String(principal).includes(`${identityOf(stack, workload)}.principal_id`))
    .map(({ role_definition_name: role, scope }) => `${role} on ${String(scope).split("/").slice(-2).join("/")}`)
    .sort();
}

/** Terraform's address of a workload's identity. */
function identityOf(stack: SynthesizedStack | undefined, workload: string): string {
  const all = Object.entries(stack?.resource.azurerm_user_assigned_identity ?? {});
  const found = all.find(([, resource]) => String((resource as { name?: string }).name).endsWith(`-${workload}`));
  if (!found) throw new Error(`no identity of ${workload}`);
  return found[0];
}
