/** A backup of the metadata database on demand, made and kept by Azure. */
import type { Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { object, text } from "../../core/json";
import { ApiError, forPurpose } from "./api-error";
import type { Service } from "./client";
import type { AzureContext } from "./context";

/** How long it may take, in seconds. */
const PATIENCE = 3600;

/** Flexible servers, by who keeps them. The command is the one that lists what was saved. */
const KINDS: readonly { readonly service: Service; readonly type: string; readonly command: string }[] = [
  { service: "postgres", type: "Microsoft.DBforPostgreSQL/flexibleServers", command: "az postgres flexible-server" },
  { service: "mysql", type: "Microsoft.DBforMySQL/flexibleServers", command: "az mysql flexible-server" },
];

/** Saves every database server of the environment. The path is the backup's id; Azure does not say how large it is. */
export async function backupDatabases(
  context: AzureContext,
  progress: Progress,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const { client, names, settings } = context;
  const { environment } = settings;
  const action = "Microsoft.DBforPostgreSQL/flexibleServers/read";
  const viewing = { what: "the databases cannot be listed", scope: names.resourceGroupId, action, role: "Reader" };
  const servers = await forPurpose(viewing, () =>
    Promise.all(
      KINDS.map(async (kind) => {
        const rows = await client.list(kind.service, `${names.resourceGroupId}/providers/${kind.type}`);
        return rows
          .filter(({ tags }) => object(tags)?.environment === environment)
          .map((row) => ({ ...kind, id: text(row.id) }));
      }),
    ),
  );
  const found = servers.flat();
  if (found.length === 0) {
    const fix = `Run mlops deploy ${environment} --layer data`;
    throw new UserError({ where: `environment ${environment}`, message: "there is no database to save", fix });
  }
  const paths: string[] = [];
  for (const server of found) paths.push(await backup(context, server, progress));
  return { path: paths.join("\n"), bytes: 0 };
}

async function backup(
  { client, names }: AzureContext,
  { service, type, id, command }: (typeof KINDS)[number] & { readonly id: string },
  progress: Progress,
): Promise<string> {
  const server = id.split("/").at(-1) ?? "";
  const name = `mlops-${new Date()
    .toISOString()
    .replace(/[^0-9]/g, "")
    .slice(0, 14)}`;
  const path = `${id}/backups/${name}`;
  const purpose = {
    what: `${server} cannot be saved`,
    scope: id,
    action: `${type}/backups/write`,
    role: "Contributor",
  };
  progress(`${server}: Azure makes a backup`);
  await forPurpose(purpose, async () => {
    try {
      await client.put(service, path, {}, PATIENCE);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "Timeout") throw error;
      const fix = `See ${command} backup list --name ${server} --resource-group ${names.resourceGroup}`;
      throw new UserError({ where: server, message: `no end after ${PATIENCE / 60} minutes`, fix });
    }
  });
  return path;
}
