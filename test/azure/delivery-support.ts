/** Deliveries on Azure for tests. */
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { DeliveryProps } from "../../lib/contracts/delivery";
import { provided } from "../contracts/harness";
import { DEVELOPMENT, onAzure, resources } from "./support";

export const GITHUB = { host: "github", repository: "acme/ml-projects" } as const;
export const MAIN = { branch: "main", environment: "test", deploy: "onMerge" } as const;
export const RULES = [
  MAIN,
  { branch: "release/1.0", environment: "test", deploy: "automatic" },
  { tag: "v*", environment: "test", deploy: "approved", afterGoodRuns: 3 },
] as const;
export const DEFINITION = "azuredevops_build_definition";
export const DEVOPS = {
  organisation: "acme",
  project: "ml-platform",
  projectId: "1b2c3d4e-0000-4000-8000-0000000000a1",
};
export const POOL_PRINCIPAL = "1b2c3d4e-0000-4000-8000-0000000000e1";

export type Made = Record<string, unknown>;

/** The delivery layer with a source; what the platform says of it. */
export function delivery(props: Partial<DeliveryProps> = {}, settings: AzureSettings = DEVELOPMENT) {
  let made = { connection: "", triggers: {} as Readonly<Record<string, string>> };
  const { delivery: stack } = onAzure(({ platform, layer }) => {
    const { connection, triggers } = provided(
      platform.delivery(layer("delivery"), "Source", { source: GITHUB, rules: [MAIN], ...props }),
    );
    made = { connection, triggers };
  }, settings);
  return { stack, ...made };
}

/** Pipelines by name. */
export function pipelines(props?: Partial<DeliveryProps>, settings?: AzureSettings): Record<string, Made> {
  const found = resources(delivery(props, settings).stack, DEFINITION);
  return Object.fromEntries(found.map((made) => [String(made.name).replace("acme-test-", ""), made]));
}

/** Variables of a pipeline or of a group. */
export function variables(of: Made | undefined): Record<string, unknown> {
  const list = (of?.variable ?? []) as readonly { readonly name: string; readonly value?: string }[];
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** Settings with another Azure DevOps. */
export function devops(change: Partial<NonNullable<AzureSettings["devops"]>>, settings = DEVELOPMENT): AzureSettings {
  return { ...settings, devops: { ...DEVOPS, ...settings.devops, ...change } };
}
