/** Service agents as `bootstrap` makes them: the request that makes Google create one, and the role it would get by use. */

import { type Json, object, objects, text } from "../../core/json";
import { serviceAgents } from "../parts/service-agents";
import type { GcpSettings } from "../parts/settings";
import type { GoogleClient } from "./client";

/** One agent that is asked for. */
export interface AgentRequest {
  /** `sqladmin.googleapis.com`. */
  readonly service: string;
  readonly member: string;
  /** How it comes to be, see SERVICE_AGENTS. */
  readonly how: "identity" | "storage" | "bigquery" | "logging";
  /** Role on the project that it does not get when it is asked for. @default - none */
  readonly role?: string;
}

/** Those that can be asked for. Of the others one is there with its API, one is made by its first use only. */
export function agentRequests({ projectNumber, features }: GcpSettings): readonly AgentRequest[] {
  return serviceAgents(projectNumber, features).flatMap(({ service, email, origin, role }) => {
    if (origin === "enabled" || origin === "firstUse") return [];
    return [{ service, member: `serviceAccount:${email}`, how: origin, ...(role === undefined ? {} : { role }) }];
  });
}

/** Makes Google create an agent. Harmless to repeat. */
export async function askFor(client: GoogleClient, project: string, { service, how }: AgentRequest): Promise<Json> {
  switch (how) {
    case "storage":
      return client.get("storage", `projects/${project}/serviceAccount`);
    case "bigquery":
      return client.get("bigquery", `projects/${project}/serviceAccount`);
    case "logging":
      return client.get("logging", `projects/${project}/settings`);
    case "identity":
      return client.post("serviceUsage", `../v1beta1/projects/${project}/services/${service}:generateServiceIdentity`);
  }
}

/** The access rules of a project, with conditions. */
export function projectPolicy(client: GoogleClient, project: string): Promise<Json> {
  const options = { requestedPolicyVersion: 3 };
  return client.post("resourceManager", `projects/${project}:getIamPolicy`, { options });
}

/** Agents whose role is not in the rules. */
export function withoutRole(policy: Json, agents: readonly AgentRequest[]): readonly AgentRequest[] {
  return agents.filter(
    ({ role, member }) =>
      role !== undefined &&
      !objects(policy.bindings).some(
        (row) => row.role === role && row.condition === undefined && membersOf(row).includes(member),
      ),
  );
}

/** The rules with roles added, and everything else as it was: sent with its etag, so that nobody's change is lost. */
export function withRoles(policy: Json, agents: readonly AgentRequest[]): Json {
  const bindings: Json[] = [...objects(policy.bindings)];
  for (const { role, member } of withoutRole(policy, agents)) {
    const at = bindings.findIndex((row) => row.role === role && row.condition === undefined);
    const members = [...membersOf(object(bindings[at]) ?? {}), member];
    if (at < 0) bindings.push({ role, members });
    else bindings[at] = { ...bindings[at], members };
  }
  return { ...policy, bindings };
}

function membersOf({ members }: Json): readonly string[] {
  return Array.isArray(members) ? members.map(text) : [];
}
