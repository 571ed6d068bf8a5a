/** The right to read and write the state: the account takes no keys, so whoever deploys needs a role on its container. */
import { createHash } from "node:crypto";
import { object, text } from "../../core/json";
import { ApiError, forPurpose } from "./api-error";
import type { Pending, Setup } from "./bootstrap";
import { callerOf } from "./caller";
import { stateContainerId } from "./state-account";

/** https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/storage */
export const BLOB_ROLES = {
  contributor: { name: "Storage Blob Data Contributor", guid: "ba92f5b4-2d11-453d-a403-e96b0029c9fe" },
  owner: { name: "Storage Blob Data Owner", guid: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b" },
} as const;
/** How often a right is tried to be given to somebody whom not all of Azure knows yet. */
const TRIES = 6;

/** Whether somebody, or a group of theirs, may write the state. */
export async function mayWriteState({ client, names }: Pick<Setup, "client" | "names">, caller: string) {
  const path = `${stateContainerId(names)}/providers/Microsoft.Authorization/roleAssignments`;
  const rows = await client.list("authorization", path, { $filter: `atScope() and assignedTo('${caller}')` });
  return rows.some((row) => {
    const role = text(object(row.properties)?.roleDefinitionId).split("/").at(-1)?.toLowerCase();
    return Object.values(BLOB_ROLES).some(({ guid }) => guid === role);
  });
}

/** Gives it to whoever is logged in. CI gets its own in the foundation layer. */
export async function stateRights(setup: Setup): Promise<readonly Pending[]> {
  const { access, names } = setup;
  const caller = await callerOf(access);
  const action = "right to the state";
  const { name: role, guid } = BLOB_ROLES.contributor;
  if (caller === undefined) {
    const detail = `the token does not say whose it is: give yourself ${role} on the container`;
    return [{ action, state: "there", detail, items: [], work: async () => {} }];
  }
  const scope = stateContainerId(names);
  const reading = { what: "the roles on the state cannot be listed", scope, role: "Reader" };
  const held = await forPurpose({ ...reading, action: "Microsoft.Authorization/roleAssignments/read" }, () =>
    mayWriteState(setup, caller.id),
  );
  if (held) return [{ action, state: "there", detail: `${caller.name} holds it`, items: [], work: async () => {} }];
  const items = [`${role} to ${caller.name || caller.id} on the container`];
  return [{ action, state: "create", detail: "grant it", items, work: () => grant(setup, { ...caller, guid }) }];
}

async function grant(
  { client, names, settings }: Setup,
  { id, kind, guid }: { readonly id: string; readonly kind: string; readonly guid: string },
): Promise<void> {
  const scope = stateContainerId(names);
  const purpose = {
    what: "the right to the state cannot be given",
    scope,
    action: "Microsoft.Authorization/roleAssignments/write",
    role: "Role Based Access Control Administrator",
  };
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${guidOf(`${scope} ${id} ${guid}`)}`;
  const roleDefinitionId = `/subscriptions/${settings.subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
  const body = { properties: { principalId: id, principalType: kind, roleDefinitionId } };
  await forPurpose(purpose, async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        await client.put("authorization", path, body);
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === "RoleAssignmentExists") return;
        if (error.code !== "PrincipalNotFound" || tries === TRIES) throw error;
        await client.wait(5_000);
      }
    }
  });
}

/** The same name for the same grant, so that repeating it makes no second one. */
function guidOf(words: string): string {
  const hex = createHash("sha256").update(words).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
