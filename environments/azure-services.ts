/** Rules of Azure: what its services need beside the neutral settings, and what they would do otherwise than asked. */
import { SIZE_CLASSES } from "../lib/contracts/sizes";
import { AZURE_QA_LIMITS } from "../lib/core/azure-serving-limits";
import type { Report, Sections } from "./checks";

/** Hosts that Azure Pipelines build from, https://learn.microsoft.com/en-us/azure/devops/pipelines/repos. */
const BUILT_FROM: readonly string[] = ["github", "bitbucket", "azureRepos"];

const DEVOPS = ["clouds", "azure", "devops"] as const;

/** Azure Pipelines have a project, a way to the repository, and machines. */
export function azurePipelines({ cloud, clouds, delivery }: Sections, report: Report): void {
  const { source, runner } = delivery ?? {};
  const { azure } = clouds ?? {};
  if (cloud !== "azure" || !azure || !source?.host) return;
  if (!BUILT_FROM.includes(source.host)) {
    const message = `got ${source.host}, which Azure Pipelines do not build from, wanted one of ${BUILT_FROM.join(", ")}`;
    report(["delivery", "source", "host"], message, "Mirror the repository to one of them, and name that");
    return;
  }
  if (!("devops" in azure)) {
    report(DEVOPS, "missing, wanted the Azure DevOps project whose pipelines build delivery.source");
    return;
  }
  const { devops = {} } = azure;
  const isTold =
    source.host === "azureRepos" ? "repositoryId" in devops : "sourceConnection" in devops || source.connection;
  if (!isTold && source.host === "azureRepos") {
    const fix = "az repos show --repository NAME --query id says it";
    report([...DEVOPS, "repositoryId"], "missing, wanted the id of the repository in Azure Repos", fix);
  } else if (!isTold) {
    const message = `missing, wanted the id of the service connection to ${source.host} that a person has authorised`;
    report([...DEVOPS, "sourceConnection"], message, "az devops service-endpoint list says it");
  }
  if (runner === "network" && !("poolPrincipal" in devops)) {
    const message =
      "missing, wanted the object id of Managed DevOps Pools, which put the machines of delivery.runner: network there";
    const fix =
      "az ad sp list --display-name DevOpsInfrastructure --query [0].id says it; or write delivery.runner: hosted";
    report([...DEVOPS, "poolPrincipal"], message, fix);
  }
}

/** What exists already comes with what is needed to use it. */
export function azureExisting({ cloud, clouds, kubernetes, serving }: Sections, report: Report): void {
  const { existing, devops } = clouds?.azure ?? {};
  const path = ["clouds", "azure", "existing"];
  const pools = Object.keys(kubernetes?.pools ?? {});
  if (cloud === "azure" && existing?.cluster && pools.length > 0 && !("network" in existing)) {
    report(
      [...path, "network"],
      `missing, wanted the network of that cluster, which the nodes of ${pools.join(", ")} stand in`,
    );
  }
  if ((devops?.secrets ?? []).length > 0 && !existing?.vault) {
    const message =
      "are of clouds.azure.existing.vault, which is missing: Azure DevOps does not reach the environment's own";
    report(
      [...DEVOPS, "secrets"],
      message,
      "Name a vault that lets Azure DevOps in, or read them in the pipeline with AzureKeyVault@2",
    );
  }
  const { host, target } = serving?.production ?? {};
  const zone = existing?.dnsZone?.split("/").at(-1);
  if (cloud === "azure" && target === "kubernetes" && host && zone && host !== zone && !host.endsWith(`.${zone}`)) {
    const message = `got ${host}, wanted a name in the zone ${zone} of clouds.azure.existing.dnsZone`;
    report(["serving", "production", "host"], message, `Write a name that ends with .${zone}`);
  }
  if (existing?.cluster && !("clusterIssuer" in existing)) {
    const fix = `az aks show --ids ${existing.cluster} --query oidcIssuerProfile.issuerUrl says it`;
    report([...path, "clusterIssuer"], "missing, wanted the issuer of that cluster's service account tokens", fix);
  }
  if (existing?.clusterIssuer && !("cluster" in existing)) {
    report([...path, "clusterIssuer"], "has no effect without clouds.azure.existing.cluster, whose issuer it is");
  }
  if (existing?.privateDnsZones && !("network" in existing)) {
    const message = "has no effect without clouds.azure.existing.network, which those zones are linked to";
    report([...path, "privateDnsZones"], message, "Name the network as well, or remove the line");
  }
}

