import type { HardeningRule } from "../hardening";
import { vaultKey } from "./azure-demands";
import { is, number, oneOf } from "./demands";

const REGISTRY = "azurerm_container_registry";

/** Where images are. */
export const AZURE_REGISTRY: readonly HardeningRule[] = [
  {
    id: "acr-tier",
    type: REGISTRY,
    path: "sku",
    demand: is("Premium"),
    why: "The others have no private address.",
    refs: [],
  },
  {
    id: "acr-no-administrator",
    type: REGISTRY,
    path: "admin_enabled",
    demand: is(false),
    why: "A password that everybody shares says nobody's name, and may push.",
    refs: ["CKV_AZURE_137", "CIS AKS 5.1.2"],
  },
  {
    id: "acr-no-anonymous",
    type: REGISTRY,
    path: "anonymous_pull_enabled",
    demand: is(false),
    why: "Images hold the model and its code.",
    refs: ["CKV_AZURE_138", "CIS AKS 5.1.2"],
  },
  {
    id: "acr-private",
    type: REGISTRY,
    path: "public_network_access_enabled",
    demand: is(false),
    why: "A stolen token could be used from everywhere.",
    refs: ["CKV_AZURE_139", "CIS AKS 5.1.2"],
  },
  {
    id: "acr-firewall",
    type: REGISTRY,
    path: "network_rule_set.default_action",
    demand: is("Deny"),
    why: "The network's door would open with one switch.",
    refs: ["CKV_AZURE_139"],
  },
  {
    id: "acr-azure-services",
    type: REGISTRY,
    path: "network_rule_bypass_option",
    demand: oneOf("AzureServices", "None"),
    why: "Who passes the closed door is a decision, and is written down.",
    refs: [],
  },
  {
    id: "acr-no-export",
    type: REGISTRY,
    path: "export_policy_enabled",
    demand: is(false),
    why: "Images could be copied to somebody else's registry.",
    refs: [],
  },
  {
    id: "acr-data-endpoint",
    type: REGISTRY,
    path: "data_endpoint_enabled",
    demand: is(true),
    why: "A firewall would have to let through all of Azure's storage to let through layers.",
    refs: ["CKV_AZURE_237"],
  },
  {
    id: "acr-zones",
    type: REGISTRY,
    path: "zone_redundancy_enabled",
    demand: is(true),
    only: "production",
    why: "Nothing could be started anew while one building is down.",
    refs: ["CKV_AZURE_233"],
  },
  {
    id: "acr-cleanup",
    type: REGISTRY,
    path: "retention_policy_in_days",
    demand: number(1, 365),
    why: "Images without a tag stay, and are paid for.",
    refs: ["CKV_AZURE_167"],
  },
  {
    id: "acr-key",
    type: REGISTRY,
    path: "encryption.key_vault_key_id",
    demand: vaultKey,
    only: "ownKeys",
    why: "Images hold the model and its code.",
    refs: [],
  },
];
