/** What must be right in a subscription before a plan is tried. */
import type { Check } from "../../contracts/operator";
import { object, text } from "../../core/json";
import { lookedAt } from "../../core/looked-at";
import { ApiError, apiProblem } from "./api-error";
import { featureStates, providerStates } from "./bootstrap-providers";
import { BLOB_ROLES, mayWriteState } from "./bootstrap-rights";
import { callerOf } from "./caller";
import type { AzureContext } from "./context";
import { devopsChecks } from "./devops";
import { nameChecks } from "./global-names";
import { policyChecks } from "./organisation-policies";
import { quotaChecks, trainingQuotaChecks } from "./quotas";
import { rightsChecks } from "./rights";
import { desiredAccount, differences, stateAccountId, stateContainerId } from "./state-account";
import { checkSubscription } from "./subscription";

type Look = () => Promise<readonly Check[]>;

/** One entry per check. A subscription that cannot be reached ends it: everything below would say the same. */
export async function runDoctor(context: AzureContext): Promise<readonly Check[]> {
  const bootstrap = `mlops bootstrap ${context.settings.environment}`;
  const reach = await look(context, "subscription", () => subscriptionChecks(context));
  if (reach.some(({ ok }) => !ok)) return reach;
  const rows = await Promise.all([
    look(context, "resource group", () => groupChecks(context)),
    look(context, "resource providers", () => providerChecks(context, bootstrap)),
    look(context, "state account", () => stateChecks(context, bootstrap)),
    look(context, "rights", () => rightsChecks(context)),
    look(context, "quotas", () => quotaChecks(context)),
    look(context, "quotas of Azure ML", () => trainingQuotaChecks(context)),
    look(context, "names", () => nameChecks(context)),
    look(context, "organisation policies", () => policyChecks(context)),
    look(context, "Azure DevOps", () => devopsChecks(context)),
  ]);
  return [...reach, ...rows.flat()];
}

function look({ settings }: AzureContext, check: string, work: Look): Promise<readonly Check[]> {
  const purpose = {
    what: "cannot be looked at",
    scope: `/subscriptions/${settings.subscription}`,
    action: "a right to look",
    role: "Reader",
  };
  return lookedAt(check, work, (error) =>
    error instanceof ApiError ? { status: error.status, ...apiProblem(error, purpose) } : undefined,
  );
}

async function subscriptionChecks({ client, settings }: AzureContext): Promise<readonly Check[]> {
  const { name, state, warned } = await checkSubscription(client, settings);
  const message = `${name || settings.subscription} is ${state || "there"}`;
  const fix = warned ? "Its bills are due: nothing more can be made once it is disabled" : null;
  return [{ check: "subscription", ok: true, message, fix, ...(warned ? { warning: true } : {}) }];
}

/** One that the config names has to be there; its own is made by the foundation layer. */
async function groupChecks({ client, names, settings }: AzureContext): Promise<readonly Check[]> {
  const { resourceGroup, region } = settings;
  if (resourceGroup === undefined) return [];
  const check = "resource group";
  const found = await client.find("resources", names.resourceGroupId);
  if (found !== null) return [{ check, ok: true, message: `${resourceGroup}, in ${text(found.location)}`, fix: null }];
  const fix = `Make it: az group create --name ${resourceGroup} --location ${region}, or leave clouds.azure.resourceGroup out`;
  return [{ check, ok: false, message: `there is no resource group ${resourceGroup}`, fix }];
}

async function providerChecks({ client, settings }: AzureContext, bootstrap: string): Promise<readonly Check[]> {
  const providers = await providerStates(client, settings);
  const missing = providers.filter(({ state }) => state !== "Registered").map(({ name }) => name);
  const features = await featureStates(client, settings);
  const asked = features.filter(({ state }) => state !== "Registered");
  const row = (check: string, all: number, lacking: readonly string[]): Check =>
    lacking.length === 0
      ? { check, ok: true, message: `${all} of ${all} registered`, fix: null }
      : { check, ok: false, message: `not registered: ${lacking.join(", ")}`, fix: `Run ${bootstrap}` };
  return [
    row("resource providers", providers.length, missing),
    ...(features.length === 0
      ? []
      : [
          row(
            "features",
            features.length,
            asked.map(({ provider, name, state }) => `${provider}/${name} (${state})`),
          ),
        ]),
  ];
}

async function stateChecks(context: AzureContext, bootstrap: string): Promise<readonly Check[]> {
  const { client, names, settings, access } = context;
  const check = "state account";
  if (settings.backend.type === "local") {
    const fix = settings.production ? "Write backend: { type: azurerm }" : null;
    const message = "the state is kept in files of this workspace";
    return [{ check, ok: true, warning: settings.production, message, fix }];
  }
  const name = names.stateAccount;
  const fix = `Run ${bootstrap}`;
  const found = await client.find("storage", stateAccountId(names));
  if (found === null) return [{ check, ok: false, message: `there is no storage account ${name}`, fix }];
  if ((await client.find("storage", stateContainerId(names))) === null)
    return [{ check, ok: false, message: `${name} has no container ${settings.backend.container}`, fix }];
  const different = differences(found, desiredAccount(settings));
  const closed = object(found.properties)?.publicNetworkAccess === "Disabled";
  const caller = await callerOf(access);
  const may = caller === undefined || (await mayWriteState(context, caller.id));
  return [
    may
      ? {
          check,
          ok: true,
          message: `${name}, without keys; ${caller?.name ?? "whoever is logged in"} may write`,
          fix: null,
        }
      : { check, ok: false, message: `${caller?.name} has no ${BLOB_ROLES.contributor.name} on its container`, fix },
    ...(different.length === 0
      ? []
      : [{ check, ok: true, warning: true, message: `${name} differs in ${different.join(", ")}`, fix }]),
    ...(closed
      ? [
          {
            check,
            ok: true,
            warning: true,
            message: `${name} does not answer on the internet`,
            fix: "Run where its private endpoint is reached, and set delivery.runner: network",
          },
        ]
      : []),
  ];
}
