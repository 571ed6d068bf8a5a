/** Who may change what, how code reaches an environment, what it may cost, and which teams share it. */
import { z } from "zod";
import { quotaShape } from "./estate";
import { computeClass, day, email, guid, lowerName, projectName, sentence, text, whole } from "./fields";

/** A token's subject: exact, because a wildcard would let strangers in. */
const subject = () => text(/^[^\s*?'"\\]{1,127}$/, "an exact token subject, without * and ?");

const environmentName = () => lowerName(20);

/** How a branch or a tag reaches an environment. */
const DeliveryRule = z
  .strictObject({
    branch: text(
      /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)*$/,
      "the exact name of a branch; no wildcards and no regular expressions",
    )
      .optional()
      .describe("Exact branch name. Either branch or tag."),
    tag: text(
      /^[A-Za-z0-9][A-Za-z0-9._/-]*\*?$/,
      "a tag, or the beginning of tags followed by one *, such as v*; no regular expressions",
    )
      .optional()
      .describe("Tag, or its beginning followed by one *. Either branch or tag."),
    environment: environmentName().describe("Environment that is deployed to."),
    deploy: z
      .enum(["automatic", "onMerge", "approved"])
      .describe(
        "automatic: with each push. onMerge: when a reviewed change is merged. approved: when a person approves.",
      ),
    afterGoodRuns: whole(0, 100, "runs")
      .default(0)
      .describe(
        "Consecutive good pipeline runs of the same package digest that the environment of the rule before must have seen.",
      ),
  })
  .check(({ value, issues }) => {
    if ((value.branch === undefined) !== (value.tag === undefined)) return;
    const message = `either branch or tag, not ${value.branch === undefined ? "neither" : "both"}`;
    issues.push({ code: "custom", input: value, message });
  });

/** Source code and the way from a branch to an environment. */
export const Delivery = z
  .strictObject({
    source: z
      .strictObject({
        host: z
          .enum(["github", "gitlab", "bitbucket", "azureRepos", "secureSourceManager"])
          .describe("Where the repository is hosted."),
        repository: text(/^[\w.-]+(\/[\w.-]+)+$/, "owner/repository, without https:// and without .git").describe(
          "Owner and repository.",
        ),
        connection: text(/^[\w/.-]+$/, "the name of a connection")
          .optional()
          .describe("Name of a connection that a person has authorised in the cloud. Default: named by `bootstrap`."),
      })
      .meta({ id: "DeliverySource" })
      .optional()
      .describe("Repository that the triggers listen to; needed with rules on a cloud."),
    infrastructure: z
      .strictObject({
        host: z.enum(["github", "azureRepos"]).describe("Where the repository of this configuration is hosted."),
        repository: text(
          /^[\w.-]+(\/[\w. -]+)+$/,
          "owner/repository, or organisation/project/service-connection on Azure DevOps",
        ).describe("owner/repository; on Azure DevOps organisation/project/service connection."),
        issuer: text(
          /^https:\/\/(login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0|vstoken\.dev\.azure\.com\/[0-9a-f-]{36})$/,
          "https://login.microsoftonline.com/TENANT/v2.0 or https://vstoken.dev.azure.com/ORGANISATION-ID",
        )
          .optional()
          .describe("Issuer of Azure DevOps's tokens, as the service connection shows it; needed with azureRepos."),
        ownerId: whole(1, Number.MAX_SAFE_INTEGER, "the owner's number")
          .optional()
          .describe("Number of the repository's owner at GitHub (gh api repos/OWNER/NAME). Default: not checked."),
        repositoryId: whole(1, Number.MAX_SAFE_INTEGER, "the repository's number")
          .optional()
          .describe("Number of the repository at GitHub. Default: not checked."),
        planSubjects: z.array(subject()).default([]).describe("Further exact token subjects that may plan."),
        applySubjects: z.array(subject()).default([]).describe("Further exact token subjects that may deploy."),
      })
      .meta({ id: "DeliveryInfrastructure" })
      .optional()
      .describe("Repository whose CI plans and deploys this environment, without keys. Default: nobody does."),
    rules: z
      .array(DeliveryRule)
      .default([])
      .describe("Which branch or tag reaches which environment, and how. In the order of promotion."),
    runner: z
      .enum(["hosted", "network"])
      .default("hosted")
      .describe(
        "hosted: the cloud's own build machines. network: machines inside the environment's network, for private estates.",
      ),
    skip: z
      .array(text(/^[^\s:]+$/, "a path pattern"))
      .default(["docs/**", "**/*.md", "**/*.ipynb"])
      .describe("Changes that touch nothing else start no trigger."),
  })
  .meta({ id: "Delivery" });

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const parameterWanted = "text, a number, true/false, or a list of these";

/** Settings of a project, by dotted name, that replace those of its settings file. */
export const Parameters = z.record(
  text(/^[A-Za-z_]\w*(\.\w+)*$/, "a dotted name such as train.alpha"),
  z.union([scalar, z.array(scalar)], { error: parameterWanted }),
);

/** Projects of the environment. */
export const Projects = z.array(
  z.union(
    [
      projectName(),
      z.strictObject({
        name: projectName().describe("Folder under pipelines/projects."),
        parameters: Parameters.default({}).describe(
          "Settings by dotted name that replace those of the project's settings file here.",
        ),
      }),
    ],
    { error: "a project's name, or a map with name and parameters" },
  ),
);

/** Spending. */
export const Budget = z
  .strictObject({
    monthly: z
      .number({ error: "an amount above 0" })
      .positive({ error: "an amount above 0" })
      .describe("Amount a month, in currency."),
    currency: text(/^[A-Z]{3}$/, "an ISO 4217 currency such as USD").describe("ISO 4217 code."),
    alertAt: z
      .array(whole(1, 1000, "percent"))
      .min(1, { error: "at least one percentage" })
      .default([50, 90, 100])
      .describe("Percentages of the amount that raise an alert."),
  })
  .meta({ id: "Budget" });

const Waiver = z.strictObject({
  rule: text(/^[a-z][a-z0-9]*([-.][a-z0-9]+)*$/, "the name of a rule such as public-address").describe(
    "Rule that is waived.",
  ),
  resource: sentence().optional().describe("Path of the one resource it is waived for. Default: all."),
  reason: sentence().describe("Why."),
  owner: email().describe("Who answers for it."),
  until: day().describe("Last day on which it counts."),
});

/** Rules that every synthesized resource must meet. */
export const Policies = z
  .strictObject({
    waivers: z.array(Waiver).default([]).describe("Exceptions, each with a reason, an owner and an end."),
  })
  .meta({ id: "Policies" });

/** Review of plans. */
export const Review = z
  .strictObject({
    approvals: whole(0, 10, "people")
      .optional()
      .describe("People who must approve a plan. Default by tier: production 1, otherwise 0."),
    elevate: z
      .array(text(/^[a-z][a-z0-9_]*$/, "a Terraform resource type such as google_container_cluster"))
      .default([])
      .describe("Resource types whose change is always shown among the risky ones."),
  })
  .meta({ id: "Review" });

const teamQuota = z
  .strictObject({
    cpu: quotaShape.cpu.default(8).describe("vCPU."),
    memoryGiB: quotaShape.memoryGiB.default(32).describe("Memory, GiB."),
    gpu: quotaShape.gpu.default(0).describe("GPUs."),
    storageGiB: quotaShape.storageGiB.default(100).describe("Volumes, GiB."),
  })
  .meta({ id: "TeamQuota" });

/** What a team is in one environment. */
export const Team = z.strictObject({
  version: z.literal(1, { error: "1" }).describe("Version of the file's form."),
  name: lowerName(20).describe("Name of the team: the same as the file's."),
  description: sentence().optional().describe("What the team does."),
  contact: email().describe("Who is asked."),
  group: email().describe("Group of the identity provider whose members get the team's rights."),
  entraGroup: guid().optional().describe("Object id of that group in Entra; needed on cloud azure."),
  projects: z.array(projectName()).default([]).describe("Projects that the team owns."),
  reads: z
    .array(z.enum(["datasets", "artifacts", "packages", "prediction-logs"]))
    .default(["datasets"])
    .describe("Shared stores that the team may read."),
  quota: teamQuota.prefault({}).describe("What the team may use at once."),
  notebooks: z
    .strictObject({ class: computeClass().default("cpu-small").describe("Largest notebook.") })
    .prefault({})
    .describe("The team's notebooks."),
  budget: Budget.optional().describe("The team's share of the spending. Default: not watched."),
});
