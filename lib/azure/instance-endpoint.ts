import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServableOnAzure } from "../core/azure-serving-limits";
import { UserError } from "../core/errors";
import { releaseOwned } from "../core/release-owned";
import { Construct } from "../framework";
import { LinuxVirtualMachine, NetworkInterface } from "./bindings";
import { diskEncryption } from "./disk-encryption";
import type { AzureEstate } from "./estate";
import { AzureHost } from "./host";
import { nobodysKey } from "./parts/nobodys-key";
import { machineAddress } from "./parts/serving-address";
import { servedRelease, servingCustomData } from "./parts/serving-machine";
import { SERVING_PORT, servingEnv } from "./serving-settings";
import { azureIdentity } from "./workload-identity";

/** https://documentation.ubuntu.com/azure/azure-how-to/instances/find-ubuntu-images/ */
const SYSTEM = { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" } as const;
/** Azure makes an account in any case; nobody has its key, and the machine does not listen for logins. */
const ACCOUNT = "operator";

/**
 * Production on one machine, for estates that want to see where their model runs. It keeps nothing: models come from the
 * storage, logs go there, so it is made anew when what it starts with changes. Whoever is in the network may call it.
 */
export class AzureInstanceEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ModelEndpointProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    requireServableOnAzure(props);
    requireInternet(estate);
    const address = machineAddress(estate.settings.addresses);
    this.machine(address);
    this.uri = `http://${this.hostOf(address)}:${SERVING_PORT}`;
  }

  private hostOf(address: string): string {
    const { host } = this.props;
    if (host === undefined) return address;
    new AzureHost(this, "Host", { host, address, visibility: "private", role: "serving" }, this.estate);
    return host;
  }

  private machine(address: string): LinuxVirtualMachine {
    const { props, estate } = this;
    const { resourceId } = azureIdentity(props.identity);
    const disks = diskEncryption(this, "serving", estate);
    return new LinuxVirtualMachine(this, "Machine", {
      name: estate.name("virtualMachine", "serving"),
      computerName: "serving",
      ...estate.placed(this),
      size: estate.machine(props.class).type,
      ...(estate.zone === undefined ? {} : { zone: estate.zone }),
      networkInterfaceIds: [this.networkCard(address).id],
      sourceImageReference: SYSTEM,
      osDisk: {
        caching: "ReadWrite",
        storageAccountType: "StandardSSD_LRS",
        ...(disks ? { diskEncryptionSetId: disks.id } : {}),
      },
      encryptionAtHostEnabled: true,
      secureBootEnabled: true,
      vtpmEnabled: true,
      adminUsername: ACCOUNT,
      adminSshKey: [{ username: ACCOUNT, publicKey: nobodysKey() }],
      disablePasswordAuthentication: true,
      allowExtensionOperations: false,
      bootDiagnostics: {},
      identity: { type: "UserAssigned", identityIds: [resourceId] },
      customData: this.customData(resourceId),
      userData: servedRelease({ image: estate.builtImage("serving"), model: "" }),
      lifecycle: { ignoreChanges: releaseOwned("azurerm_linux_virtual_machine") },
    });
  }

  /** Without a public address. */
  private networkCard(address: string): NetworkInterface {
    const { estate } = this;
    return new NetworkInterface(this, "Card", {
      name: estate.name("networkInterface", "serving"),
      ...estate.placed(this),
      ipForwardingEnabled: false,
      acceleratedNetworkingEnabled: true,
      ipConfiguration: [
        {
          name: "primary",
          subnetId: estate.subnet("instances"),
          privateIpAddressAllocation: "Static",
          privateIpAddress: address,
        },
      ],
    });
  }

  private customData(identity: string): string {
    const { estate, props } = this;
    const { SERVING_MODEL: _released, ...env } = servingEnv({ place: "production", logging: props.logging }, estate);
    return servingCustomData({
      registry: estate.imagePrefix,
      tenant: estate.settings.tenant,
      identity,
      port: SERVING_PORT,
      // Which of the machine's identities is meant: a policy of the organisation may give it others.
      env: { ...env, AZURE_IDENTITY_ID: identity },
    });
  }
}

/** @throws UserError where the machine could not fetch what runs its container */
function requireInternet({ settings }: AzureEstate): void {
  if (settings.internet) return;
  throw new UserError({
    where: "serving.production.target",
    message:
      "got instance with network.internet: false, and a single machine installs its container runtime from Ubuntu's archive",
    fix: "Use target: serverless, or network.internet: true",
  });
}
