/** Resource providers and features that have to be registered before Terraform's first run: it registers none itself. */
import { UserError } from "../../core/errors";
import { object, text } from "../../core/json";
import { type ProviderFeature, providerFeaturesFor, resourceProvidersFor } from "../parts/resource-providers";
import type { AzureSettings } from "../parts/settings";
import { forPurpose } from "./api-error";
import type { Pending, Setup } from "./bootstrap";
import type { AzureClient } from "./client";

/** How long Azure may take, in seconds: some providers are set up in every region. */
const PATIENCE = 900;
/** Least right that holds every `register/action`. */
const ROLE = "Contributor";

/** Namespaces of the environment with the state that each is in: `Registered`, `NotRegistered`, `Registering`. */
export async function providerStates(
  client: AzureClient,
  settings: AzureSettings,
): Promise<readonly { readonly name: string; readonly state: string }[]> {
  const scope = `/subscriptions/${settings.subscription}`;
  const rows = await client.list("resources", `${scope}/providers`);
  const states = new Map(rows.map((row) => [text(row.namespace).toLowerCase(), text(row.registrationState)]));
  return resourceProvidersFor(settings).map((name) => ({
    name,
    state: states.get(name.toLowerCase()) ?? "NotRegistered",
  }));
}

/** Address of a feature. */
function featurePath({ subscription }: AzureSettings, { provider, name }: ProviderFeature): string {
  return `/subscriptions/${subscription}/providers/Microsoft.Features/providers/${provider}/features/${name}`;
}

/** Features of the environment with the state that each is in. */
export async function featureStates(
  client: AzureClient,
  settings: AzureSettings,
): Promise<readonly (ProviderFeature & { readonly state: string })[]> {
  return Promise.all(
    providerFeaturesFor(settings).map(async (feature) => {
      const found = await client.find("features", featurePath(settings, feature));
      return { ...feature, state: text(object(found?.properties)?.state) || "NotRegistered" };
    }),
  );
}

/** Registers what is not. */
export async function providerActions(setup: Setup): Promise<readonly Pending[]> {
  const { client, settings } = setup;
  const scope = `/subscriptions/${settings.subscription}`;
  const action = "Microsoft.Resources/subscriptions/providers/read";
  const purpose = { what: "cannot see which resource providers are registered", scope, action, role: "Reader" };
  const { providers, features } = await forPurpose(purpose, async () => ({
    providers: await providerStates(client, settings),
    features: await featureStates(client, settings),
  }));
  const missing = providers.filter(({ state }) => state !== "Registered").map(({ name }) => name);
  const asked = features.filter(({ state }) => state !== "Registered");
  return [
    {
      action: "resource providers",
      state: missing.length === 0 ? "there" : "create",
      detail:
        missing.length === 0 ? `${providers.length} registered` : `register ${missing.length} of ${providers.length}`,
      items: missing,
      work: () => register(setup, missing),
    },
    ...(features.length === 0
      ? []
      : [
          {
            action: "features",
            state: asked.length === 0 ? ("there" as const) : ("create" as const),
            detail: asked.length === 0 ? `${features.length} registered` : `register ${asked.length}`,
            items: asked.map(({ provider, name, reason }) => `${provider}/${name}: ${reason}`),
            work: () => registerFeatures(setup, asked),
          },
        ]),
  ];
}

async function register({ client, settings }: Setup, names: readonly string[]): Promise<void> {
  const scope = `/subscriptions/${settings.subscription}`;
  for (const name of names) {
    const purpose = { what: `${name} cannot be registered`, scope, action: `${name}/register/action`, role: ROLE };
    await forPurpose(purpose, () => client.post("resources", `${scope}/providers/${name}/register`));
  }
  const left = async () => {
    const waiting = (await providerStates(client, settings)).filter(({ state }) => state !== "Registered");
    return waiting.length === 0 ? [] : null;
  };
  const reading = "Microsoft.Resources/subscriptions/providers/read";
  const purpose = { what: "the registration cannot be watched", scope, action: reading, role: "Reader" };
  ended(await forPurpose(purpose, () => client.until(left, PATIENCE)), "the resource providers", settings);
}

/** A feature counts once its provider is registered again. */
async function registerFeatures({ client, settings }: Setup, features: readonly ProviderFeature[]): Promise<void> {
  const scope = `/subscriptions/${settings.subscription}`;
  for (const feature of features) {
    const { provider, name } = feature;
    const action = "Microsoft.Features/providers/features/register/action";
    const purpose = { what: `the feature ${provider}/${name} cannot be registered`, scope, action, role: ROLE };
    await forPurpose(purpose, async () => {
      await client.post("features", `${featurePath(settings, feature)}/register`);
      const look = async () => {
        const now = await client.get("features", featurePath(settings, feature));
        return text(object(now.properties)?.state) === "Registered" ? now : null;
      };
      ended(await client.until(look, PATIENCE), `the feature ${provider}/${name}`, settings);
      await client.post("resources", `${scope}/providers/${provider}/register`);
    });
  }
}

function ended(found: unknown, what: string, { subscription, environment }: AzureSettings): void {
  if (found !== null) return;
  throw new UserError({
    where: `subscription ${subscription}`,
    message: `${what}: not registered after ${PATIENCE / 60} minutes`,
    fix: `Azure goes on with it: run mlops bootstrap ${environment} again in a while`,
  });
}
