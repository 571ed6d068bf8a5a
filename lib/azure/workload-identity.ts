import type { IWorkloadIdentity, WorkloadIdentityProps } from "../contracts/workload-identity";
import { awaitedByName } from "../core/ordering";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { FederatedIdentityCredential, UserAssignedIdentity } from "./bindings";
import type { AzureEstate } from "./estate";

/** Who a federated token is for, https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust. */
export const FEDERATION_AUDIENCE = "api://AzureADTokenExchange";

/** The user-assigned identity a workload runs as. A pod acts as it by the cluster's tokens, without a key. */
export class AzureWorkloadIdentity extends Construct implements IWorkloadIdentity {
  /** Its object id, which Entra gives: what role assignments name. */
  readonly principal: string;
  /** What a program names to act as it. */
  readonly clientId: string;
  readonly serviceAccount: string | null;
  /** What resources name it by; known before it is made. Whatever mentions it in this layer waits for it. */
  readonly resourceId: string;
  /** The same as Azure gives it, for what stands in the identity itself. */
  readonly identityId: string;
  /** Its name, also its user's in the databases. */
  readonly name: string;

  constructor(scope: Construct, id: string, { workload, kubernetes }: WorkloadIdentityProps, estate: AzureEstate) {
    super(scope, id);
    const word = workload.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    this.name = estate.identityName(workload);
    this.resourceId = estate.identity(workload);
    const identity = new UserAssignedIdentity(this, "Identity", { name: this.name, ...estate.placed(this) });
    this.identityId = identity.id;
    awaitedByName(this, this.resourceId, [identity]);
    this.serviceAccount = kubernetes?.serviceAccount ?? null;
    this.principal = handOver(this, {
      key: `${word}ObjectId`,
      value: identity.principalId,
      example: "00000000-0000-4000-8000-0000000000a1",
      description: `Object id of the identity ${workload}`,
    });
    this.clientId = handOver(this, {
      key: `${word}ClientId`,
      value: identity.clientId,
      example: "00000000-0000-4000-8000-0000000000c1",
      description: `Client id of the identity ${workload}`,
    });
    if (kubernetes === undefined) return;
    new FederatedIdentityCredential(this, "Kubernetes", {
      name: estate.name("federatedCredential", `${kubernetes.namespace}-${kubernetes.serviceAccount}`),
      resourceGroupName: estate.resourceGroup,
      parentId: identity.id,
      audience: [FEDERATION_AUDIENCE],
      issuer: estate.shared("clusterIssuer"),
      subject: `system:serviceaccount:${kubernetes.namespace}:${kubernetes.serviceAccount}`,
    });
  }
}

/** What the platform made a workload's identity of. */
export function azureIdentity(identity: IWorkloadIdentity): AzureWorkloadIdentity {
  if (identity instanceof AzureWorkloadIdentity) return identity;
  throw new Error(`${identity.node.path} is no identity of Azure: a platform's parts take its own identities only`);
}
