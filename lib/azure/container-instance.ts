import { handOver } from "../core/outputs";
import { releaseOwned } from "../core/release-owned";
import { Construct } from "../framework";
import { ContainerGroup } from "./bindings";
import type { AppContainer } from "./container-app";
import type { AzureEstate } from "./estate";
import { HEALTH_PATH, SERVING_PORT } from "./serving-settings";
import type { AzureWorkloadIdentity } from "./workload-identity";

/** Azure's own resolver: a group asks nobody unless told, https://learn.microsoft.com/en-us/azure/container-instances/container-instances-virtual-network-concepts#other-limitations. */
const RESOLVER = "168.63.129.16";
const LIVENESS = { initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 } as const;
const READINESS = { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 } as const;

/** One container that always runs. */
export interface ContainerInstanceProps {
  /** What it is for, in its name: `qa`. */
  readonly role: string;
  /** Who it runs as; the image is pulled as the same. */
  readonly identity: AzureWorkloadIdentity;
  readonly container: AppContainer;
}

/**
 * One container on Container Instances, inside the network, which talks plain HTTP there. Its address is another one whenever
 * Azure starts it anew. Azure's own key encrypts what the service knows of it: it takes another one only with a version, which
 * would end with the key's next rotation, and no secret and no data is among it.
 */
export class AzureContainerInstance extends Construct {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    { role, identity, container }: ContainerInstanceProps,
    estate: AzureEstate,
  ) {
    super(scope, id);
    const group = new ContainerGroup(this, "Group", {
      name: estate.name("containerGroup", role),
      ...estate.placed(this),
      osType: "Linux",
      ipAddressType: "Private",
      subnetIds: [estate.subnet("containers")],
      dnsConfig: { nameservers: [RESOLVER] },
      restartPolicy: "Always",
      identity: { type: "UserAssigned", identityIds: [identity.resourceId] },
      imageRegistryCredential: [{ server: estate.imagePrefix, userAssignedIdentityId: identity.resourceId }],
      container: [containerOf(container, identity.clientId)],
      lifecycle: { ignoreChanges: releaseOwned("azurerm_container_group") },
    });
    const address = handOver(this, {
      key: `${role}Address`,
      value: group.ipAddress,
      example: "10.20.118.4",
      description: `IP address of the container ${role}`,
    });
    this.uri = `http://${address}:${container.port ?? SERVING_PORT}`;
  }
}

function containerOf({ name, image, cpu, memoryGiB, env = {}, port = SERVING_PORT }: AppContainer, clientId: string) {
  const asked = { httpGet: [{ path: HEALTH_PATH, port, scheme: "http" }] };
  return {
    name,
    image,
    cpu,
    memory: memoryGiB,
    cpuLimit: cpu,
    memoryLimit: memoryGiB,
    ports: [{ port, protocol: "TCP" }],
    // Nothing of it is secret; this kind is the one that Azure shows to nobody.
    secureEnvironmentVariables: { ...env, AZURE_CLIENT_ID: clientId },
    livenessProbe: { ...LIVENESS, ...asked },
    readinessProbe: { ...READINESS, ...asked },
  };
}
