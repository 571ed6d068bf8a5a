import type { RangeRole } from "../core/address-plan";
import { Construct } from "../framework";
import { ComputeFirewall, type ComputeNetwork } from "./bindings";
import type { GcpEstate } from "./estate";
import { GOOGLE_APIS } from "./private-access";

/** A rule that lets something through. */
interface Allow {
  readonly name: string;
  readonly direction: "INGRESS" | "EGRESS";
  readonly reason: string;
  /** Parts of the network, or ranges: where it comes from, or goes to. */
  readonly peers: readonly (RangeRole | `${number}.${number}.${number}.${number}/${number}`)[];
  /** Ports by protocol. Empty: all. */
  readonly open: Readonly<Partial<Record<"tcp" | "udp" | "icmp", readonly string[]>>>;
  /** Part of the network that it is about. @default - all of it */
  readonly at?: readonly RangeRole[];
}

/** What runs code of the environment. */
const WORKLOADS = ["nodes", "pods", "serverless"] as const;
/** PostgreSQL, MySQL, and what Cloud SQL's connectors speak: https://cloud.google.com/sql/docs/postgres/sql-proxy. */
const DATABASE_PORTS = ["443", "3306", "3307", "5432"];
/** Where the scoring application and the gateways of the cluster listen. */
const SERVING_PORTS = ["80", "443", "8080", "8443"];
/**
 * Webhooks and kubelets, called by the control plane; GKE makes its own rules for its nodes, these are for what is
 * installed beside it. https://cloud.google.com/kubernetes-engine/docs/concepts/firewall-rules
 */
const CONTROL_PLANE_PORTS = ["443", "8443", "9443", "10250", "15017"];

/**
 * Everything that may pass. Names and the metadata server are reached without a rule
 * (https://cloud.google.com/firewall/docs/firewalls#more_rules_default_vpc).
 */
const ALLOWED: readonly Allow[] = [
  {
    name: "workloads-in",
    direction: "INGRESS",
    reason: "Nodes, pods and serverless containers among each other.",
    peers: WORKLOADS,
    open: { tcp: [], udp: [], icmp: [] },
  },
  {
    name: "workloads-out",
    direction: "EGRESS",
    reason: "Nodes, pods and serverless containers among each other, to endpoints and internal load balancers.",
    peers: [...WORKLOADS, "services", "endpoints", "proxies"],
    open: { tcp: [], udp: [], icmp: [] },
  },
  {
    name: "proxies-in",
    direction: "INGRESS",
    reason: "Internal load balancers to what serves behind them.",
    peers: ["proxies"],
    open: { tcp: SERVING_PORTS },
    at: WORKLOADS,
  },
  {
    // https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
    name: "health-checks-in",
    direction: "INGRESS",
    reason: "Google's health checks of what serves.",
    peers: ["35.191.0.0/16", "130.211.0.0/22"],
    open: { tcp: SERVING_PORTS },
    at: WORKLOADS,
  },
  {
    name: "control-plane-in",
    direction: "INGRESS",
    reason: "The cluster's control plane to webhooks and kubelets.",
    peers: ["controlPlane", "endpoints"],
    open: { tcp: CONTROL_PLANE_PORTS },
    at: ["nodes", "pods"],
  },
  {
    name: "control-plane-out",
    direction: "EGRESS",
    reason: "Nodes to the cluster's control plane.",
    peers: ["controlPlane"],
    open: { tcp: ["443", "8132", "10250"] },
  },
  {
    name: "managed-out",
    direction: "EGRESS",
    reason: "The database, which stands in the range leased to Google.",
    peers: ["managed"],
    open: { tcp: DATABASE_PORTS },
  },
  {
    name: "google-out",
    direction: "EGRESS",
    reason: "Google's own services by their private addresses.",
    peers: GOOGLE_APIS,
    open: { tcp: ["443"] },
  },
];

/** HTTPS to anywhere: package mirrors and data sources have no fixed addresses that a rule could list. */
const INTERNET: Allow = {
  name: "internet-out",
  direction: "EGRESS",
  reason: "Package mirrors and data sources, by HTTPS through NAT.",
  peers: ["0.0.0.0/0"],
  open: { tcp: ["443"] },
};

const ALLOW_PRIORITY = 1000;
/** After every allowance, before what Google implies: that would let everything out, and log nothing. */
const DENY_PRIORITY = 65_000;

/** What the firewall guards. */
export interface GcpFirewallProps {
  readonly network: ComputeNetwork;
  /** Whether HTTPS to the internet is let out. */
  readonly internet: boolean;
}

/** Denies and logs everything that is not allowed by name, in both directions. */
export class GcpFirewall extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: GcpFirewallProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    for (const rule of props.internet ? [...ALLOWED, INTERNET] : ALLOWED) this.allow(rule);
    this.deny("deny-in", { direction: "INGRESS", sourceRanges: ["0.0.0.0/0"] });
    this.deny("deny-out", { direction: "EGRESS", destinationRanges: ["0.0.0.0/0"] });
  }

  private allow({ name, direction, reason, peers, open, at }: Allow): void {
    const away = this.ranges(peers);
    const here = at && this.ranges(at);
    new ComputeFirewall(this, name, {
      ...this.common(name, reason),
      direction,
      priority: ALLOW_PRIORITY,
      ...(direction === "INGRESS"
        ? { sourceRanges: away, destinationRanges: here }
        : { destinationRanges: away, sourceRanges: here }),
      allow: Object.entries(open).map(([protocol, ports]) => ({
        protocol,
        ...(ports.length > 0 && { ports: [...ports] }),
      })),
    });
  }

  private deny(
    name: string,
    ends: { direction: "INGRESS"; sourceRanges: string[] } | { direction: "EGRESS"; destinationRanges: string[] },
  ): void {
    new ComputeFirewall(this, name, {
      ...this.common(name, "Whatever no other rule allows."),
      ...ends,
      priority: DENY_PRIORITY,
      deny: [{ protocol: "all" }],
      logConfig: { metadata: "INCLUDE_ALL_METADATA" },
    });
  }

  private common(name: string, description: string) {
    return {
      project: this.estate.settings.project,
      network: this.props.network.id,
      name: this.estate.name("firewall", name),
      description,
    };
  }

  private ranges(peers: Allow["peers"]): string[] {
    const plan: Readonly<Record<string, string>> = this.estate.settings.addresses;
    return peers.map((peer) => plan[peer] ?? peer);
  }
}
