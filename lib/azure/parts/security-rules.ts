/**
 * What may pass in and out of each subnet. Pure; does not load the engine. Everything else is denied in both directions.
 * Names and the metadata service are reached without a rule, at Azure's own addresses 168.63.129.16 and 169.254.169.254
 * (https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview#azure-platform-considerations).
 */
import type { SubnetRole } from "./names";

/** Groups of addresses that Azure keeps, https://learn.microsoft.com/en-us/azure/virtual-network/service-tags-overview. */
type Tag =
  | "AzureActiveDirectory"
  | "AzureFrontDoor.FirstParty"
  | "AzureKeyVault"
  | "AzureLoadBalancer"
  | "AzureMonitor"
  | "AzureResourceManager"
  | "Internet"
  | "MicrosoftContainerRegistry"
  | "ServiceBus"
  | "Storage"
  | "VirtualNetwork";

/** A part of the network, the pods, or a group of Azure's. */
type Peer = SubnetRole | "pods" | Tag;

/** Something that is let through. */
interface Pass {
  /** Word of the rule's name. */
  readonly name: string;
  readonly peers: readonly Peer[];
  /** TCP ports. @default - every protocol and port */
  readonly ports?: readonly string[];
  readonly reason: string;
}

/** A rule as Azure takes it. */
export interface SecurityRule {
  readonly name: string;
  readonly description: string;
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly protocol: "Tcp" | "*";
  readonly sourcePortRange: "*";
  readonly sourceAddressPrefix?: string;
  readonly sourceAddressPrefixes?: string[];
  readonly destinationAddressPrefix?: string;
  readonly destinationAddressPrefixes?: string[];
  readonly destinationPortRange?: string;
  readonly destinationPortRanges?: string[];
}

const HTTPS = ["443"];
/** HTTPS, and Service Bus by AMQP, https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-troubleshooting-guide. */
const ENDPOINT_PORTS = ["443", "5671", "5672"];
/** Where the scoring application and internal load balancers listen. */
const SERVING_PORTS = ["80", "443", "8080"];
/** Front of Container Apps, and where its proxy answers behind it. */
const APP_PORTS = ["80", "443", "31080", "31443"];

/** Services of Azure that have no address in the network: sign-in, Microsoft's images, telemetry, management. */
const AZURE: Pass = {
  name: "azure",
  peers: [
    "AzureActiveDirectory",
    "AzureFrontDoor.FirstParty",
    "AzureMonitor",
    "AzureResourceManager",
    "MicrosoftContainerRegistry",
  ],
  ports: HTTPS,
  reason: "Services of Azure without a private address.",
};

/** HTTPS to anywhere: package mirrors and data sources have no fixed addresses that a rule could list. */
const INTERNET: Pass = {
  name: "internet",
  peers: ["Internet"],
  ports: HTTPS,
  reason: "Package mirrors and data sources, by HTTPS through NAT.",
};

/** The queue of retrain events, where it has no private endpoint: its reader speaks AMQP, which is no HTTPS. */
const QUEUE: Pass = { name: "queue", peers: ["ServiceBus"], ports: ENDPOINT_PORTS, reason: "Retrain events." };

const ENDPOINTS: Pass = {
  name: "endpoints",
  peers: ["endpoints"],
  ports: ENDPOINT_PORTS,
  reason: "Azure's services by their private endpoints.",
};

const DATABASE: Pass = {
  name: "database",
  peers: ["database"],
  ports: ["5432", "6432"],
  reason: "The metadata database, also by its connection pooler.",
};

/** What a database calls by itself. */
const UPKEEP: Pass = {
  name: "azure",
  peers: ["AzureActiveDirectory", "AzureKeyVault", "Storage"],
  ports: HTTPS,
  reason: "Sign-in, its key, archived logs.",
};

/** What serves inside the network. */
const SERVED: Pass = {
  name: "served",
  peers: ["nodes", "apps", "containers", "instances"],
  ports: APP_PORTS.concat("8080"),
  reason: "What is served inside the network.",
};

const CALLERS: Pass = {
  name: "callers",
  peers: ["VirtualNetwork"],
  ports: SERVING_PORTS,
  reason: "Callers in the network, and in those joined to it.",
};

/** Clients of what the cluster serves to everybody: they come by the gateway's public address, which a node answers for. */
const PUBLIC: Pass = { name: "public", peers: ["Internet"], ports: ["80", "443"], reason: "Clients on the internet." };

const PROBES: Pass = { name: "probes", peers: ["AzureLoadBalancer"], reason: "Health probes of load balancers." };

/** Machines of one service among each other. */
const among = (role: SubnetRole): Pass => ({ name: "own", peers: [role], reason: "Its machines among each other." });

