import { Construct } from "../framework";
import { DataFactory, DataFactoryCredentialUserManagedIdentity } from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import type { AzureWorkloadIdentity } from "./workload-identity";

/** A factory. */
export interface FactoryProps {
  /** What it is for, in its name. */
  readonly role: string;
  /** Who its flows run as. */
  readonly identity: AzureWorkloadIdentity;
}

/**
 * A Data Factory whose machines stand in a network of its own that Azure looks after, and whose flows run as an identity of
 * theirs. It is bound to no repository: the flows that come with the estate are Terraform's, and a bound factory would show
 * the repository's instead. People open it by their Entra login; what it costs is what runs.
 * https://learn.microsoft.com/en-us/azure/data-factory/managed-virtual-network-private-endpoint
 */
export class AzureDataFactory extends Construct {
  readonly id: string;
  /** Page where flows are built and looked at. */
  readonly uri: string;
  /** What flows name to act as the identity. */
  readonly credential: string;

  constructor(scope: Construct, id: string, { role, identity }: FactoryProps, estate: AzureEstate) {
    super(scope, id);
    const name = estate.name("dataFactory", role);
    const key = estate.keyUri("ml");
    const unwraps = estate.identity("encryption");
    const factory = new DataFactory(this, "Factory", {
      name,
      ...estate.placed(this),
      managedVirtualNetworkEnabled: true,
      publicNetworkEnabled: false,
      identity: {
        type: "UserAssigned",
        identityIds: key === undefined ? [identity.resourceId] : [identity.resourceId, unwraps],
      },
      ...(key === undefined ? {} : { customerManagedKeyId: key, customerManagedKeyIdentityId: unwraps }),
    });
    sendLogs(this, "Logs", { of: factory.id, logs: ["allLogs"] }, estate);
    this.id = factory.id;
    this.credential = new DataFactoryCredentialUserManagedIdentity(this, "Identity", {
      name: identity.name,
      dataFactoryId: factory.id,
      identityId: identity.resourceId,
    }).name;
    this.uri = `https://adf.azure.com/en/home?factory=${encodeURIComponent(estate.id("Microsoft.DataFactory/factories", name))}`;
  }
}
