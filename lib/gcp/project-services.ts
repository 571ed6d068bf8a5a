import { LayerStack } from "../core/layer-stack";
import { Construct, type TerraformResource } from "../framework";
import { ProjectIamCustomRole, ProjectIamMember, ProjectService } from "./bindings";
import type { GcpEstate } from "./estate";
import { type ProjectAgent, serviceAgents } from "./parts/service-agents";
import { type ServiceName, servicesFor } from "./parts/services";

/**
 * The APIs of the environment, and what Google's own agents lack on the project to work together. Destroying the
 * environment leaves the APIs enabled: others in the project may use them, and some take their data along when disabled.
 */
export class GcpProjectServices extends Construct {
  private readonly enabled = new Map<ServiceName, ProjectService>();

  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    const { project, projectNumber, features } = estate.settings;
    for (const service of servicesFor(features)) {
      const resource = new ProjectService(this, service.replace(".googleapis.com", ""), {
        project,
        service,
        disableOnDestroy: false,
        disableDependentServices: false,
      });
      this.enabled.set(service, resource);
    }
    for (const agent of serviceAgents(projectNumber, features)) this.giveNeeds(agent, estate);
  }

  private giveNeeds({ name, email, service, needs = [], ownRole }: ProjectAgent, estate: GcpEstate): void {
    const { project } = estate.settings;
    const member = `serviceAccount:${email}`;
    for (const role of needs) {
      new ProjectIamMember(this, `${name}-${role.replace(/\W+/g, "-")}`, {
        project,
        role,
        member,
        dependsOn: GcpProjectServices.enabling(this, service),
      });
    }
    if (ownRole === undefined) return;
    const custom = new ProjectIamCustomRole(this, `${name}-${ownRole.name}-Role`, {
      project,
      roleId: estate.name("customRole", ownRole.name),
      title: `${ownRole.title} (${estate.settings.environment})`,
      description: "What no predefined role gives without giving too much.",
      permissions: [...ownRole.permissions],
      stage: "GA",
      dependsOn: GcpProjectServices.enabling(this, "iam.googleapis.com", service),
    });
    new ProjectIamMember(this, `${name}-${ownRole.name}`, { project, role: custom.name, member });
  }

  /** What has to be there before an API is called in this layer; nothing where an earlier layer has enabled it. */
  static enabling(scope: Construct, ...services: readonly ServiceName[]): TerraformResource[] {
    const all = LayerStack.ofLayer(scope).node.children.find((child) => child instanceof GcpProjectServices);
    return services.flatMap((service) => all?.enabled.get(service) ?? []);
  }
}
