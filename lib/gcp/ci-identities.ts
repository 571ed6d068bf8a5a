import type { CiIdentitiesProps, ICiIdentities } from "../contracts/ci-identities";
import { Construct } from "../framework";
import {
  IamWorkloadIdentityPool,
  IamWorkloadIdentityPoolProvider,
  ProjectIamCustomRole,
  ProjectIamMember,
  ServiceAccount,
  ServiceAccountIamMember,
  StorageBucketIamMember,
} from "./bindings";
import type { GcpEstate } from "./estate";
import {
  APPLY_PERMISSIONS,
  APPLY_ROLES,
  GRANTABLE_ROLES,
  PLAN_PERMISSIONS,
  PLAN_ROLES,
  rolesOf,
} from "./parts/ci-roles";
import { type Federation, federationOf } from "./parts/federation";
import { GcpProjectServices } from "./project-services";

/** Roles that one condition may list: https://cloud.google.com/iam/docs/setting-limits-on-granting-roles. */
const ROLES_PER_CONDITION = 10;
/** Acts as the account, by a token of the trusted issuer. */
const FEDERATED_ROLE = "roles/iam.workloadIdentityUser";

/** Where the layers make objects: bundled pipelines, settings of serving, flows. */
const MADE_OBJECTS = [
  { bucket: "packages", folder: "definitions/" },
  { bucket: "artifacts", folder: "serving/" },
  { bucket: "workflows", folder: "dags/" },
] as const;

/** What is different between the one who plans and the one who deploys. */
interface Rights {
  readonly what: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** Role on the environment's states. */
  readonly state: string;
}

/**
 * Two accounts without keys, for the CI of the repository that holds this configuration. The one that plans reads and
 * takes no lock (`mlops plan` runs with -lock=false), so it cannot write the state either. The one that deploys may give
 * only the listed roles on the project, and neither custom roles nor the federation; who acts as an account it does say,
 * of its own too, see {@link APPLY_PERMISSIONS}.
 *
 * What lies outside the project cannot be given here: the budget needs `roles/billing.costsManager` (to plan:
 * `roles/billing.viewer`) on the billing account, allowed models `roles/orgpolicy.policyAdmin` in the organisation, and
 * subnets, records or secrets of another project rights in that one.
 *
 * Google keeps a deleted pool for 30 days and gives its name to no other: an environment that is destroyed and made again
 * before restores it first, `gcloud iam workload-identity-pools undelete`, and imports it with its provider.
 */
export class GcpCiIdentities extends Construct implements ICiIdentities {
  readonly plan: string;
  readonly apply: string;
  readonly provider: string;
  private readonly pool: IamWorkloadIdentityPool;

