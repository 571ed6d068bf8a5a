/** The storage account of Terraform's state, as it must be. */
import { isDeepStrictEqual } from "node:util";
import { type Json, object } from "../../core/json";
import { labelsFor } from "../../core/labels";
import type { AzureNames } from "../parts/names";
import type { AzureSettings } from "../parts/settings";

/** Days that a deleted state, or a deleted container, can be brought back. */
const KEPT_DAYS = 90;

/** Id of the group that the account stands in. */
export function stateGroupId({ settings, stateResourceGroup }: AzureNames): string {
  return `/subscriptions/${settings.subscription}/resourceGroups/${stateResourceGroup}`;
}

/** Id of the account. */
export function stateAccountId(names: AzureNames): string {
  return `${stateGroupId(names)}/providers/Microsoft.Storage/storageAccounts/${names.stateAccount}`;
}

/** Id of the container: the scope of rights on the state. */
export function stateContainerId(names: AzureNames): string {
  const { backend } = names.settings;
  const container = backend.type === "azurerm" ? backend.container : "";
  return `${stateAccountId(names)}/blobServices/default/containers/${container}`;
}

/** Tags of what bootstrap makes. */
export function stateTags({
  organisation,
  environment,
  owner,
  labels,
}: AzureSettings): Readonly<Record<string, string>> {
  return labelsFor("azure", { organisation, environment, owner, layer: "foundation", additional: labels });
}

/**
 * The settings that are held to, as the API takes them (https://learn.microsoft.com/en-us/rest/api/storagerp/storage-accounts/create).
 * Nobody gets in with a key: roles decide. It answers on the internet because it is there before any network is, and because
 * hosted CI has no addresses that could be let in; who has closed it keeps it closed, see createAccount.
 */
export function desiredAccount(settings: AzureSettings): Json {
  return {
    tags: stateTags(settings),
    properties: {
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      allowSharedKeyAccess: false,
      defaultToOAuthAuthentication: true,
      minimumTlsVersion: "TLS1_2",
      supportsHttpsTrafficOnly: true,
    },
  };
}

/** What is sent once, when the account is made: most of it cannot be changed, and the network is the owner's to close. */
export function createAccount(settings: AzureSettings): Json {
  const { region, zones } = settings;
  const { tags, properties } = desiredAccount(settings);
  return {
    location: region,
    kind: "StorageV2",
    // In the estate's own region: what it describes goes with it. A zone's loss is survived.
    sku: { name: zones.length > 0 ? "Standard_ZRS" : "Standard_LRS" },
    tags,
    properties: {
      ...object(properties),
      accessTier: "Hot",
      publicNetworkAccess: "Enabled",
      encryption: {
        keySource: "Microsoft.Storage",
        requireInfrastructureEncryption: true,
        services: { blob: { enabled: true, keyType: "Account" }, file: { enabled: true, keyType: "Account" } },
      },
    },
  };
}

/** Overwritten states stay as versions, all of them: they are small, and a rule could only count days, not versions. */
export const DESIRED_BLOBS: Json = {
  properties: {
    isVersioningEnabled: true,
    deleteRetentionPolicy: { enabled: true, days: KEPT_DAYS },
    containerDeleteRetentionPolicy: { enabled: true, days: KEPT_DAYS },
  },
};

/** Paths of settings that are not as they must be. What is there beyond them is left alone. */
export function differences(found: Json, wanted: Json, prefix = ""): readonly string[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const inner = object(value);
    if (inner !== undefined) return differences(object(found[key]) ?? {}, inner, `${path}.`);
    return isDeepStrictEqual(found[key], value) ? [] : [path];
  });
}
