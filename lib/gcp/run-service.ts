import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { UserError } from "../core/errors";
import { sameLayer } from "../core/ordering";
import { releaseOwned } from "../core/release-owned";
import { Construct, type TerraformResource } from "../framework";
import { CloudRunV2Service, CloudRunV2ServiceIamMember } from "./bindings";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";

/** Who may call a service: https://cloud.google.com/run/docs/securing/managing-access. */
const INVOKE = "roles/run.invoker";

/** From where a service is reached, https://cloud.google.com/run/docs/securing/ingress. A caller needs the right to invoke it in any case. */
const INGRESS = { internal: "INGRESS_TRAFFIC_INTERNAL_ONLY", all: "INGRESS_TRAFFIC_ALL" } as const;

/** Longest label of a host name; with a longer one there is no address that can be known before. */
const DNS_LABEL = 63;

/** How patient probes are, seconds: a start may take four minutes, the most that Cloud Run waits. */
const STARTUP = { timeoutSeconds: 5, periodSeconds: 5, failureThreshold: 48 } as const;
const LIVENESS = { timeoutSeconds: 5, periodSeconds: 30, failureThreshold: 3 } as const;

/** One container of an instance. */
export interface RunContainer {
  /** A DNS label. */
  readonly name: string;
  /** By digest. */
  readonly image: string;
  /** Replaces the image's entry point. @default - the image's */
  readonly command?: readonly string[];
  /** @default - the image's */
  readonly args?: readonly string[];
  /** @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Resource name of a secret by the name of the variable that holds its latest value. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Processors: `1`, `500m`. */
  readonly cpu: string;
  /** `512Mi`. */
  readonly memory: string;
  /** Where the container listens; probes ask there. @default 8080 */
  readonly port?: number;
  /** Answers 200 as soon as the container may be used. @default - it may as soon as the port is open */
  readonly startupPath?: string;
  /** Answers 200 as long as the container works. @default - not asked */
  readonly livenessPath?: string;
  /** Names of the containers that must be ready before this one starts. @default - none */
  readonly after?: readonly string[];
}

/** A service of containers. */
export interface RunServiceProps {
  /** What it is for, in its name: `tracking`. */
  readonly role: string;
  /** Mail address of the service account it runs as. */
  readonly account: string;
  /** The first is the one that serves, the others stand by it. */
  readonly containers: readonly RunContainer[];
  /** Whether it is reached from the network (and the project's own schedules and events) only, or from everywhere. */
  readonly ingress: keyof typeof INGRESS;
  readonly instances: { readonly min: number; readonly max: number };
  /** Requests that an instance works on at once. @default 80 */
  readonly concurrency?: number;
  /** How long a request may take. @default 300 */
  readonly timeoutSeconds?: number;
  /** Whether a release puts image and traffic in place: they are ignored after creation. @default false */
  readonly releaseOwned?: boolean;
  /** Whether an instance may work between requests too, which is billed. @default false */
  readonly alwaysOnCpu?: boolean;
  /** Rights without which its containers do not start. @default - none */
  readonly needs?: readonly TerraformResource[];
}

/**
 * A service on Cloud Run: callers prove who they are, it runs as an account of its own, its connections go through the
 * environment's network, and only images that the project's policy admits are started.
 */
