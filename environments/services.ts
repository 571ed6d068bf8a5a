/** Rules of what stands around the pipelines: identities of the CI, workflow engine, feature store, archive. */
import type { Report, Sections } from "./checks";
import { nearest } from "./suggest";

/** The repository whose CI plans and deploys, and the exact tokens that may. */
export function infrastructure({ cloud, delivery }: Sections, report: Report): void {
  const { host, repository, applySubjects = [] } = delivery?.infrastructure ?? {};
  const path = ["delivery", "infrastructure"];
  const onCloud = cloud === "gcp" || cloud === "azure";
  if (onCloud && host === "azureRepos" && delivery?.infrastructure && !("issuer" in delivery.infrastructure)) {
    const fix = "The service connection shows it as its issuer";
    report([...path, "issuer"], "missing, wanted the issuer of Azure DevOps's tokens, with host: azureRepos", fix);
  }
  const parts = repository?.split("/").length ?? 0;
  const wanted =
    host === "github"
      ? { parts: 2, form: "owner/repository, two parts, with host: github" }
      : { parts: 3, form: "organisation/project/service connection, three parts, with host: azureRepos" };
  if (host && repository && parts !== wanted.parts) {
    const other = { 2: "github", 3: "azureRepos" }[parts];
    report([...path, "repository"], `got ${repository}, wanted ${wanted.form}`, other && `Or write host: ${other}`);
  }
  for (const [index, subject] of applySubjects.entries()) {
    if (!subject?.endsWith(":pull_request")) continue;
    const message = `got ${subject}, which every proposed change gets, wanted the token of a branch, a tag or a GitHub environment`;
    report([...path, "applySubjects", index], message, "Write it under planSubjects");
  }
}

/** The project that the bundled flow starts is here. */
export function workflowEngine({ workflowEngine, projects }: Sections, report: Report): void {
  const { enabled, project } = workflowEngine ?? {};
  const names = (projects ?? []).flatMap((entry) => (typeof entry === "object" ? entry.name : entry) ?? []);
  const unread = (projects ?? []).length > names.length;
  if (project && projects && !unread && !names.includes(project)) {
    const near = nearest(project, names);
    const message = `got ${project}, wanted one of projects: ${names.join(", ") || "none"}`;
    report(["workflowEngine", "project"], message, near ? `Did you mean ${near}?` : `Add ${project} to projects`);
  } else if (enabled && !project && projects?.length === 0) {
    report(
      ["workflowEngine", "enabled"],
      "got true, but projects is empty: there is nothing that the flow could start",
    );
  }
}

/** What identifies an entity is no feature of it, and a feature stands once. */
export function featureStore({ featureStore }: Sections, report: Report): void {
  for (const [name, group] of Object.entries(featureStore?.groups ?? {})) {
    const features = group?.features ?? [];
    for (const [index, feature] of features.entries()) {
      const path = ["featureStore", "groups", name, "features", index];
      if (feature && feature === group?.entity) {
        report(
          path,
          `got ${feature}, which is the entity of the group`,
          "Remove it: the entity's column is there anyway",
        );
      } else if (feature && features.indexOf(feature) < index) report(path, `${feature} stands here again`);
    }
  }
}

/** What cannot be undone is not for environments that come and go. */
export function archive({ monitoring, tier }: Sections, report: Report): void {
  if (!monitoring?.archive?.locked || !(tier === "sandbox" || tier === "development")) return;
  const message = `got true in tier ${tier}, wanted false: a locked archive cannot be unlocked, shortened or deleted before its time is over, not even with the environment`;
  report(["monitoring", "archive", "locked"], message, "Write false, or tier: staging or production");
}
