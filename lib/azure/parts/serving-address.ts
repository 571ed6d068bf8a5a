/** Addresses inside the network that are decided on, because Azure reserves none for load balancers. Does not load the engine. */
import ipaddr from "ipaddr.js";
import type { AddressPlan } from "../../core/address-plan";
import { subnetRanges } from "./subnets";

/**
 * Where the gateway of production listens inside the network: the last address of the subnet `instances` that Azure gives.
 * Machines get the first free ones, so none gets there by itself.
 */
export function gatewayAddress(plan: AddressPlan): string {
  return fromEnd(subnetRanges(plan).instances, 1);
}

/** Where a single machine that serves production listens: the one before. */
export function machineAddress(plan: AddressPlan): string {
  return fromEnd(subnetRanges(plan).instances, 2);
}

/** An address counted from the broadcast's, which is the range's last. */
function fromEnd(cidr: string, back: number): string {
  const last = ipaddr.IPv4.broadcastAddressFromCIDR(cidr).octets;
  return [...last.slice(0, 3), (last[3] ?? 0) - back].join(".");
}
