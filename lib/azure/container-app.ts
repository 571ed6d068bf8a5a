import { handOver } from "../core/outputs";
import { releaseOwned } from "../core/release-owned";
import { Construct } from "../framework";
import { ContainerApp } from "./bindings";
import { CONSUMPTION } from "./container-environment";
import type { AzureEstate } from "./estate";

/** How patient probes are, seconds: a start may take four minutes. https://learn.microsoft.com/en-us/azure/container-apps/health-probes */
const STARTUP = { timeout: 5, intervalSeconds: 8, failureCountThreshold: 30 } as const;
const LIVENESS = { timeout: 5, intervalSeconds: 30, failureCountThreshold: 3 } as const;
/** Requests that a replica works on at once before another one is started. */
const CONCURRENCY = 80;
/** Revisions without traffic that are kept, to go back to. */
const KEPT_REVISIONS = 10;
/** Where a container listens that names no port. */
const PORT = 8080;

/** One container of an app. */
export interface AppContainer {
  /** A DNS label. */
  readonly name: string;
  /** By digest. */
  readonly image: string;
  /** vCPU: a multiple of 0.25. */
  readonly cpu: number;
  /** Twice the vCPU, the only share that Container Apps give: https://learn.microsoft.com/en-us/azure/container-apps/containers#allocations. */
  readonly memoryGiB: number;
  /** In this order. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - the image's */
  readonly args?: readonly string[];
  /** Where it listens; probes ask there. @default 8080 */
  readonly port?: number;
  /** Answers 200 as soon as the container may be used. @default - it may as soon as the port is open */
  readonly startupPath?: string;
  /** Answers 200 as long as the container works. @default - not asked */
  readonly livenessPath?: string;
}

/** An app of containers. */
export interface ContainerAppProps {
  /** What it is for, in its name: `qa`. */
  readonly role: string;
  /** Who it runs as; the images are pulled as the same. */
  readonly identity: { readonly resourceId: string; readonly clientId: string };
  /** The first is the one that serves, the others stand by it. */
  readonly containers: readonly AppContainer[];
  /** Who reaches it: the network, or (of an environment that is open to it) everybody. */
  readonly ingress: "internal" | "public";
  /** How many replicas stand at least and at most; none at least costs nothing while nobody asks. */
  readonly instances: { readonly min: number; readonly max: number };
  /** Sends it events; its inbound path is the component's own. @default - none */
  readonly dapr?: { readonly appId: string; readonly port: number };
  /** Whether a release puts image, model and traffic in place: they are ignored after creation. @default false */
  readonly releaseOwned?: boolean;
  /** Name of the Terraform output of its address. */
  readonly uriKey: string;
}

/**
 * An app on Container Apps, as all are made here: it runs and pulls as an identity of its own, takes HTTPS only, and stands in
 * the environment inside the network.
 */
export class AzureContainerApp extends Construct {
  /** Its address, `https://…`; Azure decides on the domain. */
  readonly uri: string;
  readonly app: ContainerApp;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ContainerAppProps,
    estate: AzureEstate,
  ) {
    super(scope, id);
    const { role, identity, instances, dapr, releaseOwned: released = false } = props;
    const name = estate.name("containerApp", role);
    this.app = new ContainerApp(this, "App", {
      name,
      resourceGroupName: estate.resourceGroup,
      containerAppEnvironmentId: estate.containerEnvironment,
      workloadProfileName: CONSUMPTION,
      // Two revisions share the traffic while a release tries one.
      revisionMode: released ? "Multiple" : "Single",
      maxInactiveRevisions: KEPT_REVISIONS,
      tags: estate.tags(this),
      identity: { type: "UserAssigned", identityIds: [identity.resourceId] },
      registry: [{ server: estate.imagePrefix, identity: identity.resourceId }],
      ingress: this.ingress(),
      template: {
        minReplicas: instances.min,
        maxReplicas: instances.max,
        container: props.containers.map((container) => containerOf(container, identity.clientId)),
        httpScaleRule: [{ name: "requests", concurrentRequests: String(CONCURRENCY) }],
      },
      ...(dapr ? { dapr: { appId: dapr.appId, appPort: dapr.port, appProtocol: "http" } } : {}),
      ...(released ? { lifecycle: { ignoreChanges: releaseOwned("azurerm_container_app") } } : {}),
    });
    this.uri = `https://${handOver(this, {
      key: props.uriKey,
      value: this.app.ingress.fqdn,
      example: `${name}.kindhill-0a1b2c3d.${estate.settings.region}.azurecontainerapps.io`,
      description: `Host name of the container app ${role}`,
    })}`;
  }

  /**
   * What the service calls external is reached by whoever reaches its environment, and that one stands inside the network;
   * what it calls internal, by the environment's own apps alone. https://learn.microsoft.com/en-us/azure/container-apps/ingress-overview
   */
  private ingress() {
    const [serves] = this.props.containers;
    return {
      externalEnabled: true,
      allowInsecureConnections: false,
      targetPort: serves?.port ?? PORT,
      transport: "auto",
      clientCertificateMode: "ignore",
      trafficWeight: [{ latestRevision: true, percentage: 100 }],
    };
  }
}

function containerOf(container: AppContainer, clientId: string) {
  const { name, image, cpu, memoryGiB, env = {}, args, port = PORT, startupPath, livenessPath } = container;
  return {
    name,
    image,
    cpu,
    memory: `${memoryGiB}Gi`,
    ...(args ? { args: [...args] } : {}),
    // Of several identities a program says which one it means, also where there is but one.
    env: Object.entries({ ...env, AZURE_CLIENT_ID: clientId }).map(([key, value]) => ({ name: key, value })),
    startupProbe: [{ ...STARTUP, port, ...(startupPath === undefined ? { transport: "TCP" } : http(startupPath)) }],
    ...(livenessPath === undefined ? {} : { livenessProbe: [{ ...LIVENESS, port, ...http(livenessPath) }] }),
  };
}

function http(path: string) {
  return { transport: "HTTP", path };
}
