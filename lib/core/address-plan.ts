/** How an environment's network is divided. Does not load the engine. */
import ipaddr from "ipaddr.js";
import { SYSTEM_POOL } from "./system-pool";

/** Parts of a network. `managed` is leased to the cloud's own services (databases, build machines). */
export type RangeRole =
  | "nodes"
  | "pods"
  | "services"
  | "managed"
  | "serverless"
  | "proxies"
  | "endpoints"
  | "controlPlane";

/** IPv4 ranges by what they are for. */
export type AddressPlan = Readonly<Record<RangeRole, string>>;

/** Addresses of the pods' range that one node takes, with up to 110 pods (both clouds). */
export const ADDRESSES_PER_NODE = 256;

/**
 * Divides a range: the upper half for pods, then nodes, services and managed an eighth each, and the last eighth for the
 * rest. The same parts on every cloud, so that a swap moves nothing.
 * @param cidr at least a /20
 * @param fixed parts that somebody has placed, also outside `cidr`
 */
export function addressPlan(cidr: string, fixed: Partial<AddressPlan> = {}): AddressPlan {
  const [, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const part = (bits: number, index: number) => partOf(cidr, prefix + bits, index);
  return {
    nodes: part(3, 0),
    services: part(3, 1),
    managed: part(3, 2),
    serverless: part(4, 6),
    proxies: part(5, 14),
    endpoints: part(6, 30),
    controlPlane: partOf(part(6, 31), 28, 0),
    pods: part(1, 1),
    ...defined(fixed),
  };
}

/** How many nodes the range of the pods holds. */
export function nodesIn(pods: string): number {
  return Math.floor(2 ** (32 - ipaddr.IPv4.parseCIDR(pods)[1]) / ADDRESSES_PER_NODE);
}

/** What a node pool may come to. */
export interface PoolSize {
  readonly name: string;
  /** Most nodes. */
  readonly max: number;
  /** A spot pool has a twin of the same size that takes over. @default "onDemand" */
  readonly capacity?: "onDemand" | "spot";
}

/** Nodes that a cluster may have at once. */
export interface NodeCount {
  readonly nodes: number;
  /** The sum in words. */
  readonly sum: string;
}

/** Most nodes at once: every pool and every twin full, the system pool, and one node more for each while it is upgraded. */
export function mostNodes(pools: readonly PoolSize[]): NodeCount {
  const twice = ({ capacity }: PoolSize) => (capacity === "spot" ? 2 : 1);
  const upgraded = pools.reduce((sum, pool) => sum + twice(pool), 1);
  const parts = pools.map((pool) => {
    const spot = twice(pool) === 2;
    return { nodes: pool.max * twice(pool), text: `${pool.name} ${pool.max}${spot ? " × 2 (spot and its twin)" : ""}` };
  });
  const nodes = parts.reduce((sum, part) => sum + part.nodes, SYSTEM_POOL.max + upgraded);
  const texts = parts.map(({ text }) => text);
  return { nodes, sum: [...texts, `system ${SYSTEM_POOL.max}`, `upgrades ${upgraded}`].join(" + ") };
}

/** The part of a range with this prefix length at this place. */
function partOf(cidr: string, prefix: number, index: number): string {
  const [network] = ipaddr.IPv4.parseCIDR(cidr);
  const first = network.octets.reduce((sum, octet) => sum * 256 + octet, 0) + index * 2 ** (32 - prefix);
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${octets.join(".")}/${prefix}`;
}

function defined(fixed: Partial<AddressPlan>): Partial<AddressPlan> {
  return Object.fromEntries(Object.entries(fixed).filter(([, range]) => range !== undefined));
}
