import type { CiIdentitiesProps, ICiIdentities } from "../contracts/ci-identities";
import { shortHash } from "../core/hash";
import { Construct } from "../framework";
import { FederatedIdentityCredential, RoleAssignment, RoleDefinition } from "./bindings";
import type { AzureEstate } from "./estate";
import { assignRole } from "./grants";
import {
  BUDGET_ACTIONS,
  grantCondition,
  LOOK_ACTIONS,
  PLAN_ACTIONS,
  POLICY_ACTIONS,
  stateCondition,
} from "./parts/ci-roles";
import { type Federation, federationOf } from "./parts/federation";
import { AzureWorkloadIdentity, FEDERATION_AUDIENCE } from "./workload-identity";

/** Version of the language of conditions, https://learn.microsoft.com/en-us/azure/role-based-access-control/conditions-format. */
const CONDITIONS = "2.0";

/** What is different between the one who plans and the one who deploys. */
interface Rights {
  /** Roles on the resource group. */
  readonly group: readonly string[];
  /** Role on the environment's states. */
  readonly state: string;
}

const PLAN: Rights = { group: ["Reader"], state: "Storage Blob Data Reader" };
/**
 * Makes everything, without saying who may use it; the locks, which are no part of it; what lies inside the cluster, where no
 * other account is let in. See {@link grantCondition} for the rest.
 */
const APPLY: Rights = {
  group: ["Contributor", "Locks Contributor", "Azure Kubernetes Service RBAC Cluster Admin"],
  state: "Storage Blob Data Contributor",
};

/**
 * Two identities without keys, for the CI of the repository that holds this configuration. The one that plans reads and
 * takes no lock (`mlops plan` runs with -lock=false), so it cannot write the state either. The one that deploys may give the
 * listed roles to identities and groups, and nothing else to anybody: neither Owner nor custom roles. Who may act as an
 * identity it does say, of these two too: that is what deploying workloads is, and why only the protected environment of
 * the repository gets it.
 *
 * Roles and custom roles of these two are made by the person who deploys the foundation as owner of the subscription, not
 * by CI. What lies outside the group cannot be given here: subnets in another group's network need `Network Contributor`
 * there, records in existing private zones `Private DNS Zone Contributor`, keys and secrets of an existing vault
 * `Key Vault Contributor` and `Role Based Access Control Administrator`.
 */
export class AzureCiIdentities extends Construct implements ICiIdentities {
  readonly plan: string;
  readonly apply: string;
  readonly provider: string;

  constructor(
    scope: Construct,
    id: string,
    props: CiIdentitiesProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { environment, subscription, tenant } = estate.settings;
    const federation = federationOf(props, environment, this.node.path);
    const plan = this.identity("plan", federation, PLAN);
    const apply = this.identity("apply", federation, APPLY);
    const all = `/subscriptions/${subscription}`;
    const look = this.role("look", all, LOOK_ACTIONS);
    this.giveRole("plan-look", plan, look);
    this.giveRole("apply-look", apply, look);
    this.giveRole("apply-budget", apply, this.role("budget", all, BUDGET_ACTIONS));
    this.giveRole("apply-policies", apply, this.role("policies", estate.resourceGroupId, POLICY_ACTIONS));
    this.giveRole("plan-compare", plan, this.role("compare", estate.resourceGroupId, PLAN_ACTIONS));
    this.grantListedRoles(apply);
    this.plan = plan.clientId;
    this.apply = apply.clientId;
    this.provider = tenant;
  }

  /** An identity that may be acted as by these subjects, with its rights on the group and on the states. */
  private identity(role: "plan" | "apply", federation: Federation, rights: Rights): AzureWorkloadIdentity {
    const { estate } = this;
    const identity = new AzureWorkloadIdentity(this, role, { workload: `ci-${role}` }, estate);
    for (const subject of new Set(federation[role])) {
      // By its digest, so that one that is added or taken out leaves the others alone.
      const word = shortHash(subject);
      new FederatedIdentityCredential(identity, `Subject-${word}`, {
        name: estate.name("federatedCredential", `ci-${role}-${word}`),
        resourceGroupName: estate.resourceGroup,
        parentId: identity.identityId,
        audience: [FEDERATION_AUDIENCE],
        issuer: federation.issuer,
        subject,
      });
    }
    for (const name of rights.group) {
      const id = `group-${name.replace(/ /g, "-").toLowerCase()}`;
      assignRole(identity, id, { principal: identity.principal, role: name, scope: estate.resourceGroupId });
    }
    this.useState(identity, rights.state);
    return identity;
  }

  /** The environment's states and no other's, in the same container. */
  private useState(identity: AzureWorkloadIdentity, role: string): void {
    const { stateContainerId, statePrefix } = this.estate;
    if (stateContainerId === undefined) return;
    new RoleAssignment(identity, "State", {
      scope: stateContainerId,
      roleDefinitionName: role,
      principalId: identity.principal,
      principalType: "ServicePrincipal",
      skipServicePrincipalAadCheck: true,
      condition: stateCondition(statePrefix),
      conditionVersion: CONDITIONS,
    });
  }

  /** A role of its own, for what no built-in one gives without giving too much. */
  private role(word: string, scope: string, actions: Readonly<Record<string, string>>): RoleDefinition {
    const { subscription, environment } = this.estate.settings;
    return new RoleDefinition(this, `Role-${word}`, {
      // Unique in the tenant.
      name: `${this.estate.identityName(`ci-${word}`)} ${subscription}`,
      scope,
      description: `CI of ${environment}: ${Object.values(actions).join("; ")}.`,
      permissions: [{ actions: Object.keys(actions) }],
      assignableScopes: [scope],
    });
  }

  private giveRole(id: string, { principal }: AzureWorkloadIdentity, role: RoleDefinition): void {
    new RoleAssignment(this, id, {
      scope: role.scope,
      roleDefinitionId: role.roleDefinitionResourceId,
      principalId: principal,
      principalType: "ServicePrincipal",
      skipServicePrincipalAadCheck: true,
    });
  }

  /** Roles in the group are given by whoever administers them; the condition leaves only the listed ones. */
  private grantListedRoles({ principal }: AzureWorkloadIdentity): void {
    new RoleAssignment(this, "apply-Grants", {
      scope: this.estate.resourceGroupId,
      roleDefinitionName: "Role Based Access Control Administrator",
      principalId: principal,
      principalType: "ServicePrincipal",
      skipServicePrincipalAadCheck: true,
      description: "Listed roles only, to identities and groups.",
      condition: grantCondition(),
      conditionVersion: CONDITIONS,
    });
  }
}
