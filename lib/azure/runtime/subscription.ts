/** The subscription itself: that it is the one the config means, and that something can be made in it. */
import { UserError } from "../../core/errors";
import { text } from "../../core/json";
import type { AzureSettings } from "../parts/settings";
import { forPurpose } from "./api-error";
import type { AzureClient } from "./client";

/** States in which resources can be made, https://learn.microsoft.com/en-us/azure/cost-management-billing/manage/subscription-states. */
const USABLE: Readonly<Record<string, "well" | "warned">> = { Enabled: "well", Warned: "warned", PastDue: "warned" };

/**
 * Throws when the subscription is not there, is switched off, or is another tenant's.
 * @returns its state in Azure's word, and whether a person should look at its bills
 */
export async function checkSubscription(
  client: AzureClient,
  { subscription, tenant }: Pick<AzureSettings, "subscription" | "tenant">,
): Promise<{ readonly name: string; readonly state: string; readonly warned: boolean }> {
  const scope = `/subscriptions/${subscription}`;
  const action = "Microsoft.Resources/subscriptions/read";
  const purpose = { what: "the subscription cannot be looked at", scope, action, role: "Reader" };
  const found = await forPurpose(purpose, () => client.find("subscriptions", scope));
  const where = `subscription ${subscription}`;
  if (found === null) {
    throw new UserError({
      where,
      message: "there is no such subscription, or whoever is logged in has no role in it",
      fix: `See az account list --all --query "[].{name:name, id:id, tenant:tenantId}"; log in to its tenant: az login --tenant ${tenant}`,
    });
  }
  const owner = text(found.tenantId);
  if (owner !== "" && owner !== tenant) {
    throw new UserError({
      where: "clouds.azure.tenant",
      message: `got ${tenant}, the subscription ${subscription} belongs to ${owner}`,
      fix: `Write tenant: ${owner} in the environment's file`,
    });
  }
  const state = text(found.state);
  const use = state === "" ? "well" : USABLE[state];
  if (use === undefined) {
    const fix = "Its account administrator reactivates it: https://portal.azure.com/#view/Microsoft_Azure_Billing";
    throw new UserError({ where, message: `nothing can be made in it: it is ${state}`, fix });
  }
  return { name: text(found.displayName), state, warned: use === "warned" };
}
