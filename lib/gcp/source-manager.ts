import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { slug } from "../core/slug";
import { Construct } from "../framework";
import {
  SecureSourceManagerInstance,
  SecureSourceManagerInstanceIamMember,
  SecureSourceManagerRepository,
  SecureSourceManagerRepositoryIamMember,
} from "./bindings";
import type { GcpEstate } from "./estate";
import { actAs } from "./identity-roles";

/**
 * Secure Source Manager reads its triggers itself, from this file of the default branch; there is no resource for them.
 * https://cloud.google.com/secure-source-manager/docs/triggers-file-schema
 */
export const TRIGGERS_FILE = ".cloudbuild/triggers.yaml";

/** Rights of builds, https://cloud.google.com/secure-source-manager/docs/connect-cloud-build. */
const INSTANCE_ROLE = "roles/securesourcemanager.instanceAccessor";
const REPOSITORY_ROLE = "roles/securesourcemanager.repoReader";

/** What is wanted of it. */
export interface SourceManagerProps {
  /** `owner/repository`: the last part is the repository's name. */
  readonly repository: string;
  /** Name of an instance that another environment has made. @default - one is made, with the repository */
  readonly connection?: string;
  /** Who builds run as. */
  readonly builds: IWorkloadIdentity;
}

/**
 * Google's own source host. One instance is enough for all environments: the one whose config names no connection has it,
 * the others name it and only let their builds read from it.
 */
export class GcpSourceManager extends Construct {
  /** `projects/PROJECT/locations/REGION/instances/NAME`. */
  readonly instance: string;
  /** `projects/PROJECT/locations/REGION/repositories/NAME`. */
  readonly repository: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SourceManagerProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { connection } = props;
    const instanceId = connection?.split("/").at(-1) ?? estate.name("sourceInstance", "source");
    const repositoryId = slug(props.repository.split("/").at(-1) ?? props.repository);
    const home = connection?.includes("/") ? connection.replace(/\/instances\/[^/]+$/, "") : estate.location;
    this.instance = `${home}/instances/${instanceId}`;
    this.repository = `${home}/repositories/${repositoryId}`;
    const made = connection === undefined ? this.make(instanceId, repositoryId) : [];
    this.letBuildsRead(home, instanceId, repositoryId, made);
    // Who starts the builds is the host's own agent.
    actAs(props.builds, estate.agent("sourceManager"), "SourceManagerAgent", estate);
  }

  private make(instanceId: string, repositoryId: string) {
    const { production, region } = this.estate.settings;
    const deletionPolicy = production ? "PREVENT" : "DELETE";
    const instance = new SecureSourceManagerInstance(this, "Instance", {
      instanceId,
      location: region,
      kmsKey: this.estate.key("storage"),
      labels: this.estate.labels(this),
      deletionPolicy,
    });
    const repository = new SecureSourceManagerRepository(this, "Repository", {
      repositoryId,
      instance: instance.name,
      location: region,
      initialConfig: { defaultBranch: "main" },
      deletionPolicy,
    });
    return [instance, repository];
  }

  private letBuildsRead(
    home: string,
    instanceId: string,
    repositoryId: string,
    made: readonly (SecureSourceManagerInstance | SecureSourceManagerRepository)[],
  ): void {
    const { builds } = this.props;
    const [, project = "", , location = ""] = home.split("/");
    const common = { project, location, member: builds.principal, dependsOn: [...made] };
    new SecureSourceManagerInstanceIamMember(builds, "SourceInstance", { ...common, instanceId, role: INSTANCE_ROLE });
    new SecureSourceManagerRepositoryIamMember(builds, "SourceRepository", {
      ...common,
      repositoryId,
      role: REPOSITORY_ROLE,
    });
  }
}