/**
 * Schedules are cron bindings of Dapr: time zones by IANA's names, and weekdays from 0, which is Sunday.
 * https://docs.dapr.io/reference/components-reference/supported-bindings/cron/#schedule-format
 */
export function azureSchedule({ cloud, retraining }: Sections, report: Report): void {
  const { schedule } = retraining ?? {};
  if (cloud !== "azure" || schedule === undefined) return;
  const [, , , , weekday = ""] = schedule.trim().split(/\s+/);
  if (!/7/.test(weekday)) return;
  report(["retraining", "schedule"], `got "${schedule}", but Dapr's weekdays are 0 to 6`, "Write 0 for Sunday");
}

/** Tiers of the database servers: burstable, general purpose, memory optimized. */
const TIERS = ["B_", "GP_", "MO_"];

/** A chosen machine is called as its service calls it, and can do what is asked of it. */
export function azureMachineTypes({ cloud, overrides, metadata }: Sections, report: Report): void {
  for (const size of SIZE_CLASSES) {
    const type = overrides?.azure?.machineTypes?.[size];
    const path = ["overrides", "azure", "machineTypes", size];
    if (type === undefined) continue;
    const database = size.startsWith("db-");
    const right = database ? TIERS.some((tier) => type.startsWith(`${tier}Standard_`)) : type.startsWith("Standard_");
    if (!right) {
      report(
        path,
        `got ${type}, wanted ${database ? "a tier and a size such as GP_Standard_D4ds_v5" : "a VM size such as Standard_D4s_v5"}`,
      );
    } else if (cloud === "azure" && metadata?.class === size && metadata.highAvailability && type.startsWith("B_")) {
      // https://learn.microsoft.com/en-us/azure/reliability/reliability-postgresql-flexible-server
      report(
        path,
        `got ${type}, but a burstable server cannot be highly available`,
        "Write a size that begins with GP_",
      );
    }
  }
}

/** What a budget takes, https://learn.microsoft.com/en-us/rest/api/consumption/budgets/create-or-update. One notification is of the forecast. */
const BUDGET = { thresholds: 4, emails: 50 } as const;

/** Azure tells of so many thresholds, and so many people. */
export function azureBudget({ cloud, budget, monitoring }: Sections, report: Report): void {
  if (cloud !== "azure" || !budget) return;
  const { thresholds, emails } = BUDGET;
  const told = [budget.alertAt?.length ?? 0, monitoring?.alerts?.email?.length ?? 0] as const;
  if (told[0] > thresholds) {
    const message = `got ${told[0]} percentages, wanted at most ${thresholds}: an Azure budget knows one more, which tells of the forecast`;
    report(["budget", "alertAt"], message);
  }
  if (told[1] > emails) {
    const message = `got ${told[1]} addresses, wanted at most ${emails}: an Azure budget writes to no more`;
    report(["monitoring", "alerts", "email"], message, "Give a group's address");
  }
}

/** What QA cannot be. */
export function azureQa({ cloud, serving, network }: Sections, report: Report): void {
  const target = serving?.qa?.target;
  if (cloud !== "azure" || network?.internet === undefined || (target !== "container" && target !== "instance")) return;
  for (const limit of AZURE_QA_LIMITS) {
    if (limit.target !== target || !limit.beyond({ target, internet: network.internet })) continue;
    report(limit.path, limit.message, limit.fix);
  }
}
