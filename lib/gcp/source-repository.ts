import type { DeliveryProps } from "../contracts/delivery";
import { UserError } from "../core/errors";
import { slug } from "../core/slug";
import { Construct } from "../framework";
import { Cloudbuildv2Repository } from "./bindings";
import type { GcpEstate } from "./estate";
import type { GcpNames } from "./parts/names";

type Source = NonNullable<DeliveryProps["source"]>;

/** Where each host keeps its repositories. */
const HOSTS = {
  github: "https://github.com",
  gitlab: "https://gitlab.com",
  bitbucket: "https://bitbucket.org",
} as const;

/**
 * A repository as Cloud Build sees it, in a connection that a person has authorised at the source host: nobody else can,
 * so the connection is no resource of the estate, only its name is. Without a name of its own it is the one that
 * `doctor` tells to give it.
 * https://cloud.google.com/build/docs/automating-builds/github/connect-repo-github
 */
export class GcpSourceRepository extends Construct {
  /** `projects/PROJECT/locations/REGION/connections/NAME`. */
  readonly connection: string;
  /** The same, with `/repositories/NAME` behind it; a reference, so that what uses it comes after it. */
  readonly name: string;

  constructor(scope: Construct, id: string, source: Source, estate: GcpEstate) {
    super(scope, id);
    const { host, repository, connection } = source;
    if (host === "azureRepos" || host === "secureSourceManager") {
      throw new UserError({
        where: "delivery.source.host",
        message: `is ${host}, which Cloud Build has no connection to`,
        fix: "Use github, gitlab, bitbucket or secureSourceManager with cloud: gcp; or mirror the repository into one of them",
      });
    }
    this.connection = connectionOf(connection, estate);
    this.name = new Cloudbuildv2Repository(this, "Repository", {
      name: estate.name("sourceRepository", slug(repository)),
      location: estate.settings.region,
      parentConnection: this.connection,
      remoteUri: `${HOSTS[host]}/${repository}.git`,
    }).id;
  }
}

/**
 * Resource name of a connection. Triggers listen to connections of their own project and region only.
 * @param name its last part, or all of it; without one the computed one
 */
export function connectionOf(name: string | undefined, estate: GcpNames): string {
  const home = `${estate.location}/connections/`;
  if (!name?.includes("/")) return `${home}${name ?? estate.sourceConnection}`;
  if (name.startsWith(home)) return name;
  throw new UserError({
    where: "delivery.source.connection",
    message: `is ${name}; triggers listen to connections under ${home} only`,
    fix: "Authorise a connection there, and write its name",
  });
}
