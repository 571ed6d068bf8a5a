import { asMap, blocks, type HardeningRule, type Resource, type StackRule } from "../hardening";
import type { StackJson } from "../protected";
import { is, noBlock, oneOf, shape } from "./demands";

const FIREWALL = "google_compute_firewall";
const SUBNET = "google_compute_subnetwork";

/** Networks: what is reached, and what is written down of it. */
export const GOOGLE_NETWORK: readonly HardeningRule[] = [
  {
    id: "network-own-subnets",
    type: "google_compute_network",
    path: "auto_create_subnetworks",
    demand: is(false),
    why: "Google would make a subnet in every region, with ranges that overlap those of others.",
    refs: ["CKV2_GCP_18", "CIS GCP 3.1"],
  },
  {
    id: "subnet-private-google-access",
    type: SUBNET,
    path: "private_ip_google_access",
    demand: is(true),
    where: hasMachines,
    why: "Machines without a public address would not reach Google's services.",
    refs: ["CKV_GCP_74"],
  },
  {
    id: "subnet-flow-logs",
    type: SUBNET,
    path: "log_config",
    demand: shape(
      "flow logs",
      (config) => Object.keys(config).length > 0,
      () => [],
    ),
    only: "production",
    where: hasMachines,
    why: "Nobody could say who talked to whom.",
    refs: ["CKV_GCP_26", "CIS GCP 3.8"],
  },
  {
    id: "subnet-private-ipv6",
    type: SUBNET,
    path: "private_ipv6_google_access",
    demand: oneOf("ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE", "ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE"),
    where: (subnet) => hasMachines(subnet) && /IPV6/.test(String(subnet.stack_type)),
    why: "Machines would reach Google's services over public addresses.",
    refs: ["CKV_GCP_76"],
  },
  {
    id: "firewall-no-open-door",
    type: FIREWALL,
    path: "",
    demand: shape(
      "named sources (no /0) for whatever it lets in",
      (rule) => !letsIn(rule) || (namesSources(rule) && !sources(rule).some(isAnywhere)),
      (rule) =>
        letsIn(rule)
          ? [{ ...rule, source_ranges: ["0.0.0.0/0"] }, { ...rule, source_ranges: ["::/0"] }, nameless(rule)]
          : [],
    ),
    why: "The internet would reach the machines.",
    refs: [
      "CKV_GCP_2",
      "CKV_GCP_3",
      "CKV_GCP_75",
      "CKV_GCP_77",
      "CKV_GCP_88",
      "CKV_GCP_106",
      "CKV2_GCP_12",
      "CIS GCP 3.6",
    ],
  },
  {
    id: "firewall-default-deny-protocol",
    type: FIREWALL,
    path: "deny.protocol",
    demand: is("all"),
    where: isDefaultDeny,
    why: "What is not named would pass.",
    refs: [],
  },
  {
    id: "firewall-logs",
    type: FIREWALL,
    path: "log_config.metadata",
    demand: oneOf("INCLUDE_ALL_METADATA", "EXCLUDE_ALL_METADATA"),
    where: isDefaultDeny,
    why: "Nobody could say what was tried.",
    refs: [],
  },
  {
    id: "nat-logs",
    type: "google_compute_router_nat",
    path: "log_config.enable",
    demand: is(true),
    why: "Connections that find no port would fail without a trace.",
    refs: [],
  },
  {
    id: "address-internal",
    type: "google_compute_address",
    path: "address_type",
    demand: is("INTERNAL"),
    only: "production",
    where: ({ purpose, name }) => purpose !== undefined || !/nat/.test(String(name)),
    why: "The provider's default is a public address.",
    refs: [],
  },
  {
    id: "zone-signed",
    type: "google_dns_managed_zone",
    path: "dnssec_config.state",
    demand: is("on"),
    where: isPublicZone,
    why: "Answers for a public zone could be forged.",
    refs: ["CKV_GCP_16", "CIS GCP 3.3"],
  },
  {
    id: "zone-algorithm",
    type: "google_dns_managed_zone",
    path: "dnssec_config?.default_key_specs[]",
    demand: noBlock("no key of RSASHA1", ({ algorithm }) => /rsasha1/i.test(String(algorithm)), {
      algorithm: "rsasha1",
      key_type: "zoneSigning",
    }),
    where: isPublicZone,
    why: "SHA-1 signatures can be forged.",
    refs: ["CKV_GCP_17", "CIS GCP 3.4", "CIS GCP 3.5"],
  },
];

/** What a network's stack as a whole has to hold. */
export const GOOGLE_NETWORK_STACKS: readonly StackRule[] = [
  {
    id: "network-default-deny",
    why: "What no rule lets out would go anywhere, also to a thief's server",
    refs: ["CIS GCP 3.6"],
    check: (stack) =>
      networks(stack).flatMap((address) =>
        DIRECTIONS.filter(
          ([direction]) => !rules(stack).some((rule) => isDefaultDeny(rule) && directionOf(rule) === direction),
        ).map(([direction, why]) => ({
          address,
          message: `no rule beside it denies all ${direction} that is not let pass. ${why}`,
          fix: `Add a google_compute_firewall with direction ${direction} that denies all protocols for 0.0.0.0/0, with logs`,
        })),
      ),
  },
];

const DIRECTIONS = [
  ["EGRESS", "What no rule lets out would go anywhere, also to a thief's server"],
  ["INGRESS", "Google denies it too, but without a trace of what was tried"],
] as const;

function directionOf({ direction = "INGRESS" }: Resource): unknown {
  return direction;
}

function networks(stack: StackJson): string[] {
  return Object.keys(stack.resource?.google_compute_network ?? {}).map((id) => `google_compute_network.${id}`);
}

function rules(stack: StackJson): Resource[] {
  return Object.values(stack.resource?.[FIREWALL] ?? {}).map(asMap);
}

function isDefaultDeny(rule: Resource): boolean {
  const everywhere = [rule.destination_ranges, rule.source_ranges].flat().some(isAnywhere);
  return blocks(rule.deny).length > 0 && everywhere;
}

function letsIn(rule: Resource): boolean {
  return directionOf(rule) === "INGRESS" && blocks(rule.allow).length > 0;
}

function namesSources({ source_ranges, source_tags, source_service_accounts }: Resource): boolean {
  return [source_ranges, source_tags, source_service_accounts].flat().some((each) => each !== undefined);
}

function sources({ source_ranges }: Resource): unknown[] {
  return Array.isArray(source_ranges) ? source_ranges : [];
}

function nameless({ source_ranges: _r, source_tags: _t, source_service_accounts: _a, ...rule }: Resource): Resource {
  return rule;
}

function isAnywhere(range: unknown): boolean {
  return /\/0$/.test(String(range));
}

/** Subnets of proxies and of published services have no machines, and take neither setting. */
function hasMachines({ purpose = "PRIVATE" }: Resource): boolean {
  return purpose === "PRIVATE";
}

function isPublicZone({ visibility = "public" }: Resource): boolean {
  return visibility === "public";
}
