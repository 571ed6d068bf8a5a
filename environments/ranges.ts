/** Arithmetic on IPv4 ranges. Takes ranges that the schema has accepted. */
import ipaddr from "ipaddr.js";

/** Whether two ranges share an address. */
export function overlap(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: string, inner: string): boolean {
  const [network, prefix] = ipaddr.IPv4.parseCIDR(outer);
  const [address, length] = ipaddr.IPv4.parseCIDR(inner);
  return length >= prefix && address.match(network, prefix);
}

/** Number of addresses in a range. */
export function addresses(range: string): number {
  return 2 ** (32 - ipaddr.IPv4.parseCIDR(range)[1]);
}
