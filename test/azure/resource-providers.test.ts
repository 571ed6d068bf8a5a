import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  providerFeaturesFor,
  RESOURCE_PROVIDERS,
  type ResourceProvider,
  resourceProvidersFor,
} from "../../lib/azure/parts/resource-providers";
import { DEVELOPMENT, PRODUCTION } from "./support";

const LIBRARY = join(__dirname, "..", "..", "lib", "azure");

/** Beginnings of the provider's resource names, by the namespace of Azure's API that they are in. The first that fits counts. */
const NAMESPACES: readonly (readonly [begins: string, namespace: ResourceProvider | "none"])[] = [
  ["application-insights-workbook", "Microsoft.Insights"],
  ["application-insights", "Microsoft.Insights"],
  ["consumption-budget", "Microsoft.Consumption"],
  ["container-app", "Microsoft.App"],
  ["container-group", "Microsoft.ContainerInstance"],
  ["container-registry", "Microsoft.ContainerRegistry"],
  ["cosmosdb", "Microsoft.DocumentDB"],
  ["data-factory", "Microsoft.DataFactory"],
  ["dev-center", "Microsoft.DevCenter"],
  ["eventgrid", "Microsoft.EventGrid"],
  ["federated-identity", "Microsoft.ManagedIdentity"],
  ["key-vault", "Microsoft.KeyVault"],
  ["kubernetes", "Microsoft.ContainerService"],
  ["linux-virtual-machine", "Microsoft.Compute"],
  ["disk-encryption-set", "Microsoft.Compute"],
  ["virtual-machine", "Microsoft.Compute"],
  ["managed-disk", "Microsoft.Compute"],
  ["log-analytics", "Microsoft.OperationalInsights"],
  ["machine-learning", "Microsoft.MachineLearningServices"],
  ["managed-devops-pool", "Microsoft.DevOpsInfrastructure"],
  ["monitor-alert-prometheus", "Microsoft.AlertsManagement"],
  ["monitor-workspace", "Microsoft.Monitor"],
  ["monitor", "Microsoft.Insights"],
  ["mysql", "Microsoft.DBforMySQL"],
  ["postgresql", "Microsoft.DBforPostgreSQL"],
  ["servicebus", "Microsoft.ServiceBus"],
  ["storage", "Microsoft.Storage"],
  ["user-assigned-identity", "Microsoft.ManagedIdentity"],
  ["cost-anomaly", "Microsoft.CostManagement"],
  ["nat-gateway", "Microsoft.Network"],
  ["network", "Microsoft.Network"],
  ["private", "Microsoft.Network"],
  ["dns", "Microsoft.Network"],
  ["public-ip", "Microsoft.Network"],
  ["subnet", "Microsoft.Network"],
  ["virtual-network", "Microsoft.Network"],
  ["lb", "Microsoft.Network"],
  // Always there: https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-providers-and-types
  ["management-lock", "none"],
  ["provider", "none"],
  ["resource-group", "none"],
  ["resource-policy", "none"],
  ["role-", "none"],
];

const text = (file: string) => readFileSync(join(LIBRARY, file), "utf8");

test("every resource that the library makes is of a resource provider that bootstrap registers", () => {
  const made = [...text("bindings.ts").matchAll(/provider-azurerm\/lib\/([a-z0-9-]+)/g)].map(([, name = ""]) => name);
  expect(made.length).toBeGreaterThan(20);
  const unknown = made.filter((name) => !NAMESPACES.some(([begins]) => name.startsWith(begins)));
  expect(unknown).toEqual([]);
  const all: readonly string[] = Object.keys(RESOURCE_PROVIDERS);
  const lacking = made.flatMap((name) => {
    const namespace = NAMESPACES.find(([begins]) => name.startsWith(begins))?.[1] ?? "none";
    return namespace === "none" || all.includes(namespace) ? [] : [`${name}: ${namespace}`];
  });
  expect(lacking).toEqual([]);
});

test("so is every one in the words of Azure's API", () => {
  const files = readdirSync(LIBRARY, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const made = files.flatMap((file) =>
    [...text(file).matchAll(/"(Microsoft\.\w+)\/[\w/]+@/g)].map(([, name = ""]) => name),
  );
  const all: readonly string[] = Object.keys(RESOURCE_PROVIDERS);
  expect(made.filter((name) => !all.includes(name))).toEqual([]);
});

test("switches add what they need, and an environment without them is asked for no more", () => {
  const off = Object.fromEntries(Object.keys(PRODUCTION.features).map((name) => [name, false]));
  const plain = resourceProvidersFor({ ...DEVELOPMENT, features: { ...PRODUCTION.features, ...off } });
  expect(plain).not.toContain("Microsoft.DataFactory");
  expect(plain).not.toContain("Microsoft.Search");
  expect(resourceProvidersFor(PRODUCTION)).toEqual(
    expect.arrayContaining(["Microsoft.DataFactory", "Microsoft.Search", "Microsoft.DocumentDB"]),
  );
});

test("a cluster that is brought along asks for no feature", () => {
  expect(providerFeaturesFor(PRODUCTION).map(({ name }) => name)).toEqual(["EncryptionAtHost"]);
  expect(providerFeaturesFor({ existing: { cluster: "/x" } })).toEqual([]);
});
