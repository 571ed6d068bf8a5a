import type { HardeningRule } from "../hardening";
import { ownIdentity, resourceId, vaultKey } from "./azure-demands";
import { absent, is } from "./demands";

const MACHINE = "azurerm_linux_virtual_machine";
const CARD = "azurerm_network_interface";
const DISKS = "azurerm_disk_encryption_set";

/** Single machines, and the disks of all. Numbers of the CIS benchmark for Azure are those of version 3.0.0. */
export const AZURE_MACHINE: readonly HardeningRule[] = [
  {
    id: "vm-no-password",
    type: MACHINE,
    path: "disable_password_authentication",
    demand: is(true),
    why: "Whoever guesses gets in.",
    refs: ["CKV_AZURE_1", "CKV_AZURE_149", "CKV_AZURE_178"],
  },
  {
    id: "vm-host-encryption",
    type: MACHINE,
    path: "encryption_at_host_enabled",
    demand: is(true),
    why: "Temporary disks and caches would not be encrypted.",
    refs: ["CKV_AZURE_97"],
  },
  {
    id: "vm-secure-boot",
    type: MACHINE,
    path: "secure_boot_enabled",
    demand: is(true),
    why: "A changed system would start.",
    refs: ["CIS Azure 8.11"],
  },
  {
    id: "vm-tpm",
    type: MACHINE,
    path: "vtpm_enabled",
    demand: is(true),
    why: "Nobody would notice that a changed system has started.",
    refs: ["CIS Azure 8.11"],
  },
  {
    id: "vm-no-extensions",
    type: MACHINE,
    path: "allow_extension_operations",
    demand: is(false),
    why: "Whoever may change the machine could run anything on it as root.",
    refs: ["CKV_AZURE_50", "CIS Azure 8.7"],
  },
  {
    id: "vm-identity",
    type: MACHINE,
    path: "identity.type",
    demand: ownIdentity,
    why: "It could prove who it is with a secret only.",
    refs: [],
  },
  {
    id: "vm-disk-key",
    type: MACHINE,
    path: "os_disk.disk_encryption_set_id",
    demand: resourceId,
    only: "ownKeys",
    why: "The disk would be under no key of ours.",
    refs: ["CIS Azure 8.3"],
  },
  {
    id: "vm-no-public-address",
    type: CARD,
    path: "ip_configuration.public_ip_address_id",
    demand: absent("${azurerm_public_ip.it.id}"),
    why: "It could be reached from everywhere.",
    refs: ["CKV_AZURE_119", "CKV2_AZURE_39"],
  },
  {
    id: "vm-no-forwarding",
    type: CARD,
    path: "ip_forwarding_enabled",
    demand: is(false),
    why: "It could send what comes from others on as its own.",
    refs: ["CKV_AZURE_118"],
  },
  {
    id: "disks-key",
    type: DISKS,
    path: "key_vault_key_id",
    demand: vaultKey,
    why: "The data could not be made unreadable by taking its key away.",
    refs: ["CKV_AZURE_93"],
  },
  {
    id: "disks-identity",
    type: DISKS,
    path: "identity.type",
    demand: ownIdentity,
    why: "It gets its rights after the disks want them.",
    refs: [],
  },
];
