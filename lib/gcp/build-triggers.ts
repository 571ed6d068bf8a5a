import type { DeliveryRule } from "../contracts/delivery";
import { resourcesOf } from "../core/ordering";
import { slug } from "../core/slug";
import { Construct } from "../framework";
import { CloudbuildTrigger } from "./bindings";
import type { GcpBuildAccounts } from "./build-accounts";
import type { GcpEstate } from "./estate";
import { mailOf } from "./identity-roles";
import type { GcpWorkloadIdentity } from "./workload-identity";

/** Build files, from the root of the repository: of what is delivered, and of what is only checked. */
const BUILD_FILES = { delivery: "cloudbuild.yaml", checks: "cloudbuild.checks.yaml" } as const;

/** What triggers are made of. */
export interface BuildTriggersProps {
  /** Cloud Build's name of the repository. */
  readonly repository: string;
  readonly host: string;
  /** The rules of this environment. */
  readonly rules: readonly DeliveryRule[];
  /** Patterns of paths whose changes start nothing. */
  readonly skip: readonly string[];
  readonly accounts: GcpBuildAccounts;
  /** Worker pool. @default - Google's own machines */
  readonly workers?: string;
}

/** One trigger per branch or tag, and one for pull requests into those branches. */
export class GcpBuildTriggers extends Construct {
  /** `projects/PROJECT/locations/REGION/triggers/ID` by branch or tag. */
  readonly references: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildTriggersProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { rules } = props;
    this.references = Object.fromEntries(rules.map((rule) => [rule.branch ?? rule.tag ?? "", this.deliver(rule).id]));
    const branches = rules.flatMap(({ branch }) => branch ?? []);
    if (branches.length > 0) this.check(branches);
  }

  private deliver(rule: DeliveryRule): CloudbuildTrigger {
    const { branch, tag = "", deploy, afterGoodRuns = 0 } = rule;
    const { production } = this.estate.settings;
    const event = branch === undefined ? { tag: tagPattern(tag) } : { branch: `^${literal(branch)}$` };
    const role = branch === undefined ? `tag-${slug(tag)}` : `push-${slug(branch)}`;
    return this.trigger(role, this.props.accounts.builds, {
      description: `Delivers ${branch ?? tag} to ${rule.environment}`,
      filename: BUILD_FILES.delivery,
      substitutions: { ...this.substitutions(), _DEPLOY: deploy, _AFTER_GOOD_RUNS: String(afterGoodRuns) },
      approvalConfig: { approvalRequired: production || deploy === "approved" },
      event: { push: { ...event, invertRegex: false } },
    });
  }

  /** Pull requests of strangers are built only after somebody of the repository asked for it with `/gcbrun`. */
  private check(branches: readonly string[]): void {
    const pattern = branches.map(literal).join("|");
    this.trigger("pull-request", this.props.accounts.checks, {
      description: `Checks pull requests into ${branches.join(", ")}`,
      filename: BUILD_FILES.checks,
      substitutions: this.common(),
      approvalConfig: { approvalRequired: false },
      event: {
        pullRequest: {
          branch: branches.length === 1 ? `^${pattern}$` : `^(${pattern})$`,
          invertRegex: false,
          commentControl: "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY",
        },
      },
    });
  }

  private trigger(role: string, account: GcpWorkloadIdentity, { event, ...config }: TriggerConfig): CloudbuildTrigger {
    const { estate, props } = this;
    const { project, region } = estate.settings;
    return new CloudbuildTrigger(this, role, {
      ...config,
      name: estate.name("buildTrigger", role),
      location: region,
      disabled: false,
      serviceAccount: `projects/${project}/serviceAccounts/${mailOf(account)}`,
      ignoredFiles: [...props.skip],
      // Only GitHub shows logs beside a check.
      ...(props.host === "github" ? { includeBuildLogs: "INCLUDE_BUILD_LOGS_WITH_STATUS" } : {}),
      repositoryEventConfig: { repository: props.repository, ...event },
      dependsOn: resourcesOf(account),
    });
  }

  /** What every build file may name, also one that is only checked. */
  private common(): Record<string, string> {
    const { environment, region } = this.estate.settings;
    const { workers } = this.props;
    return { _ENVIRONMENT: environment, _REGION: region, ...(workers === undefined ? {} : { _WORKER_POOL: workers }) };
  }

  /** The environment's document by the keys that build files know: `imageRegistry` is `_IMAGE_REGISTRY`. */
  private substitutions(): Record<string, string> {
    const { estate } = this;
    return {
      ...this.common(),
      _IMAGE_REGISTRY: estate.imagePrefix,
      _PACKAGES_URI: `gs://${estate.bucket("packages")}`,
      _ARTIFACTS_URI: `gs://${estate.bucket("artifacts")}`,
      _DATASETS_URI: `gs://${estate.bucket("datasets")}`,
      _PIPELINE_ROOT: estate.pipelineRoot,
      _PIPELINE_ATTACHMENT: estate.pipelineAttachment,
      _PIPELINES_PRINCIPAL: `serviceAccount:${estate.serviceAccount("pipelines")}`,
      _RETRAIN_TOPIC: estate.topic("retrain"),
    };
  }
}

/** What triggers differ in. */
interface TriggerConfig {
  readonly description: string;
  readonly filename: string;
  readonly substitutions: Record<string, string>;
  readonly approvalConfig: { readonly approvalRequired: boolean };
  readonly event: object;
}

/** A name as the beginning and end of what matches it, RE2: `v1.0` does not match `v1x0`. */
function literal(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** `v*` is every tag that begins with v. */
function tagPattern(tag: string): string {
  return tag.endsWith("*") ? `^${literal(tag.slice(0, -1))}.*$` : `^${literal(tag)}$`;
}
