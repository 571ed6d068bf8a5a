/** Which APIs are enabled in the project. */
import { text } from "../../core/json";
import type { GcpContext } from "./context";

/** Names of the enabled APIs. */
export async function enabledApis({ client, settings }: GcpContext): Promise<ReadonlySet<string>> {
  const path = `projects/${settings.project}/services`;
  const list = await client.list("serviceUsage", path, "services", { filter: "state:ENABLED", pageSize: "200" });
  const enabled = list.filter(({ state }) => state === "ENABLED");
  return new Set(enabled.map(({ name }) => text(name).split("/").at(-1) ?? ""));
}
