/** The service agents, and the roles they would get by their first use. */
import { sha256 } from "../../core/hash";
import { type Json, object, text } from "../../core/json";
import { type AgentRequest, askFor, projectPolicy, withoutRole, withRoles } from "./agents";
import type { Pending, Setup } from "./bootstrap";
import { finished } from "./bootstrap-apis";
import { labelBucket } from "./bootstrap-bucket";
import { ApiError, forPurpose } from "./client";

/** Label of the bucket that says which agents were asked for: Google has no way to ask whether one is there. */
const LABEL = "service-agents";
const GRANT_TRIES = 6;
const IAM_ADMIN = "roles/resourcemanager.projectIamAdmin";

/** What asking for an agent needs. */
const NEEDED: Readonly<Record<AgentRequest["how"], { readonly permission: string; readonly role: string }>> = {
  identity: { permission: "serviceusage.services.enable", role: "roles/serviceusage.serviceUsageAdmin" },
  storage: { permission: "resourcemanager.projects.get", role: "roles/storage.admin" },
  bigquery: { permission: "bigquery.jobs.create", role: "roles/bigquery.user" },
  logging: { permission: "logging.settings.get", role: "roles/logging.viewer" },
};

/** Makes the agents, and grants them their roles. */
export async function agentActions(
  setup: Setup,
  agents: readonly AgentRequest[],
  bucket: Json | null,
): Promise<readonly Pending[]> {
  const { project, backend } = setup.settings;
  const digest = sha256(JSON.stringify(agents)).slice("sha256:".length, "sha256:".length + 16);
  const permission = "resourcemanager.projects.getIamPolicy";
  const viewing = { what: "the access rules cannot be read", project, permission, role: IAM_ADMIN };
  const lacking = withoutRole(await forPurpose(viewing, () => projectPolicy(setup.client, project)), agents);
  const keepsNote = backend.type === "gcs";
  // Their roles tell it where nothing keeps the note; asking again changes nothing.
  const made = keepsNote ? text(object(bucket?.labels)?.[LABEL]) === digest : lacking.length === 0;
  const make = async () => {
    for (const agent of agents) await makeAgent(setup, agent);
    if (keepsNote) await labelBucket(setup, { [LABEL]: digest });
  };
  const note = keepsNote ? ", and note it as a label of the state bucket" : "";
  return [
    {
      action: "service agents",
      state: made ? "there" : "create",
      detail: made ? `${agents.length} made` : `have Google make ${agents.length}${note}`,
      items: made ? [] : agents.map(({ member }) => nameOf(member)),
      work: make,
    },
    {
      action: "roles of service agents",
      state: lacking.length === 0 ? "there" : "create",
      detail:
        lacking.length === 0 ? "each has the role Google gives it" : `grant on ${project}, beside what is granted`,
      items: lacking.map(({ member, role = "" }) => `${role} to ${nameOf(member)}`),
      work: () => grantRoles(setup, agents),
    },
  ];
}

const nameOf = (member: string) => member.replace(/^serviceAccount:/, "");

async function makeAgent(setup: Setup, agent: AgentRequest): Promise<void> {
  const { project } = setup.settings;
  const what = `the service agent of ${agent.service} cannot be made`;
  await forPurpose({ what, project, ...NEEDED[agent.how] }, async () => {
    const answer = await askFor(setup.client, project, agent);
    if (agent.how === "identity") await finished(setup, answer, what);
  });
}

/** The rules are read anew and sent with their etag; an agent that was made just now may not be known everywhere yet. */
async function grantRoles({ client, settings }: Setup, agents: readonly AgentRequest[]): Promise<void> {
  const { project } = settings;
  const what = "the roles of the service agents cannot be granted";
  const purpose = { what, project, permission: "resourcemanager.projects.setIamPolicy", role: IAM_ADMIN };
  await forPurpose(purpose, async () => {
    for (let tries = 1; ; tries += 1) {
      const policy = withRoles(await projectPolicy(client, project), agents);
      try {
        await client.post("resourceManager", `projects/${project}:setIamPolicy`, { policy });
        return;
      } catch (error) {
        if (!isPassing(error) || tries === GRANT_TRIES) throw error;
        await client.wait(5_000);
      }
    }
  });
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status === 409 || (error.status === 400 && /does not exist/.test(error.words));
}
