/**
 * Azure DevOps, where Azure Pipelines run, through the provider microsoft/azuredevops
 * (https://registry.terraform.io/providers/microsoft/azuredevops/1.16.0/docs). There is no prebuilt binding: this is the typed
 * part of it that the estate uses. Properties have the provider's names in camel case.
 */
import {
  type Construct,
  type TerraformMetaArguments,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from "../framework";
import type { AzureDevOps } from "./parts/settings";

/** Version that is asked for, in one place. */
const METADATA = {
  providerName: "azuredevops",
  providerVersion: "1.16.0",
  providerVersionConstraint: "1.16.0",
} as const;
/** Of the provider in the stack that has such resources. */
const ID = "AzureDevOps";

/** Address of an organisation. */
export function organisationUri({ organisation }: AzureDevOps): string {
  return `https://dev.azure.com/${organisation}`;
}

/** The provider. Who logs in is decided by the environment it runs in (`AZDO_…`, `ARM_…`): no token stands in a configuration. */
class AzureDevOpsProvider extends TerraformProvider {
  constructor(
    scope: Construct,
    id: string,
    private readonly devops: AzureDevOps,
  ) {
    super(scope, id, {
      terraformResourceType: "azuredevops",
      terraformGeneratorMetadata: METADATA,
      terraformProviderSource: "microsoft/azuredevops",
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { org_service_url: organisationUri(this.devops) };
  }
}

interface InProject {
  readonly projectId: string;
}
interface Named extends InProject {
  readonly name: string;
  readonly description: string;
}

/** One resource of a project; the stack gets the provider with it. */
abstract class DevOpsResource<Props extends object> extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    type: string,
    private readonly props: Props & TerraformMetaArguments,
    devops: AzureDevOps,
  ) {
    const stack = TerraformStack.of(scope);
    if (stack.node.tryFindChild(ID) === undefined) new AzureDevOpsProvider(stack, ID, devops);
    const { dependsOn, lifecycle } = props;
    super(scope, id, {
      terraformResourceType: `azuredevops_${type}`,
      terraformGeneratorMetadata: METADATA,
      dependsOn,
      lifecycle,
    });
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { dependsOn: _, lifecycle: __, ...own } = this.props;
    return snake(own);
  }
}

/** A type of resource of which nothing is read but its id. */
function resource<Props extends object>(type: string) {
  return class extends DevOpsResource<Props> {
    constructor(scope: Construct, id: string, props: Props, devops: AzureDevOps) {
      super(scope, id, type, props, devops);
    }
  };
}

/** What checks protect, and pipelines are let to. */
export interface Shared {
  readonly id: string;
  readonly type: "endpoint" | "environment" | "variablegroup";
}

/** A variable that everybody may read. */
export type PlainVariable = Readonly<Record<"name" | "value", string>>;

/** Which branches, tags or paths. A path is relative to the root of the repository; `*`, `**` and `?` mean what they usually do. */
export interface Filter {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
}

/** A pipeline: where its file is, and what starts it. */
export interface BuildDefinitionProps extends InProject {
  readonly name: string;
  /** Folder, `\\name`. */
  readonly path: string;
  readonly agentPoolName: string;
  readonly jobAuthorizationScope: "project";
  readonly queueStatus: "enabled";
  readonly features: { readonly skipFirstRun: boolean };
  readonly repository: {
    readonly repoType: "GitHub" | "Bitbucket" | "TfsGit";
    /** `owner/repository`, or the id in Azure Repos. */
    readonly repoId: string;
    /** What a run by hand takes when nothing is chosen. */
    readonly branchName: string;
    readonly ymlPath: string;
    readonly serviceConnectionId?: string;
    readonly reportBuildStatus: boolean;
  };
  readonly ciTrigger?: {
    readonly override: { readonly batch: boolean; readonly branchFilter: Filter; readonly pathFilter: Filter };
  };
  readonly pullRequestTrigger?: {
    readonly forks: { readonly enabled: boolean; readonly shareSecrets: boolean };
    readonly commentRequired: "All" | "NonTeamMembers";
    readonly override: { readonly autoCancel: boolean; readonly branchFilter: Filter; readonly pathFilter: Filter };
  };
  readonly variable: readonly (PlainVariable & { readonly isSecret: false; readonly allowOverride: boolean })[];
  /** Ids. */
  readonly variableGroups?: readonly string[];
}

/** A pipeline. */
export class BuildDefinition extends DevOpsResource<BuildDefinitionProps> {
  constructor(scope: Construct, id: string, props: BuildDefinitionProps, devops: AzureDevOps) {
    super(scope, id, "build_definition", props, devops);
  }
}

/** A build that pull requests into branches of Azure Repos must pass. */
export interface BuildValidationProps extends InProject {
  readonly blocking: boolean;
  readonly enabled: boolean;
  readonly settings: {
    readonly displayName: string;
    readonly buildDefinitionId: string;
    readonly validDuration: number;
    readonly queueOnSourceUpdateOnly: boolean;
    readonly filenamePatterns?: readonly string[];
    readonly scope: readonly {
      readonly repositoryId: string;
      readonly repositoryRef: string;
      readonly matchType: "Exact";
    }[];
  };
}

/** A branch policy. */
export class BuildValidation extends DevOpsResource<BuildValidationProps> {
  constructor(scope: Construct, id: string, props: BuildValidationProps, devops: AzureDevOps) {
    super(scope, id, "branch_policy_build_validation", props, devops);
  }
}

/** A place that deployment jobs name. */
export class DeploymentEnvironment extends DevOpsResource<Named> {
  constructor(scope: Construct, id: string, props: Named, devops: AzureDevOps) {
    super(scope, id, "environment", props, devops);
  }
}

/** A group of people. */
export interface GroupProps {
  /** Id of the project, by the word that a group has for it. */
  readonly scope: string;
  readonly displayName: string;
  readonly description: string;
}

/** A group of the project; who is in it is said in Azure DevOps. */
export class ProjectGroup extends DevOpsResource<GroupProps> {
  constructor(scope: Construct, id: string, props: GroupProps, devops: AzureDevOps) {
    super(scope, id, "group", props, devops);
  }

  /** What checks name it by. */
  get groupId(): string {
    return this.getStringAttribute("group_id");
  }
}

/** What a check protects. */
interface CheckProps extends InProject {
  readonly targetResourceId: string;
  readonly targetResourceType: Shared["type"];
  /** Minutes. */
  readonly timeout: number;
}

/** Who must approve. */
export interface ApprovalProps extends CheckProps {
  readonly approvers: readonly string[];
  readonly minimumRequiredApprovers: number;
  readonly requesterCanApprove: boolean;
  readonly instructions: string;
}

/** Stages wait for a person. */
export const ApprovalCheck = resource<ApprovalProps>("check_approval");

/** One run at a time. */
export const ExclusiveLockCheck = resource<CheckProps>("check_exclusive_lock");

/** Which branches and tags: `refs/heads/main, refs/tags/v*`. */
export interface BranchControlProps extends CheckProps {
  readonly displayName: string;
  readonly allowedBranches: string;
}

/** Runs of listed branches and tags only. */
export const BranchControlCheck = resource<BranchControlProps>("check_branch_control");

/** Variables that pipelines share: plain ones, or names of a vault's secrets. */
export interface VariableGroupProps extends Named {
  /** Whether every pipeline of the project may use it. */
  readonly allowAccess: boolean;
  readonly variable: readonly (PlainVariable | { readonly name: string })[];
  readonly keyVault?: { readonly name: string; readonly serviceEndpointId: string };
}

/** A variable group. */
export class VariableGroup extends DevOpsResource<VariableGroupProps> {
  constructor(scope: Construct, id: string, props: VariableGroupProps & TerraformMetaArguments, devops: AzureDevOps) {
    super(scope, id, "variable_group", props, devops);
  }
}

/** How pipelines act as an identity in a subscription. */
export interface AzureEndpointProps extends InProject {
  readonly serviceEndpointName: string;
  readonly description: string;
  readonly serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation";
  /** `serviceprincipalid` is the identity's client id. */
  readonly credentials: { readonly serviceprincipalid: string };
  readonly azurermSpnTenantid: string;
  readonly azurermSubscriptionId: string;
  readonly azurermSubscriptionName: string;
}

/** A service connection to Azure without a secret. */
export class AzureEndpoint extends DevOpsResource<AzureEndpointProps> {
  constructor(scope: Construct, id: string, props: AzureEndpointProps, devops: AzureDevOps) {
    super(scope, id, "serviceendpoint_azurerm", props, devops);
  }

  /** Who issues its tokens. */
  get issuer(): string {
    return this.getStringAttribute("workload_identity_federation_issuer");
  }

  /** Who its tokens are about; holds ids that Azure DevOps invents. */
  get subject(): string {
    return this.getStringAttribute("workload_identity_federation_subject");
  }
}

/** Which pipeline may use what. */
export interface AuthorizationProps extends InProject {
  readonly resourceId: string;
  readonly type: Shared["type"];
  readonly pipelineId: string;
}

/** Lets one pipeline use something. */
export class PipelineAuthorization extends DevOpsResource<AuthorizationProps> {
  constructor(scope: Construct, id: string, props: AuthorizationProps, devops: AzureDevOps) {
    super(scope, id, "pipeline_authorization", props, devops);
  }
}

/** The provider's names: lower case, with underscores; in blocks and lists of blocks likewise. */
function snake(value: object): Record<string, unknown> {
  const name = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), block(inner)]));
}

function block(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(block);
  return typeof value === "object" && value !== null ? snake(value) : value;
}
