/** Names that are unique across all customers: whether the environment has them already, or can still have them. */
import type { ObjectStorePurpose } from "../../contracts/object-store";
import type { Check } from "../../contracts/operator";
import { object, text } from "../../core/json";
import type { Service } from "./client";
import type { AzureContext } from "./context";

/** A name, and who knows whether it is free. */
interface GlobalName {
  readonly type: string;
  readonly name: string;
  readonly service: Service;
}

/** Each has an account of its own. */
const PURPOSES: readonly ObjectStorePurpose[] = ["datasets", "artifacts", "packages", "prediction-logs", "access-logs"];

function globalNames({ names, settings }: AzureContext): readonly GlobalName[] {
  const accounts = PURPOSES.map((purpose) => names.storageAccount(purpose));
  return [
    ...accounts.map((name) => ({ type: "Microsoft.Storage/storageAccounts", name, service: "storage" as const })),
    { type: "Microsoft.ContainerRegistry/registries", name: names.registry, service: "containerRegistry" },
    { type: "Microsoft.DBforPostgreSQL/flexibleServers", name: names.databaseServer, service: "postgres" },
    { type: "Microsoft.ServiceBus/namespaces", name: names.eventNamespace, service: "serviceBus" },
    ...(settings.existing.vault === undefined
      ? [{ type: "Microsoft.KeyVault/vaults", name: names.name("keyVault", "ml"), service: "keyVault" as const }]
      : []),
  ];
}

/** A check for all of them together, and one for a vault of that name which waits to be purged. */
export async function nameChecks(context: AzureContext): Promise<readonly Check[]> {
  const { client, names } = context;
  const ours = await client.list("resources", `${names.resourceGroupId}/resources`);
  const there = new Set(ours.map((row) => `${text(row.type)} ${text(row.name)}`.toLowerCase()));
  const wanted = globalNames(context).filter(({ type, name }) => !there.has(`${type} ${name}`.toLowerCase()));
  const vault = wanted.some(({ service }) => service === "keyVault") ? await deletedVault(context) : [];
  const taken = (await Promise.all(wanted.map((name) => problemOf(context, name)))).flatMap((found) => found ?? []);
  // A vault that is to be recovered holds its own name.
  const others = vault.length > 0 ? taken.filter(({ name }) => name.service !== "keyVault") : taken;
  const check = "names";
  const all = globalNames(context).length;
  if (others.length === 0) {
    const message = `${all - wanted.length} of ${all} are this environment's, the others are free`;
    return [{ check, ok: true, message, fix: null }, ...vault];
  }
  return [
    ...others.map(({ name, words }) => ({
      check,
      ok: false,
      message: `${name.name} (${name.type}) is not to be had: ${words}`,
      fix: "Write clouds.azure.nameSalt: a word of your own, which makes new names",
    })),
    ...vault,
  ];
}

async function problemOf({ client, settings }: AzureContext, name: GlobalName) {
  const [provider = ""] = name.type.split("/");
  const path = `/subscriptions/${settings.subscription}/providers/${provider}/checkNameAvailability`;
  const { free, words } = await client.isFree(name.service, path, { name: name.name, type: name.type });
  return free ? null : [{ name, words }];
}

/** Deleted vaults keep their name, and their keys, until they are purged. */
async function deletedVault({ client, names, settings }: AzureContext): Promise<readonly Check[]> {
  const { subscription, region } = settings;
  const name = names.name("keyVault", "ml");
  const base = `/subscriptions/${subscription}/providers/Microsoft.KeyVault/locations/${region}`;
  const found = object((await client.find("keyVault", `${base}/deletedVaults/${name}`))?.properties);
  if (found === undefined) return [];
  const check = "deleted vault";
  const purge = text(found.scheduledPurgeDate).slice(0, 10);
  if (text(found.vaultId).toLowerCase() === names.vaultId.toLowerCase()) {
    const message = `${name} was deleted and is kept until ${purge}: the foundation layer brings it back with its keys`;
    return [{ check, ok: true, warning: true, message, fix: "Write clouds.azure.nameSalt to have a new one instead" }];
  }
  return [
    {
      check,
      ok: false,
      message: `${name} was deleted as ${text(found.vaultId)} and is kept until ${purge}: it can only come back there`,
      fix: "Write clouds.azure.nameSalt: a word of your own, which makes new names",
    },
  ];
}
