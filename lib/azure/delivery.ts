import type { DeliveryProps, IDelivery } from "../contracts/delivery";
import { Construct } from "../framework";
import { organisationUri, PipelineAuthorization, type Shared } from "./azuredevops";
import { AzureBuildAgents } from "./build-agents";
import { AzureBuildDefinitions, type Delivering, HOSTED_POOL } from "./build-definitions";
import { AzureBuildIdentity } from "./build-identity";
import { AzureBuildVariables } from "./build-variables";
import { AzureDeploymentEnvironments, branchControl } from "./deployment-environments";
import type { AzureEstate } from "./estate";
import type { AzureDevOps } from "./parts/settings";
import { AzureServiceConnection } from "./service-connection";
import { type SourceConnection, sourceConnection } from "./source-connection";

/**
 * Azure Pipelines in an Azure DevOps project: one pipeline per delivery rule and one for pull requests; the places that they
 * deploy to, with their checks; variables; and the connection by which they act in Azure.
 *
 * What gives rights (service connection, variable groups, places) is let to each delivering pipeline by its id, and takes runs of
 * the rules' branches and tags only: neither another pipeline of the project nor another branch gets at them.
 */
export class AzureDelivery extends Construct implements IDelivery {
  readonly connection: string;
  readonly triggers: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DeliveryProps,
    private readonly devops: AzureDevOps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    if (props.source === undefined) {
      // Where code triggers nothing, the project that pipelines would stand in.
      this.connection = `${organisationUri(devops)}/${devops.projectId}`;
      this.triggers = {};
      return;
    }
    const source = sourceConnection(props.source, devops);
    this.connection = source.uri;
    const definitions = this.pipelines(source);
    this.triggers = Object.fromEntries(
      [...definitions.deliveries].map(([ref, { definition }]) => [ref, definition.id]),
    );
  }

  private pipelines(source: SourceConnection): AzureBuildDefinitions {
    const { devops, estate, props } = this;
    const { rules, skip = [], runner = "hosted" } = props;
    const { identity } = new AzureBuildIdentity(this, "Identity", estate);
    const connection = new AzureServiceConnection(this, "Azure", { devops, identity }, estate);
    const { groups } = new AzureBuildVariables(this, "Variables", { devops, identity, connection }, estate);
    const places = new AzureDeploymentEnvironments(this, "Environments", { devops, rules }, estate);
    const pool = runner === "network" ? new AzureBuildAgents(this, "Agents", devops, estate).pool : HOSTED_POOL;
    const definitions = new AzureBuildDefinitions(
      this,
      "Pipelines",
      {
        devops,
        source,
        rules,
        skip,
        pool,
        connection: connection.name,
        variableGroups: groups.map((group) => group.id),
        place: (rule) => places.of(rule).name,
      },
      estate,
    );
    const guarded: readonly Shared[] = [{ id: connection.id, type: "endpoint" }, ...groups];
    if (rules.length > 0) {
      guarded.forEach((on, index) => {
        branchControl(this, `branches-${index}`, { on, rules }, devops);
      });
    }
    for (const delivering of [...definitions.deliveries.values(), ...definitions.byHand]) {
      this.authorise(delivering, [...guarded, ...new Set(delivering.rules.map((rule) => places.of(rule)))], source);
    }
    if (definitions.checks) this.authorise({ definition: definitions.checks, rules: [] }, [], source);
    return definitions;
  }

  /** Without it the first run of a pipeline stops, and asks somebody to permit it. */
  private authorise({ definition }: Delivering, used: readonly Shared[], { connection }: SourceConnection): void {
    const all: readonly Shared[] = connection === undefined ? used : [...used, { id: connection, type: "endpoint" }];
    all.forEach(({ id, type }, index) => {
      new PipelineAuthorization(
        definition,
        `permit-${index}`,
        { projectId: this.devops.projectId, resourceId: id, type, pipelineId: definition.id },
        this.devops,
      );
    });
  }
}