  constructor(
    scope: Construct,
    id: string,
    props: CiIdentitiesProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { environment, features } = estate.settings;
    const federation = federationOf(props, environment, this.node.path);
    this.pool = this.trust(federation, props.host);
    const plan = this.identity("plan", federation.plan, {
      what: "Compares the environment with its config, changes nothing.",
      roles: rolesOf(PLAN_ROLES, features),
      permissions: PLAN_PERMISSIONS,
      state: "roles/storage.objectViewer",
    });
    const apply = this.identity("apply", federation.apply, {
      what: "Deploys the environment.",
      roles: rolesOf(APPLY_ROLES, features),
      permissions: APPLY_PERMISSIONS,
      state: "roles/storage.objectUser",
    });
    this.readObjects(plan);
    this.grantListedRoles(apply);
    this.plan = estate.serviceAccount("ci-plan");
    this.apply = estate.serviceAccount("ci-apply");
    this.provider = `${this.poolName}/providers/${estate.name("workloadIdentityProvider", "infrastructure")}`;
  }

  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL`. */
  private get poolName(): string {
    const { projectNumber } = this.estate.settings;
    return `projects/${projectNumber}/locations/global/workloadIdentityPools/${this.estate.name("workloadIdentityPool", "ci")}`;
  }

  /** The pool, and the issuer whose tokens with one of the subjects are taken. */
  private trust(federation: Federation, host: CiIdentitiesProps["host"]): IamWorkloadIdentityPool {
    const { environment, project } = this.estate.settings;
    const pool = new IamWorkloadIdentityPool(this, "Pool", {
      project,
      workloadIdentityPoolId: this.estate.name("workloadIdentityPool", "ci"),
      displayName: `CI of ${environment}`,
      description: `Pipelines that plan and deploy the environment ${environment}.`,
      disabled: false,
      dependsOn: GcpProjectServices.enabling(this, "iam.googleapis.com", "sts.googleapis.com"),
    });
    const subjects = [...new Set([...federation.plan, ...federation.apply])];
    const exact = subjects.map((subject) => `${federation.subject} == '${subject}'`).join(" || ");
    const attributes = Object.entries(federation.attributes).map(([name, value]) => [`attribute.${name}`, value]);
    new IamWorkloadIdentityPoolProvider(this, "Provider", {
      project,
      workloadIdentityPoolId: pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: this.estate.name("workloadIdentityProvider", "infrastructure"),
      displayName: host === "github" ? "GitHub" : "Azure DevOps",
      description: "The repository that holds the infrastructure's configuration.",
      disabled: false,
      attributeMapping: { "google.subject": federation.subject, ...Object.fromEntries(attributes) },
      attributeCondition: federation.condition ? `${federation.condition} && (${exact})` : exact,
      oidc: { issuerUri: federation.issuer, allowedAudiences: federation.audiences && [...federation.audiences] },
    });
    return pool;
  }

  /** An account that may be acted as by these subjects, with its rights on the project and on the states. */
  private identity(role: "plan" | "apply", subjects: readonly string[], rights: Rights): ServiceAccount {
    const { project, environment } = this.estate.settings;
    const enabled = GcpProjectServices.enabling(this, "iam.googleapis.com", "cloudresourcemanager.googleapis.com");
    const account = new ServiceAccount(this, `${role}-Account`, {
      project,
      accountId: this.estate.name("serviceAccount", `ci-${role}`),
      displayName: `CI: ${role} (${environment})`,
      description: rights.what,
      dependsOn: enabled,
    });
    subjects.forEach((subject, index) => {
      new ServiceAccountIamMember(this, `${role}-Subject-${index}`, {
        serviceAccountId: account.name,
        role: FEDERATED_ROLE,
        member: `principal://iam.googleapis.com/${this.poolName}/subject/${subject}`,
        dependsOn: [this.pool],
      });
    });
    const custom = new ProjectIamCustomRole(this, `${role}-Role`, {
      project,
      roleId: this.estate.name("customRole", `ci-${role}`),
      title: `CI: ${role} (${environment})`,
      description: `${rights.what} What no predefined role gives without giving too much.`,
      permissions: [...rights.permissions],
      stage: "GA",
      dependsOn: enabled,
    });
    const member = account.member;
    new ProjectIamMember(this, `${role}-custom`, { project, role: custom.name, member });
    for (const predefined of rights.roles) {
      const id = `${role}-${predefined.replace(/^roles\//, "").replace(/\./g, "-")}`;
      new ProjectIamMember(this, id, { project, role: predefined, member });
    }
    this.useState(`${role}-State`, rights.state, member);
    return account;
  }

  /** The environment's states and no other's. Whoever lists sees names of the others, which Terraform's backend does. */
  private useState(id: string, role: string, member: string): void {
    const { backend, environment } = this.estate.settings;
    if (backend.type !== "gcs") return;
    const bucket = this.estate.stateBucket;
    new StorageBucketIamMember(this, id, {
      bucket,
      role,
      member,
      condition: {
        title: `States of ${environment}`,
        description: "Nothing of other environments in the same bucket.",
        expression:
          "resource.type != 'storage.googleapis.com/Object' || " +
          `resource.name.startsWith('projects/_/buckets/${bucket}/objects/${this.estate.statePrefix("")}')`,
      },
    });
  }

  /** What is made are objects too, which Terraform compares: of those folders and no other data. */
  private readObjects({ member }: ServiceAccount): void {
    const folders = MADE_OBJECTS.map(
      ({ bucket, folder }) => `projects/_/buckets/${this.estate.bucket(bucket)}/objects/${folder}`,
    );
    const inOne = folders.map((folder) => `resource.name.startsWith('${folder}')`).join(" || ");
    new ProjectIamMember(this, "plan-Objects", {
      project: this.estate.settings.project,
      role: "roles/storage.objectViewer",
      member,
      condition: {
        title: "Objects that are made",
        description: "Bundled pipelines, settings of serving, flows.",
        expression: `resource.type == 'storage.googleapis.com/Object' && (${inOne})`,
      },
    });
  }

  /**
   * Roles on the project are given by whoever may set its access rules; the conditions leave only the listed roles. One
   * condition for each ten: joined by `or` they would say the same, but Google advises against it, and each change here
   * is of one role anyway (the provider tries changes one by one when a batch of them is refused).
   */
  private grantListedRoles({ member }: ServiceAccount): void {
    for (let at = 0; at < GRANTABLE_ROLES.length; at += ROLES_PER_CONDITION) {
      const part = at / ROLES_PER_CONDITION + 1;
      const roles = GRANTABLE_ROLES.slice(at, at + ROLES_PER_CONDITION);
      new ProjectIamMember(this, `apply-Grants-${part}`, {
        project: this.estate.settings.project,
        role: "roles/resourcemanager.projectIamAdmin",
        member,
        condition: {
          title: `Listed roles only (${part})`,
          description: "Roles that workloads have in the whole project.",
          expression: `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${roles.map((role) => `'${role}'`).join(", ")}])`,
        },
      });
    }
  }
}
