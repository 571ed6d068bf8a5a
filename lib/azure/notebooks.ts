import type { INotebooks, NotebooksProps } from "../contracts/notebooks";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import { ResourcePolicyAssignment } from "./bindings";
import type { AzureEstate } from "./estate";
import { type ComputeInstanceBody, computeInstanceBody } from "./parts/azureml-compute";
import { OWN_STORE } from "./workspace-rights";
import { groupRight } from "./workspace-users";

/** The switch for root is in previews of the API only; Microsoft's own library sends it with whatever version. */
const TYPE = "Microsoft.MachineLearningServices/workspaces/computes@2025-10-01-preview";

/**
 * What nobody's instance may lack, whoever makes it: built-in policies on the workspace, which refuse it otherwise.
 * https://learn.microsoft.com/en-us/azure/machine-learning/policy-reference
 */
const POLICIES = {
  "idle-shutdown": {
    definition: "679ddf89-ab8f-48a5-9029-e76054077449",
    displayName: "Notebook instances stop when nobody uses them",
    fix: "Set a time for idle shutdown",
  },
  "no-local-login": {
    definition: "e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f",
    displayName: "Machines are entered with Entra only",
    fix: "Leave SSH off",
  },
} as const;

/** Makes and stops instances of one's own. */
const OPERATE = { right: "operate", role: "AzureML Compute Operator" } as const;
/** Notebooks lie in the share that every instance of the workspace has as its home. */
const HOME = { right: "home", role: "Storage File Data Privileged Contributor" } as const;

/**
 * Compute instances of the workspace. One belongs to one person, who alone may open it, so there is none that all share. Those whom the
 * configuration names get one; the others make their own, in the studio or by `az ml compute create`, and the policies hold
 * every one to the same: it stops when idle and nobody logs in by SSH. The managed network gives none a public address.
 *
 * An instance works as its person. It has no identity of its own: with one it would stop only if that might change the workspace.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-create-compute-instance#configure-idle-shutdown
 *
 * Whoever deploys this needs `Resource Policy Contributor` on the resource group.
 */
export class AzureNotebooks extends Construct implements INotebooks {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NotebooksProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { tenant, people = {}, groups } = estate.settings;
    const policies = this.makePolicies();
    for (const [person, objectId] of Object.entries(people)) this.makeInstance(person, objectId, policies);
    for (const [group, principal] of Object.entries(groups)) {
      groupRight(this, group, principal, { ...OPERATE, scope: estate.workspaceId });
      groupRight(this, group, principal, { ...HOME, scope: estate.storageAccountId(OWN_STORE) });
    }
    this.uri = `https://ml.azure.com/compute/list/instances?wsid=${estate.workspaceId}&tid=${tenant}`;
  }

  private makePolicies(): ResourcePolicyAssignment[] {
    return Object.entries(POLICIES).map(
      ([name, { definition, displayName, fix }]) =>
        new ResourcePolicyAssignment(this, `Policy-${name}`, {
          name,
          displayName,
          resourceId: this.estate.workspaceId,
          policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${definition}`,
          enforce: true,
          parameters: stableJson({ effect: { value: "Deny" } }),
          nonComplianceMessage: [{ content: fix }],
        }),
    );
  }

  private makeInstance(person: string, objectId: string, policies: ResourcePolicyAssignment[]): void {
    const { estate } = this;
    const { class: size = "cpu-small", idleShutdownMinutes = 60 } = this.props;
    const { region, tenant } = estate.settings;
    new AzapiResource<ComputeInstanceBody>(
      this,
      `Instance-${person}`,
      {
        type: TYPE,
        name: estate.name("mlComputeInstance", person),
        parentId: estate.workspaceId,
        location: region,
        tags: estate.tags(this),
        body: computeInstanceBody({
          vmSize: estate.machine(size, "mlCompute").type,
          idleMinutes: idleShutdownMinutes,
          user: { objectId, tenantId: tenant },
        }),
        dependsOn: policies,
      },
      estate,
    );
  }
}