export class GcpRunService extends Construct {
  /** Known before it is made: https://cloud.google.com/run/docs/triggering/https-request#deterministic. */
  readonly uri: string;
  /** `projects/PROJECT/locations/REGION/services/NAME`. */
  readonly resourceName: string;
  readonly grants: { invoke(to: IWorkloadIdentity): void };
  private readonly service: CloudRunV2Service;
  private readonly serviceName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RunServiceProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { production, region } = estate.settings;
    this.serviceName = estate.name("runService", props.role);
    this.uri = runUri(estate, props.role);
    this.resourceName = `${estate.location}/services/${this.serviceName}`;
    this.service = new CloudRunV2Service(this, "Service", {
      name: this.serviceName,
      location: region,
      ingress: INGRESS[props.ingress],
      invokerIamDisabled: false,
      launchStage: "GA",
      deletionProtection: production,
      labels: estate.labels(this),
      binaryAuthorization: { useDefault: true },
      // Of the service, not of a revision: two revisions that share the traffic share the instances. None is said by silence.
      ...(props.instances.min > 0 ? { scaling: { minInstanceCount: props.instances.min } } : {}),
      template: this.template(),
      traffic: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
      ...(props.needs ? { dependsOn: [...props.needs] } : {}),
      ...(props.releaseOwned ? { lifecycle: { ignoreChanges: releaseOwned("google_cloud_run_v2_service") } } : {}),
    });
    this.grants = { invoke: (to) => this.grantInvoke(to) };
  }

  /** Lets people, or anybody else who has no workload of their own, call the service. */
  admit(id: string, member: string): void {
    new CloudRunV2ServiceIamMember(this, id, {
      name: this.service.name,
      location: this.estate.settings.region,
      role: INVOKE,
      member,
    });
  }

  private template() {
    const { props, estate } = this;
    const { concurrency = 80, timeoutSeconds = 300, instances, alwaysOnCpu = false } = props;
    return {
      serviceAccount: props.account,
      encryptionKey: estate.key("ml"),
      executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
      timeout: `${timeoutSeconds}s`,
      maxInstanceRequestConcurrency: concurrency,
      labels: estate.labels(this),
      scaling: { maxInstanceCount: instances.max },
      vpcAccess: {
        // Everything: the network's rules and logs see each connection, and services with internal ingress, whose
        // addresses are public ones, are reached from the network only.
        egress: "ALL_TRAFFIC",
        networkInterfaces: [{ network: estate.network, subnetwork: estate.subnet("serverless") }],
      },
      containers: props.containers.map((container, index) => containerOf(container, index === 0, alwaysOnCpu)),
    };
  }

  private grantInvoke(to: IWorkloadIdentity): void {
    const { props, estate } = this;
    grantOnce(this, to, `${props.role}-invoke`, (scope, id) => {
      new CloudRunV2ServiceIamMember(scope, id, {
        // Inside a layer the reference says what is made first; between layers the name is enough.
        name: sameLayer(this, scope) ? this.service.name : this.serviceName,
        location: estate.settings.region,
        role: INVOKE,
        member: to.principal,
      });
    });
  }
}

/**
 * Address of a service by its role.
 * @throws UserError when the name is too long for an address that is known before
 */
export function runUri(estate: GcpEstate, role: string): string {
  const { projectNumber, region } = estate.settings;
  const label = `${estate.name("runService", role)}-${projectNumber}`;
  if (label.length > DNS_LABEL) {
    throw new UserError({
      where: "organisation",
      message: `the address of the service ${role} would begin with ${label}, ${label.length} characters; at most ${DNS_LABEL} are allowed`,
      fix: "Choose a shorter organisation or environment name",
    });
  }
  return `https://${label}.${region}.run.app`;
}

function containerOf(container: RunContainer, serves: boolean, alwaysOnCpu: boolean) {
  const { name, image, command, args, cpu, memory, port = 8080, startupPath, livenessPath, after } = container;
  return {
    name,
    image,
    ...(command ? { command: [...command] } : {}),
    ...(args ? { args: [...args] } : {}),
    ...(after ? { dependsOn: [...after] } : {}),
    // Only the container that serves may name a port; the others' is for their probes.
    ...(serves ? { ports: { name: "http1", containerPort: port } } : {}),
    env: envOf(container),
    resources: { limits: { cpu, memory }, cpuIdle: !alwaysOnCpu, startupCpuBoost: true },
    startupProbe: {
      ...STARTUP,
      ...(startupPath === undefined ? { tcpSocket: { port } } : { httpGet: { path: startupPath, port } }),
    },
    ...(livenessPath === undefined ? {} : { livenessProbe: { ...LIVENESS, httpGet: { path: livenessPath, port } } }),
  };
}

function envOf({ env = {}, secrets = {} }: RunContainer) {
  return [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, secret]) => ({
      name,
      valueSource: { secretKeyRef: { secret, version: "latest" } },
    })),
  ];
}
