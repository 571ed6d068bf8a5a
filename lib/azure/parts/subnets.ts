/** How an environment's network is divided on Azure. Pure; does not load the engine. */
import ipaddr from "ipaddr.js";
import type { AddressPlan } from "../../core/address-plan";
import type { SubnetRole } from "./names";

/** A service that a subnet belongs to, and what it may do there. Azure adds the actions itself; they must match. */
export interface Delegation {
  readonly service: string;
  readonly actions: readonly string[];
}

const JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action";

/** Services that want a subnet of their own, https://learn.microsoft.com/en-us/azure/virtual-network/subnet-delegation-overview. */
export const DELEGATIONS: Readonly<Partial<Record<SubnetRole, Delegation>>> = {
  controlPlane: { service: "Microsoft.ContainerService/managedClusters", actions: [JOIN] },
  database: { service: "Microsoft.DBforPostgreSQL/flexibleServers", actions: [JOIN] },
  pipelineStore: { service: "Microsoft.DBforMySQL/flexibleServers", actions: [JOIN] },
  apps: { service: "Microsoft.App/environments", actions: [JOIN] },
  containers: {
    service: "Microsoft.ContainerInstance/containerGroups",
    actions: ["Microsoft.Network/virtualNetworks/subnets/action"],
  },
  // https://learn.microsoft.com/en-us/azure/devops/managed-devops-pools/configure-networking
  runners: { service: "Microsoft.DevOpsInfrastructure/pools", actions: [JOIN] },
};

/** Subnets whose machines call what lies outside: those that run code of the environment, or build it. */
export const OUTGOING = [
  "nodes",
  "apps",
  "containers",
  "instances",
  "runners",
] as const satisfies readonly SubnetRole[];

/**
 * Range of each subnet. Pods have none: their addresses exist inside the cluster only (overlay), as those of its services
 * do. What is leased to Google's services there is the databases' and the build machines' here, each delegated database
 * alone in its subnet. Azure keeps five addresses of each subnet; the smallest, of a /20, are a /28 and some /26.
 */
export function subnetRanges(plan: AddressPlan): Readonly<Record<SubnetRole, string>> {
  const [databases, runners] = halves(plan.managed);
  const [database, pipelineStore] = halves(databases);
  const [instances, containers] = halves(plan.proxies);
  const { nodes, controlPlane, endpoints, serverless: apps } = plan;
  return { nodes, controlPlane, endpoints, database, pipelineStore, apps, containers, instances, runners };
}

/** A range as two. */
function halves(cidr: string): readonly [string, string] {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const bytes = [...address.octets];
  const bit = prefix % 8;
  const at = Math.floor(prefix / 8);
  bytes[at] = (bytes[at] ?? 0) + 2 ** (7 - bit);
  return [`${address.toString()}/${prefix + 1}`, `${bytes.join(".")}/${prefix + 1}`];
}
