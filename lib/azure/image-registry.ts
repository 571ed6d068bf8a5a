import type { IImageRegistry } from "../contracts/image-registry";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { ContainerRegistry, ContainerRegistryCacheRule } from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";
import { MIRROR_NAMES, MIRRORS, type MirrorName, mirrorPath } from "./parts/mirrors";
import { privateEndpoint } from "./private-endpoint";
import { protect } from "./protection";

/** Roles on the registry, https://learn.microsoft.com/en-us/azure/container-registry/container-registry-rbac-built-in-roles-overview. */
const ROLES = { pull: "AcrPull", push: "AcrPush" } as const;

/** An image without a tag is one that a later push took it from, or a failed build. */
const UNTAGGED_DAYS = 30;

/**
 * A private registry: own images at its root, images of outside registries under `mirror-…`, fetched when first asked for.
 *
 * A registry of Azure cannot be told that no tag ever moves: a tag is locked where it is pushed, over the data plane
 * (`az acr repository update --image NAME:TAG --write-enabled false`), which is the build's part. What is deployed is named
 * by its digest, so that a moved tag changes nothing that runs.
 * https://learn.microsoft.com/en-us/azure/container-registry/container-registry-image-lock
 */
export class AzureImageRegistry extends Construct implements IImageRegistry {
  readonly prefix: string;
  readonly grants: { pull(to: IWorkloadIdentity): void; push(to: IWorkloadIdentity): void };

  constructor(
    scope: Construct,
    id: string,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const registry = this.makeRegistry();
    awaitedByName(this, estate.registryId, [registry]);
    protect(this, { id: registry.id, deletionProtection: estate.settings.production }, estate);
    // One endpoint for both of its addresses: the registry's and the one that layers are fetched from.
    privateEndpoint(
      this,
      "Endpoint",
      { of: registry.id, name: "images", subresource: "registry", zones: ["registry"] },
      estate,
    );
    sendLogs(this, "Logs", { of: registry.id, logs: ["allLogs"] }, estate);
    for (const mirror of MIRROR_NAMES) this.mirror(mirror, registry);
    this.prefix = estate.imagePrefix;
    this.grants = { pull: (to) => this.grant(to, "pull"), push: (to) => this.grant(to, "push") };
  }

  private makeRegistry(): ContainerRegistry {
    const { estate } = this;
    const { production, zones } = estate.settings;
    return new ContainerRegistry(this, "Registry", {
      ...estate.placed(this),
      name: estate.registry,
      // The only tier with private endpoints.
      sku: "Premium",
      adminEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccessEnabled: false,
      networkRuleSet: [{ defaultAction: "Deny" }],
      // Defender, Azure ML and the registry's own fetching, each with a role.
      networkRuleBypassOption: "AzureServices",
      dataEndpointEnabled: true,
      exportPolicyEnabled: false,
      retentionPolicyInDays: UNTAGGED_DAYS,
      // Costs nothing, and Azure does it by itself wherever there are zones:
      // https://learn.microsoft.com/en-us/azure/container-registry/zone-redundancy.
      zoneRedundancyEnabled: zones.length > 0,
      ...encryption(estate),
      ...(production ? { lifecycle: { preventDestroy: true } } : {}),
    });
  }

  private mirror(name: MirrorName, registry: ContainerRegistry): void {
    new ContainerRegistryCacheRule(this, `Mirror-${name}`, {
      name: mirrorPath(name),
      containerRegistryId: registry.id,
      sourceRepo: `${MIRRORS[name].upstream}/*`,
      targetRepo: `${mirrorPath(name)}/*`,
    });
  }

  private grant(to: IWorkloadIdentity, right: keyof typeof ROLES): void {
    grantOnce(this, to, { right, role: ROLES[right], scope: this.estate.registryId });
  }
}

/** With the environment's own key from the first day: it cannot be given later. Without a version, so that a rotated key is taken by itself. */
function encryption(estate: AzureEstate) {
  const keyVaultKeyId = estate.keyUri("registry");
  return keyVaultKeyId === undefined
    ? {}
    : {
        identity: { type: "UserAssigned", identityIds: [estate.identity("encryption")] },
        encryption: [{ keyVaultKeyId, identityClientId: estate.shared("encryptionClientId") }],
      };
}
