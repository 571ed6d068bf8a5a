/** The group, the account and the container of Terraform's state. */
import { UserError } from "../../core/errors";
import { type Json, text } from "../../core/json";
import { forPurpose, type Purpose } from "./api-error";
import type { Pending, Setup } from "./bootstrap";
import {
  createAccount,
  DESIRED_BLOBS,
  desiredAccount,
  differences,
  stateAccountId,
  stateContainerId,
  stateGroupId,
  stateTags,
} from "./state-account";

const ROLE = "Contributor";

/** What makes the place of the state, in order. */
export async function stateActions(setup: Setup): Promise<readonly Pending[]> {
  const { client, names } = setup;
  const purpose = reading(setup);
  const { group, account, blobs, container } = await forPurpose(purpose, async () => {
    const found = await client.find("storage", stateAccountId(names));
    return {
      group: await client.find("resources", stateGroupId(names)),
      account: found,
      blobs: found && (await client.find("storage", `${stateAccountId(names)}/blobServices/default`)),
      container: found && (await client.find("storage", stateContainerId(names))),
    };
  });
  if (account === null) await refuseTakenName(setup);
  return [
    groupAction(setup, group),
    accountAction(setup, account),
    blobsAction(setup, blobs),
    containerAction(setup, container),
    ...(await lockActions(setup, account)),
  ];
}

function reading({ names }: Setup): Purpose {
  const action = "Microsoft.Storage/storageAccounts/read";
  return { what: "the state account cannot be looked at", scope: stateGroupId(names), action, role: "Reader" };
}

function writing({ settings }: Setup, what: string, action: string): Purpose {
  return { what, scope: `/subscriptions/${settings.subscription}`, action, role: ROLE };
}

/** Names of accounts are worldwide. */
async function refuseTakenName({ client, names, settings }: Setup): Promise<void> {
  const name = names.stateAccount;
  const scope = `/subscriptions/${settings.subscription}`;
  const action = "Microsoft.Storage/checkNameAvailability/read";
  const purpose = { what: `whether the name ${name} is free cannot be seen`, scope, action, role: "Reader" };
  const path = `${scope}/providers/Microsoft.Storage/checkNameAvailability`;
  const type = "Microsoft.Storage/storageAccounts";
  const { free, words } = await forPurpose(purpose, () => client.isFree("storage", path, { name, type }));
  if (free) return;
  throw new UserError({
    where: `storage account ${name}`,
    message: `its name is taken, and not by ${names.stateResourceGroup}: ${words}`,
    fix: "Names of accounts are worldwide: write another one as backend: { type: azurerm, storageAccount: NAME }",
  });
}

function groupAction(setup: Setup, found: Json | null): Pending {
  const { client, names, settings } = setup;
  const name = names.stateResourceGroup;
  const what = `the resource group ${name} cannot be made`;
  const purpose = writing(setup, what, "Microsoft.Resources/subscriptions/resourceGroups/write");
  const body = { location: settings.region, tags: stateTags(settings) };
  return {
    action: `resource group ${name}`,
    state: found === null ? "create" : "there",
    detail: found === null ? `create in ${settings.region}` : `in ${text(found.location)}`,
    items: [],
    work: () => forPurpose(purpose, () => client.put("resources", stateGroupId(names), body)).then(ignore),
  };
}

function accountAction(setup: Setup, found: Json | null): Pending {
  const { client, names, settings } = setup;
  const name = names.stateAccount;
  const action = `state account ${name}`;
  const detail = "without keys, never public, encrypted twice, access by roles only";
  const purpose = (what: string) => writing(setup, what, "Microsoft.Storage/storageAccounts/write");
  const path = stateAccountId(names);
  if (found === null) {
    const work = () =>
      forPurpose(purpose(`the account ${name} cannot be made`), () =>
        client.put("storage", path, createAccount(settings)),
      ).then(ignore);
    return { action, state: "create", detail: `create in ${settings.region}, ${detail}`, items: [], work };
  }
  const wanted = desiredAccount(settings);
  const items = differences(found, wanted);
  const work = () =>
    forPurpose(purpose(`the account ${name} cannot be changed`), () => client.patch("storage", path, wanted)).then(
      ignore,
    );
  const differs = items.length > 0;
  return { action, state: differs ? "update" : "there", detail: differs ? "set what differs" : detail, items, work };
}

function blobsAction(setup: Setup, found: Json | null): Pending {
  const { client, names } = setup;
  const items = differences(found ?? {}, DESIRED_BLOBS);
  const detail = "every version is kept; what is deleted can be brought back for 90 days";
  const action = "Microsoft.Storage/storageAccounts/blobServices/write";
  const path = `${stateAccountId(names)}/blobServices/default`;
  return {
    action: "versions of the state",
    state: items.length === 0 ? "there" : found === null ? "create" : "update",
    detail,
    items: found === null ? [] : items,
    work: () =>
      forPurpose(writing(setup, "versions cannot be kept", action), () =>
        client.put("storage", path, DESIRED_BLOBS),
      ).then(ignore),
  };
}

function containerAction(setup: Setup, found: Json | null): Pending {
  const { client, names } = setup;
  const path = stateContainerId(names);
  const name = path.split("/").at(-1) ?? "";
  const what = `the container ${name} cannot be made`;
  const purpose = writing(setup, what, "Microsoft.Storage/storageAccounts/blobServices/containers/write");
  const body = { properties: { publicAccess: "None" } };
  return {
    action: `state container ${name}`,
    state: found === null ? "create" : "there",
    detail: found === null ? "create, never public" : "never public",
    items: [],
    work: () => forPurpose(purpose, () => client.put("storage", path, body)).then(ignore),
  };
}

/** In production nobody deletes the account by a slip of the hand. */
async function lockActions(setup: Setup, account: Json | null): Promise<readonly Pending[]> {
  const { client, names, settings } = setup;
  if (!settings.production) return [];
  const path = `${stateAccountId(names)}/providers/Microsoft.Authorization/locks/do-not-delete`;
  const found = account && (await forPurpose(reading(setup), () => client.find("locks", path)));
  const action = "Microsoft.Authorization/locks/write";
  const purpose: Purpose = {
    what: "the state account cannot be locked",
    scope: stateAccountId(names),
    action,
    role: "User Access Administrator",
  };
  const body = { properties: { level: "CanNotDelete", notes: "Terraform's state of production." } };
  return [
    {
      action: "lock of the state account",
      state: found === null ? "create" : "there",
      detail: found === null ? "refuse its deletion" : "its deletion is refused",
      items: [],
      work: () => forPurpose(purpose, () => client.put("locks", path, body)).then(ignore),
    },
  ];
}

const ignore = () => undefined;
