import type { DeliveryRule } from "../contracts/delivery";
import { Construct } from "../framework";
import {
  ApprovalCheck,
  BranchControlCheck,
  DeploymentEnvironment,
  ExclusiveLockCheck,
  ProjectGroup,
  type Shared,
} from "./azuredevops";
import type { AzureEstate } from "./estate";
import { refOf } from "./parts/refs";
import type { AzureDevOps } from "./parts/settings";

/** Minutes that a run waits for approval, for its turn, and for the look at its branch: days for people, an hour for machines. */
const WAIT = { approval: 7 * 24 * 60, turn: 24 * 60, branch: 60 } as const;

/** How a delivery gets in. */
type Way = "automatic" | "approved";

/** What environments are made of. */
export interface DeploymentEnvironmentsProps {
  readonly devops: AzureDevOps;
  /** The rules of this environment. */
  readonly rules: readonly DeliveryRule[];
}

/**
 * The places that deployment jobs name, one for each way in, because checks stand on the place: runs of the listed branches and
 * tags only, one at a time, and on the approved one after somebody of the approvers' group has agreed, who is not who
 * started it. The group is made empty: people are put into it in Azure DevOps, and until then nothing gets through.
 * https://learn.microsoft.com/en-us/azure/devops/pipelines/process/approvals
 */
export class AzureDeploymentEnvironments extends Construct {
  private readonly places = new Map<Way, Shared & { readonly name: string }>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DeploymentEnvironmentsProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    for (const way of ["automatic", "approved"] as const) {
      const rules = props.rules.filter((rule) => this.wayOf(rule) === way);
      if (rules.length > 0) this.places.set(way, this.place(way, rules));
    }
  }

  /** Where a rule's deployment goes. */
  of(rule: DeliveryRule): Shared & { readonly name: string } {
    const place = this.places.get(this.wayOf(rule));
    if (place === undefined)
      throw new Error(`${this.node.path} was made without the rule of ${rule.branch ?? rule.tag}`);
    return place;
  }

  /** Nothing reaches production without a person. */
  private wayOf({ deploy }: DeliveryRule): Way {
    return this.estate.settings.production || deploy === "approved" ? "approved" : "automatic";
  }

  private place(way: Way, rules: readonly DeliveryRule[]): Shared & { readonly name: string } {
    const { estate, props } = this;
    const { devops } = props;
    const { projectId } = devops;
    const name = estate.name("devOps", way);
    const description = `Deployments to ${estate.settings.environment}, ${way}`;
    const { id } = new DeploymentEnvironment(this, way, { projectId, name, description }, devops);
    const place = { id, type: "environment", name } as const;
    branchControl(this, `${way}-branches`, { on: place, rules }, devops);
    const target = { projectId, targetResourceId: id, targetResourceType: place.type };
    new ExclusiveLockCheck(this, `${way}-turn`, { ...target, timeout: WAIT.turn }, devops);
    if (way === "approved") this.approval(target);
    return place;
  }

  private approval(target: {
    readonly projectId: string;
    readonly targetResourceId: string;
    readonly targetResourceType: Shared["type"];
  }): void {
    const { estate, props } = this;
    const { environment } = estate.settings;
    const group = new ProjectGroup(
      this,
      "Approvers",
      {
        scope: props.devops.projectId,
        displayName: estate.name("devOps", "approvers"),
        description: `Approve deployments to ${environment}`,
      },
      props.devops,
    );
    new ApprovalCheck(
      this,
      "Approval",
      {
        ...target,
        approvers: [group.groupId],
        minimumRequiredApprovers: 1,
        requesterCanApprove: false,
        instructions: `Look at the gates and the release's checks before it goes to ${environment}.`,
        timeout: WAIT.approval,
      },
      props.devops,
    );
  }
}

/** Lets in runs of the rules' branches and tags only. */
export function branchControl(
  scope: Construct,
  id: string,
  { on, rules }: { readonly on: Shared; readonly rules: readonly DeliveryRule[] },
  devops: AzureDevOps,
): void {
  new BranchControlCheck(
    scope,
    id,
    {
      projectId: devops.projectId,
      displayName: "Branches and tags of the delivery rules",
      targetResourceId: on.id,
      targetResourceType: on.type,
      allowedBranches: rules.map(refOf).join(", "),
      timeout: WAIT.branch,
    },
    devops,
  );
}
