import type { DeliveryRule } from "../contracts/delivery";
import { slug } from "../core/slug";
import { Construct } from "../framework";
import {
  BuildDefinition,
  type BuildDefinitionProps,
  BuildValidation,
  type Filter,
  type PlainVariable,
} from "./azuredevops";
import type { AzureEstate } from "./estate";
import { refOf } from "./parts/refs";
import type { AzureDevOps } from "./parts/settings";
import type { SourceConnection } from "./source-connection";

/**
 * Pipeline files, from the root of the repository. `delivery`: build, publish, deploy. `checks`: what a pull request must
 * pass, without any right in Azure. `retrain` and `release`: asked for by hand.
 */
export const PIPELINE_FILES = {
  delivery: "azure-pipelines/delivery.yml",
  checks: "azure-pipelines/checks.yml",
  retrain: "azure-pipelines/retrain.yml",
  release: "azure-pipelines/release.yml",
} as const;

/** Microsoft's own machines, by the name of their pool. */
export const HOSTED_POOL = "Azure Pipelines";
/** The branch that a run by hand takes where only tags deliver. */
const DEFAULT_BRANCH = "main";

/** What pipelines are made of. */
export interface BuildDefinitionsProps {
  readonly devops: AzureDevOps;
  readonly source: SourceConnection;
  /** The rules of this environment. */
  readonly rules: readonly DeliveryRule[];
  /** Patterns of paths whose changes start nothing. */
  readonly skip: readonly string[];
  /** Name of the pool whose machines build. */
  readonly pool: string;
  /** Name of the service connection. */
  readonly connection: string;
  /** Ids of the variable groups of deliveries. */
  readonly variableGroups: readonly string[];
  /** Name of the place that a rule's deployment goes to. */
  readonly place: (rule: DeliveryRule) => string;
}

/** A pipeline that may deliver. */
export interface Delivering {
  readonly definition: BuildDefinition;
  /** Rules whose deployments it makes. */
  readonly rules: readonly DeliveryRule[];
}

/**
 * One pipeline per branch or tag, one for pull requests into those branches, and two that people start. Each of them can be
 * run by hand. What starts one is decided here, not in the pipeline's file, which a branch may change.
 *
 * Variables that a file needs before it runs (service connection, pool, place, how it is delivered) stand on the pipeline itself
 * and cannot be overridden; the others come with the variable groups.
 */