/** What may come in and go out. The internet is left to {@link securityRules}. */
const PASSES: Readonly<Record<SubnetRole, { readonly in: readonly Pass[]; readonly out: readonly Pass[] }>> = {
  // Pods keep their addresses between nodes: https://learn.microsoft.com/en-us/azure/aks/concepts-network-azure-cni-overlay
  nodes: {
    in: [
      { name: "cluster", peers: ["nodes", "pods", "controlPlane"], reason: "Nodes, pods and the control plane." },
      CALLERS,
      PROBES,
    ],
    out: [
      { name: "cluster", peers: ["nodes", "pods", "controlPlane"], reason: "Nodes, pods and the control plane." },
      ENDPOINTS,
      DATABASE,
      { name: "pipeline-store", peers: ["pipelineStore"], ports: ["3306"], reason: "The database of Kubeflow." },
      SERVED,
      AZURE,
    ],
  },
  // https://learn.microsoft.com/en-us/azure/aks/api-server-vnet-integration
  controlPlane: {
    in: [
      { name: "clients", peers: ["nodes", "pods", "runners"], ports: ["443", "4443"], reason: "Nodes, who deploys." },
      { name: "operators", peers: ["VirtualNetwork"], ports: HTTPS, reason: "People in networks joined to it." },
      { name: "probes", peers: ["AzureLoadBalancer"], ports: ["9988"], reason: "Health probes of load balancers." },
      among("controlPlane"),
    ],
    out: [
      { name: "cluster", peers: ["nodes", "pods"], reason: "Kubelets and webhooks." },
      { ...ENDPOINTS, ports: HTTPS },
      among("controlPlane"),
      AZURE,
    ],
  },
  endpoints: {
    in: [
      {
        name: "callers",
        peers: ["VirtualNetwork"],
        ports: ENDPOINT_PORTS,
        reason: "The network and those joined to it: who may do what is decided by roles.",
      },
    ],
    out: [],
  },
  // https://learn.microsoft.com/en-us/azure/postgresql/network/concepts-networking-private
  database: {
    in: [
      {
        name: "clients",
        peers: ["nodes", "apps", "containers", "instances"],
        ports: DATABASE.ports,
        reason: "Clients.",
      },
      among("database"),
    ],
    out: [among("database"), UPKEEP],
  },
  // https://learn.microsoft.com/en-us/azure/mysql/flexible-server/concepts-networking-vnet
  pipelineStore: {
    in: [{ name: "clients", peers: ["nodes"], ports: ["3306"], reason: "Pods of Kubeflow." }, among("pipelineStore")],
    out: [among("pipelineStore"), UPKEEP],
  },
  // https://learn.microsoft.com/en-us/azure/container-apps/firewall-integration
  apps: {
    in: [{ ...CALLERS, ports: APP_PORTS }, { ...PROBES, ports: ["30000-32767"] }, among("apps")],
    out: [among("apps"), ENDPOINTS, DATABASE, SERVED, AZURE],
  },
  containers: { in: [CALLERS], out: [ENDPOINTS, DATABASE, AZURE] },
  instances: { in: [CALLERS, PROBES], out: [ENDPOINTS, DATABASE, AZURE] },
  runners: {
    in: [],
    out: [
      ENDPOINTS,
      { name: "control-plane", peers: ["controlPlane", "nodes"], ports: HTTPS, reason: "Deployments to the cluster." },
      SERVED,
      AZURE,
    ],
  },
};

/** Rules are tried by number, the lowest first; room is left for those that a person adds by hand in an emergency. */
const FIRST_PRIORITY = 200;
const STEP = 10;
/** After every allowance, before what Azure implies: that would let the whole network in and everything out. */
const DENY_PRIORITY = 4096;

/**
 * The rules of one subnet.
 * @param ranges of every subnet, and of the pods
 * @param internet whether its machines may call the internet, whether the internet may call what they serve, and whether
 *   the queue is reached there
 */
export function securityRules(
  role: SubnetRole,
  ranges: Readonly<Record<SubnetRole | "pods", string>>,
  internet: { readonly outgoing: boolean; readonly incoming: boolean; readonly queue: boolean },
): SecurityRule[] {
  const passes = PASSES[role];
  const incoming = internet.incoming ? [...passes.in, PUBLIC] : passes.in;
  const outgoing = [...passes.out, ...(internet.outgoing ? [INTERNET] : []), ...(internet.queue ? [QUEUE] : [])];
  return [...ways("Inbound", incoming, ranges), ...ways("Outbound", outgoing, ranges)];
}

function ways(
  direction: SecurityRule["direction"],
  passes: readonly Pass[],
  ranges: Readonly<Record<string, string>>,
): SecurityRule[] {
  const word = direction === "Inbound" ? "in" : "out";
  const allowed = passes
    .flatMap((pass) => split(pass, ranges))
    .map((pass, index): SecurityRule => {
      const { name, prefixes, ports, reason } = pass;
      return {
        ...ends(direction, prefixes),
        direction,
        sourcePortRange: "*",
        name: `${name}-${word}`,
        description: reason,
        priority: FIRST_PRIORITY + index * STEP,
        access: "Allow",
        protocol: ports === undefined ? "*" : "Tcp",
        ...(ports === undefined ? { destinationPortRange: "*" } : { destinationPortRanges: [...ports] }),
      };
    });
  return [
    ...allowed,
    {
      ...ends(direction, ["*"]),
      direction,
      sourcePortRange: "*",
      name: `deny-${word}`,
      description: "Whatever no other rule allows.",
      priority: DENY_PRIORITY,
      access: "Deny",
      protocol: "*",
      destinationPortRange: "*",
    },
  ];
}

/** Ranges go together in one rule; of Azure's groups a rule takes one. */
function split(pass: Pass, ranges: Readonly<Record<string, string>>) {
  const own = pass.peers.flatMap((peer) => ranges[peer] ?? []);
  const tags = pass.peers.filter((peer) => ranges[peer] === undefined);
  return [
    ...(own.length > 0 ? [{ ...pass, prefixes: own }] : []),
    ...tags.map((tag) => ({
      ...pass,
      name: tags.length > 1 ? `${pass.name}-${tag.replace(".", "-").toLowerCase()}` : pass.name,
      prefixes: [tag],
    })),
  ];
}

/** The two ends: here it is any machine of the subnet that has the rules. */
function ends(direction: SecurityRule["direction"], away: readonly string[]) {
  const [only] = away;
  const one = away.length === 1;
  return direction === "Inbound"
    ? {
        ...(one ? { sourceAddressPrefix: only } : { sourceAddressPrefixes: [...away] }),
        destinationAddressPrefix: "*",
      }
    : {
        sourceAddressPrefix: "*",
        ...(one ? { destinationAddressPrefix: only } : { destinationAddressPrefixes: [...away] }),
      };
}
