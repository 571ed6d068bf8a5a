import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import {
  ContainerAppEnvironment,
  PrivateDnsARecord,
  PrivateDnsZone,
  PrivateDnsZoneVirtualNetworkLink,
} from "./bindings";
import { AzureDatabaseAdministrator } from "./database-administrator";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";

/**
 * The profile whose replicas are billed by the second. An environment has it under this name only:
 * https://learn.microsoft.com/en-us/azure/container-apps/workload-profiles-overview.
 */
export const CONSUMPTION = "Consumption";
/** Seconds that an answer may be kept. */
const TTL = 300;

/**
 * Where container apps and jobs run: inside the network, without a public address. Their names are resolved in a private zone
 * of the domain that Azure gives it. Microsoft's own keys encrypt what it keeps: the service takes no others, and images,
 * models and logs lie elsewhere.
 * https://learn.microsoft.com/en-us/azure/container-apps/private-endpoints-and-dns
 */
export class AzureContainerEnvironment extends Construct {
  constructor(scope: Construct, id: string, estate: AzureEstate) {
    super(scope, id);
    const { production, zones } = estate.settings;
    const environment = new ContainerAppEnvironment(this, "Environment", {
      name: estate.name("containerEnvironment", "ml"),
      ...estate.placed(this),
      infrastructureSubnetId: estate.subnet("apps"),
      infrastructureResourceGroupName: estate.name("resourceGroup", "apps"),
      internalLoadBalancerEnabled: true,
      publicNetworkAccess: "Disabled",
      zoneRedundancyEnabled: production && zones.length > 1,
      // To the workspace by a diagnostic setting: the other way needs the workspace's key.
      logsDestination: "azure-monitor",
      workloadProfile: [{ name: CONSUMPTION, workloadProfileType: CONSUMPTION }],
    });
    sendLogs(this, "Logs", { of: environment.id, logs: ["allLogs"] }, estate);
    this.resolve(environment, estate);
    new AzureDatabaseAdministrator(this, "DatabaseAdministrator", estate);
  }

  private resolve(environment: ContainerAppEnvironment, estate: AzureEstate): void {
    const tags = estate.tags(this);
    const domain = handOver(this, {
      key: "containerDomain",
      value: environment.defaultDomain,
      example: `kindhill-0a1b2c3d.${estate.settings.region}.azurecontainerapps.io`,
      description: "Domain of the container apps",
    });
    const zone = new PrivateDnsZone(this, "Zone", { name: domain, resourceGroupName: estate.resourceGroup, tags });
    const record = (id: string, name: string) =>
      new PrivateDnsARecord(this, id, {
        name,
        zoneName: zone.name,
        resourceGroupName: estate.resourceGroup,
        ttl: TTL,
        records: [environment.staticIpAddress],
        tags,
      });
    record("Apps", "*");
    record("Itself", "@");
    new PrivateDnsZoneVirtualNetworkLink(this, "Link", {
      name: estate.name("containerEnvironment", "ml"),
      resourceGroupName: estate.resourceGroup,
      privateDnsZoneName: zone.name,
      virtualNetworkId: estate.network,
      registrationEnabled: false,
      tags,
    });
  }
}
