/** What stands in the resource group for an environment: found by its tags, told in no cloud's words. */
import type { PartStatus } from "../../contracts/operator";
import { type Json, object, objects, text } from "../../core/json";
import type { Service } from "./client";
import type { AzureContext } from "./context";

type State = PartStatus["state"];
type Row = Pick<PartStatus, "state"> & Partial<PartStatus>;

/** One kind of resource: where its list is below the resource group, and how a row reads. */
interface Kind {
  readonly service: Service;
  readonly list: (context: AzureContext) => string;
  readonly read: (properties: Json, row: Json) => Row;
}

const orNull = (value: unknown) => text(value) || null;
const stateOf = (table: Readonly<Record<string, State>>, value: unknown): State => table[text(value)] ?? "starting";
const below = (type: string) => () => `/providers/${type}`;

/** https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/troubleshoot-provisioning-state */
const MADE: Readonly<Record<string, State>> = { Succeeded: "running", Failed: "failed", Canceled: "failed" };
/** https://learn.microsoft.com/en-us/rest/api/postgresql/servers/get#serverstate */
const DATABASE: Readonly<Record<string, State>> = { Ready: "running", Stopped: "stopped", Disabled: "failed" };
/** https://learn.microsoft.com/en-us/azure/service-bus-messaging/entity-suspend */
const QUEUE: Readonly<Record<string, State>> = { Active: "running", Disabled: "stopped", Failed: "failed" };

const database = (properties: Json): Row => ({
  state: stateOf(DATABASE, properties.state),
  address: orNull(properties.fullyQualifiedDomainName),
  version: orNull(properties.version),
});

const KINDS: readonly Kind[] = [
  {
    service: "kubernetes",
    list: below("Microsoft.ContainerService/managedClusters"),
    read: (properties) => ({
      state:
        text(object(properties.powerState)?.code) === "Stopped"
          ? "stopped"
          : stateOf(MADE, properties.provisioningState),
      address: orNull(properties.privateFQDN ?? properties.fqdn),
      version: orNull(properties.currentKubernetesVersion),
    }),
  },
  { service: "postgres", list: below("Microsoft.DBforPostgreSQL/flexibleServers"), read: database },
  { service: "mysql", list: below("Microsoft.DBforMySQL/flexibleServers"), read: database },
  {
    service: "serviceBus",
    list: below("Microsoft.ServiceBus/namespaces"),
    read: (properties) => ({
      state: stateOf(QUEUE, properties.status),
      address: orNull(properties.serviceBusEndpoint),
    }),
  },
  {
    service: "containerApps",
    list: below("Microsoft.App/containerApps"),
    read: (properties) => {
      const host = text(object(object(properties.configuration)?.ingress)?.fqdn);
      return {
        state: text(properties.runningStatus) === "Stopped" ? "stopped" : stateOf(MADE, properties.provisioningState),
        address: host === "" ? null : `https://${host}`,
        version: orNull(properties.latestReadyRevisionName),
      };
    },
  },
  {
    service: "containerInstances",
    list: below("Microsoft.ContainerInstance/containerGroups"),
    read: (properties) => ({
      state: stateOf(MADE, properties.provisioningState),
      address: orNull(object(properties.ipAddress)?.ip),
      version:
        objects(properties.containers)
          .map((container) => text(object(container.properties)?.image))
          .join(", ") || null,
    }),
  },
  {
    service: "compute",
    list: below("Microsoft.Compute/virtualMachines"),
    read: (properties) => ({ state: stateOf(MADE, properties.provisioningState) }),
  },
  {
    service: "machineLearning",
    list: below("Microsoft.MachineLearningServices/workspaces"),
    read: (properties) => ({
      state: stateOf(MADE, properties.provisioningState),
      address: orNull(properties.mlFlowTrackingUri),
    }),
  },
  {
    service: "machineLearning",
    list: ({ names }) => `/providers/Microsoft.MachineLearningServices/workspaces/${names.workspace}/onlineEndpoints`,
    read: (properties) => {
      const traffic = Object.entries(object(properties.traffic) ?? {}).filter(([, share]) => Number(share) > 0);
      const made = stateOf(MADE, properties.provisioningState);
      return {
        state: made === "running" && traffic.length === 0 ? "stopped" : made,
        address: orNull(properties.scoringUri),
        version: traffic.map(([name, share]) => `${name} ${share} %`).join(", ") || null,
        detail: traffic.length > 0 ? null : "no model is deployed to it: a release does that",
      };
    },
  },
  {
    service: "machineLearning",
    list: ({ names }) => `/providers/Microsoft.MachineLearningServices/workspaces/${names.workspace}/batchEndpoints`,
    read: (properties) => ({
      state: stateOf(MADE, properties.provisioningState),
      address: orNull(properties.scoringUri),
      version: orNull(object(properties.defaults)?.deploymentName),
    }),
  },
];

/** Every part that carries the environment's tag, by layer and name. */
export async function estateStatus(context: AzureContext): Promise<readonly PartStatus[]> {
  const { client, names, settings } = context;
  const lists = await Promise.all(
    KINDS.map(async ({ service, list, read }) => {
      const rows = await client.list(service, `${names.resourceGroupId}${list(context)}`);
      return rows.flatMap((row) => {
        const { environment, layer } = object(row.tags) ?? {};
        return environment === settings.environment
          ? [complete(text(row.name), text(layer), { ...since(row), ...read(object(row.properties) ?? {}, row) })]
          : [];
      });
    }),
  );
  return lists.flat().sort((a, b) => (a.layer + a.part < b.layer + b.part ? -1 : 1));
}

const since = ({ systemData }: Json) => ({ since: orNull(object(systemData)?.createdAt) });

function complete(part: string, layer: string, row: Row): PartStatus {
  return {
    part,
    layer,
    healthy: row.state === "running",
    address: null,
    version: null,
    since: null,
    restarts: 0,
    lastExit: null,
    detail: null,
    ...row,
  };
}
