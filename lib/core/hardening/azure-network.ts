import { blocks, type HardeningRule, type Resource, type StackRule } from "../hardening";
import type { StackJson } from "../protected";
import { resourceId, someOf } from "./azure-demands";
import { alone, entries, idOf } from "./azure-stack";
import { is, noBlock, oneOf, someBlock, text } from "./demands";

const GROUP = "azurerm_network_security_group";
const SUBNET = "azurerm_subnet";
const ENDPOINT = "azurerm_private_endpoint";
const ADDRESS = "azurerm_public_ip";

/** Networks. Numbers of the CIS benchmark for Azure are those of version 3.0.0. */
export const AZURE_NETWORK: readonly HardeningRule[] = [
  {
    id: "nsg-no-open-door",
    type: GROUP,
    path: "security_rule[]",
    demand: noBlock("no rule that lets the internet in but to what is served", opensMore, {
      direction: "Inbound",
      access: "Allow",
      protocol: "*",
      source_address_prefix: "*",
      destination_port_range: "22",
    }),
    why: "The internet would reach the machines.",
    refs: [
      "CKV_AZURE_9",
      "CKV_AZURE_10",
      "CKV_AZURE_77",
      "CKV_AZURE_160",
      "CIS Azure 7.1",
      "CIS Azure 7.2",
      "CIS Azure 7.3",
      "CIS Azure 7.4",
    ],
  },
  {
    id: "nsg-serves-inside",
    type: GROUP,
    path: "security_rule[]",
    demand: noBlock("no rule that lets the internet in", letsTheInternetIn, {
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      source_address_prefix: "Internet",
      destination_port_ranges: ["443"],
    }),
    only: "production",
    why: "What is served would be there for everybody to try.",
    refs: ["CKV_AZURE_160"],
    setting: "serving.production.expose: internal",
  },
  {
    id: "nsg-denies-inbound",
    type: GROUP,
    path: "security_rule[]",
    demand: someBlock("a last rule that denies whatever else comes in", (rule) => deniesAll(rule, "Inbound")),
    why: "Azure lets every machine of the network in, and whatever a load balancer sends.",
    refs: ["CIS Azure 7.4"],
  },
  {
    id: "nsg-denies-outbound",
    type: GROUP,
    path: "security_rule[]",
    demand: someBlock("a last rule that denies whatever else goes out", (rule) => deniesAll(rule, "Outbound")),
    why: "What no rule lets out would go anywhere, also to a thief's server.",
    refs: [],
  },
  {
    id: "subnet-no-way-out-by-itself",
    type: SUBNET,
    path: "default_outbound_access_enabled",
    demand: is(false),
    why: "Machines would reach the internet by an address that nobody knows.",
    refs: [],
  },
  {
    id: "subnet-rules-for-endpoints",
    type: SUBNET,
    path: "private_endpoint_network_policies",
    demand: oneOf("Enabled", "NetworkSecurityGroupEnabled"),
    why: "The rules of the subnet would not count for what is reached by private endpoints.",
    refs: [],
  },
  {
    id: "endpoint-approved",
    type: ENDPOINT,
    path: "private_service_connection.is_manual_connection",
    demand: is(false),
    why: "It would wait for somebody of another tenant.",
    refs: [],
  },
  {
    id: "endpoint-of-something",
    type: ENDPOINT,
    path: "private_service_connection.private_connection_resource_id",
    demand: resourceId,
    why: "It would lead nowhere.",
    refs: [],
  },
  {
    id: "endpoint-subnet",
    type: ENDPOINT,
    path: "subnet_id",
    demand: resourceId,
    why: "It would have an address that no rule names.",
    refs: [],
  },
  {
    id: "endpoint-names",
    type: ENDPOINT,
    path: "private_dns_zone_group.private_dns_zone_ids",
    demand: someOf("the zones of its names"),
    why: "Its name would lead to the public address, which is closed.",
    refs: [],
  },
  {
    id: "zone-no-registration",
    type: "azurerm_private_dns_zone_virtual_network_link",
    path: "registration_enabled",
    demand: is(false),
    why: "Machines could take over the names of services.",
    refs: [],
  },
  {
    id: "public-address-for-nat-only",
    type: ADDRESS,
    path: "name",
    demand: text(/-nat$/, "the name of the NAT gateway's", "acme-test-machine", ""),
    only: "production",
    why: "Whatever else has a public address can be tried by everybody.",
    refs: ["CIS Azure 7.7"],
    setting: "serving.production.expose: internal",
  },
  {
    id: "public-address-closed",
    type: ADDRESS,
    path: "sku",
    demand: is("Standard"),
    why: "The basic one is open until a rule closes it.",
    refs: [],
  },
  {
    id: "network-name-servers",
    type: "azurerm_virtual_network",
    path: "dns_servers?",
    demand: {
      wanted: "two at least, or none of its own",
      optional: true,
      holds: (value) => value === undefined || (Array.isArray(value) && value.length >= 2),
      wrong: () => [["10.0.0.4"]],
    },
    why: "Nothing would find anything while one machine is down.",
    refs: ["CKV_AZURE_182"],
  },
];