export class AzureBuildDefinitions extends Construct {
  /** By branch or tag. */
  readonly deliveries: ReadonlyMap<string, Delivering>;
  /** The ones that are started by hand. */
  readonly byHand: readonly Delivering[];
  /** Builds pull requests; none where only tags deliver. */
  readonly checks: BuildDefinition | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildDefinitionsProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { rules } = props;
    this.deliveries = new Map(
      rules.map((rule) => [rule.branch ?? rule.tag ?? "", { definition: this.deliver(rule), rules: [rule] }]),
    );
    // Of several ways in, the last one is the most careful: rules go from the first environment to the last.
    const last = rules.slice(-1);
    this.byHand = (["retrain", "release"] as const).map((what) => ({
      definition: this.manual(what, last[0]),
      rules: last,
    }));
    const branches = rules.flatMap(({ branch }) => branch ?? []);
    this.checks = branches.length > 0 ? this.check(branches) : undefined;
  }

  private deliver(rule: DeliveryRule): BuildDefinition {
    const { branch, tag = "", deploy, afterGoodRuns = 0 } = rule;
    const { props } = this;
    return this.define(branch === undefined ? `tag-${slug(tag)}` : `push-${slug(branch)}`, "delivery", {
      ciTrigger: {
        override: {
          // Each change on its own: which one is good is what a run says.
          batch: false,
          branchFilter: { include: [refOf(rule)] },
          pathFilter: this.paths(),
        },
      },
      variableGroups: props.variableGroups,
      variable: this.variables({
        SERVICE_CONNECTION: props.connection,
        DEPLOYMENT: props.place(rule),
        DEPLOY: deploy,
        AFTER_GOOD_RUNS: String(afterGoodRuns),
      }),
    });
  }

  private manual(what: "retrain" | "release", rule: DeliveryRule | undefined): BuildDefinition {
    const { props } = this;
    return this.define(what, what, {
      variableGroups: props.variableGroups,
      variable: this.variables({
        SERVICE_CONNECTION: props.connection,
        ...(rule === undefined ? {} : { DEPLOYMENT: props.place(rule) }),
      }),
    });
  }

  /**
   * Pull requests of strangers are built only after somebody of the repository's team asked for it by a comment. On Azure Repos a
   * branch's policy starts the build, and the pull request waits for it.
   */
  private check(branches: readonly string[]): BuildDefinition {
    const { devops, source, skip } = this.props;
    const variable = this.variables({});
    if (source.repoType !== "TfsGit") {
      return this.define("pull-request", "checks", {
        variable,
        pullRequestTrigger: {
          forks: { enabled: true, shareSecrets: false },
          commentRequired: "NonTeamMembers",
          override: {
            autoCancel: true,
            branchFilter: { include: branches.map((branch) => refOf({ branch })) },
            pathFilter: this.paths(),
          },
        },
      });
    }
    const definition = this.define("pull-request", "checks", { variable });
    new BuildValidation(
      this,
      "pull-request-policy",
      {
        projectId: devops.projectId,
        blocking: true,
        enabled: true,
        settings: {
          displayName: this.estate.name("devOps", "pull-request"),
          buildDefinitionId: definition.id,
          // A build is good until the branch that is merged into moves.
          validDuration: 0,
          queueOnSourceUpdateOnly: false,
          ...(skip.length > 0 ? { filenamePatterns: ["*", ...skip.map((path) => `!${rooted(path)}`)] } : {}),
          scope: branches.map((branch) => ({
            repositoryId: source.repoId,
            repositoryRef: refOf({ branch }),
            matchType: "Exact" as const,
          })),
        },
      },
      devops,
    );
    return definition;
  }

  private define(
    role: string,
    file: keyof typeof PIPELINE_FILES,
    own: Pick<BuildDefinitionProps, "ciTrigger" | "pullRequestTrigger" | "variable" | "variableGroups">,
  ): BuildDefinition {
    const { devops, pool, source, rules } = this.props;
    const { organisation, environment } = this.estate.settings;
    const branch = rules.find((rule) => rule.branch !== undefined)?.branch ?? DEFAULT_BRANCH;
    return new BuildDefinition(
      this,
      role,
      {
        ...own,
        projectId: devops.projectId,
        name: this.estate.name("devOps", role),
        path: `\\${organisation}-${environment}`,
        agentPoolName: pool,
        jobAuthorizationScope: "project",
        queueStatus: "enabled",
        features: { skipFirstRun: true },
        repository: {
          repoType: source.repoType,
          repoId: source.repoId,
          branchName: refOf({ branch }),
          ymlPath: PIPELINE_FILES[file],
          serviceConnectionId: source.connection,
          reportBuildStatus: true,
        },
      },
      devops,
    );
  }

  private paths(): Filter {
    return { include: ["/"], exclude: this.props.skip };
  }

  private variables(own: Readonly<Record<string, string>>): BuildDefinitionProps["variable"] {
    const common: readonly PlainVariable[] = [
      { name: "ENVIRONMENT", value: this.estate.settings.environment },
      { name: "AGENT_POOL", value: this.props.pool },
    ];
    const given = Object.entries(own).map(([name, value]) => ({ name, value }));
    return [...common, ...given].map((variable) => ({ ...variable, isSecret: false, allowOverride: false }));
  }
}

/** A path as a branch's policy wants it: from the root, or beginning with a star. */
function rooted(path: string): string {
  return /^[/*]/.test(path) ? path : `/${path}`;
}
