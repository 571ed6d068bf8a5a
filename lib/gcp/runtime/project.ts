/** The project itself: that it is the one the config means. */
import { UserError } from "../../core/errors";
import { text } from "../../core/json";
import type { GcpSettings } from "../parts/settings";
import { forPurpose, type GoogleClient } from "./client";

/** Throws when the project is not there, is going away, or is not the one with that number. */
export async function checkNumber(client: GoogleClient, settings: GcpSettings): Promise<void> {
  const { project, projectNumber } = settings;
  const purpose = {
    what: "the project cannot be looked at",
    project,
    permission: "resourcemanager.projects.get",
    role: "roles/browser",
  };
  const found = await forPurpose(purpose, () => client.find("resourceManager", `projects/${project}`));
  if (found === null) {
    throw new UserError({
      where: `project ${project}`,
      message: "there is no such project, or Cloud Resource Manager is not enabled in it",
      fix: `Make it (gcloud projects create ${project}), or run gcloud services enable cloudresourcemanager.googleapis.com --project=${project}`,
    });
  }
  const state = text(found.lifecycleState);
  if (state !== "" && state !== "ACTIVE") {
    const fix = `Bring it back: gcloud projects undelete ${project}`;
    throw new UserError({ where: `project ${project}`, message: `it is not active (${state})`, fix });
  }
  const number = text(found.projectNumber);
  if (number === projectNumber) return;
  throw new UserError({
    where: "clouds.gcp.projectNumber",
    message: `got ${projectNumber}, the project ${project} has the number ${number}`,
    fix: `Write projectNumber: ${number} in the environment's file`,
  });
}