/** What a network's stack as a whole has to hold. */
export const AZURE_NETWORK_STACKS: readonly StackRule[] = [
  {
    id: "subnet-has-rules",
    why: "Whatever Azure lets through by itself would pass.",
    refs: ["CKV2_AZURE_31"],
    check: (stack) =>
      alone(stack, {
        of: SUBNET,
        type: "azurerm_subnet_network_security_group_association",
        at: "subnet_id",
        does: ({ network_security_group_id }) => Boolean(network_security_group_id),
        message: "has no security group: whatever Azure lets through by itself would pass",
        fix: "Add an azurerm_subnet_network_security_group_association",
      }),
  },
  {
    id: "endpoint-there",
    why: "It is closed to the internet, and nothing could reach it.",
    refs: ["CKV2_AZURE_33", "CIS Azure 4.9", "CIS Azure 5.4.2"],
    check: (stack) =>
      CLOSED.flatMap(({ of, where = () => true }) =>
        entries(stack, of)
          .filter(([id, body]) => where(body) && !reached(stack).includes(idOf(of, id)))
          .map(([id]) => ({
            address: `${of}.${id}`,
            message: "has no private endpoint: it is closed to the internet, and nothing could reach it",
            fix: `Add an ${ENDPOINT} for it`,
          })),
      ),
  },
];

/** What is closed to the internet, and so is reached by an address of the network or not at all. */
const CLOSED: readonly { readonly of: string; readonly where?: (resource: Resource) => boolean }[] = [
  { of: "azurerm_storage_account" },
  { of: "azurerm_container_registry" },
  { of: "azurerm_cosmosdb_account" },
  { of: "azurerm_machine_learning_workspace" },
  { of: "azurerm_servicebus_namespace", where: ({ public_network_access_enabled: open }) => open === false },
];

/** Ids that private endpoints of a stack lead to. */
function reached(stack: StackJson): unknown[] {
  return entries(stack, ENDPOINT).flatMap(([, { private_service_connection }]) =>
    blocks(private_service_connection).map(({ private_connection_resource_id }) => private_connection_resource_id),
  );
}

const ANYWHERE = /^(\*|0\.0\.0\.0(\/0)?|::\/0|Internet|Any)$/i;

function letsTheInternetIn(rule: Resource): boolean {
  if (rule.direction !== "Inbound" || rule.access !== "Allow") return false;
  const sources = [rule.source_address_prefix, rule.source_address_prefixes].flat();
  const groups = blocks(rule.source_application_security_group_ids).length;
  const named = sources.filter((source) => typeof source === "string" && source !== "");
  return named.some((source) => ANYWHERE.test(String(source))) || (named.length === 0 && groups === 0);
}

/** Ports that models are served on. */
const SERVED = new Set(["80", "443"]);

/** Whether more than what is served lies open. */
function opensMore(rule: Resource): boolean {
  const ports = [rule.destination_port_range, rule.destination_port_ranges].flat().filter(Boolean);
  return letsTheInternetIn(rule) && !(ports.length > 0 && ports.every((port) => SERVED.has(String(port))));
}

function deniesAll(rule: Resource, direction: "Inbound" | "Outbound"): boolean {
  const everything = ["source_address_prefix", "destination_address_prefix", "protocol", "destination_port_range"];
  return rule.direction === direction && rule.access === "Deny" && everything.every((name) => rule[name] === "*");
}
