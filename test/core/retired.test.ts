/** Products of the past: none is built upon, on any cloud, and no code calls one. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { RETIRED, retiredAs, retiredIn } from "../../lib/core/retired";
import { RULES } from "../../lib/core/rules";

const ROOT = resolve(__dirname, "../..");

/** Files that name products of the past to say that they are: the table, and its tests. */
const ABOUT = [
  "lib/core/retired.ts",
  "test/core/retired.test.ts",
  "test/core/policies.test.ts",
  "test/core/hardening-stacks.ts",
];

/** One resource that is of the past for each product that shows in resources. */
const RESOURCES: readonly (readonly [product: string, type: string, attributes: object])[] = [
  ["Azure ML workspace in v1 legacy mode", "azurerm_machine_learning_workspace", { v1_legacy_mode_enabled: true }],
  ["Azure ML web services on Container Instances and AKS (v1)", "azurerm_machine_learning_inference_cluster", {}],
  ["classic Application Insights", "azurerm_application_insights", { application_type: "web" }],
  ["low-priority machines of Azure Batch", "azurerm_batch_pool", {}],
  ["Azure AI services as a resource of its own", "azurerm_ai_services", {}],
  ["virtual machines with default outbound access", "azurerm_subnet", { address_prefixes: ["10.0.0.0/24"] }],
  ["Basic public addresses", "azurerm_public_ip", { sku: "Basic" }],
  ["PostgreSQL and MySQL single servers", "azurerm_postgresql_server", {}],
  ["AI Platform (Training, Prediction, Notebooks)", "google_notebooks_instance", {}],
  ["Container Registry", "google_container_registry", {}],
  ["Cloud Source Repositories", "google_sourcerepo_repository", {}],
  ["Cloud Functions, first generation", "google_cloudfunctions_function", {}],
  ["Vertex AI Feature Store (Legacy)", "google_vertex_ai_featurestore_entitytype", {}],
  [
    "Cloud Composer 1 and 2",
    "google_composer_environment",
    { config: { software_config: { image_version: "composer-2-airflow-2" } } },
  ],
];

/** A line of code that calls each product that shows in code. */
const CODE: readonly (readonly [product: string, line: string])[] = [
  ["Azure ML SDK v1", "from azureml.core import Workspace"],
  ["Azure ML SDK v1", "azureml-core==1.60.0"],
  ["Azure ML CLI v1", "az extension add --name azure-cli-ml"],
  ["Azure ML web services on Container Instances and AKS (v1)", "AciWebservice.deploy_configuration()"],
  ["pod identity of AKS", "  aadpodidbinding: serving"],
  ["AI Platform (Training, Prediction, Notebooks)", "gcloud ai-platform jobs submit training"],
  ["Container Registry", "docker push gcr.io/acme/serving"],
  ["Cloud Source Repositories", "https://source.developers.google.com/p/acme/r/ml"],
  ["Vertex AI Feature Store (Legacy)", "aiplatform.Featurestore.create()"],
  ["AutoML Tables", "https://automl.googleapis.com/v1"],
  ["Kubeflow Pipelines SDK v1", "func_to_container_op(train)"],
  ["Training Operator v1", "kind: PyTorchJob"],
];

/** What is of today and looks alike. */
const TODAY: readonly (readonly [type: string, attributes: object])[] = [
  ["azurerm_machine_learning_workspace", { v1_legacy_mode_enabled: false }],
  ["azurerm_application_insights", { workspace_id: "/subscriptions/…/workspaces/ml" }],
  ["azurerm_subnet", { default_outbound_access_enabled: false }],
  ["azurerm_public_ip", { sku: "Standard" }],
  ["azurerm_postgresql_flexible_server", {}],
  ["google_composer_environment", { config: [{ software_config: [{ image_version: "composer-3-airflow-3" }] }] }],
  ["google_vertex_ai_feature_online_store", {}],
  ["google_cloudfunctions2_function", {}],
];

test.each(RESOURCES)("%s is found in a stack by %s", (product, type, attributes) => {
  expect(retiredAs(type, attributes)?.product).toBe(product);
});

test.each(CODE)("%s is found in code by %s", (product, line) => {
  expect(retiredIn(line).map((one) => one.product)).toContain(product);
});

test.each(TODAY)("%s of today is let pass", (type, attributes) => {
  expect(retiredAs(type, attributes)).toBeUndefined();
});

test("every product shows somewhere, has an example here, an end, a successor and a source", () => {
  const shown = new Set([...RESOURCES, ...CODE].map(([product]) => product));
  expect(RETIRED.map(({ product }) => product).filter((product) => !shown.has(product))).toEqual([]);
  for (const { product, since, successor, source } of RETIRED) {
    expect([product, Number.isNaN(Date.parse(since))]).toEqual([product, false]);
    expect(successor).not.toBe("");
    expect(source).toMatch(/^https:\/\//);
  }
});

test("every environment's stacks are held against the table, whatever their cloud", () => {
  expect(RULES.find(({ id }) => id === "retired-product")).toMatchObject({ waivable: false });
});

test("nothing in the repository calls a product of the past", () => {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => /\.(ts|py|mjs|cjs|ya?ml|txt|in|toml|md|sh)$|Dockerfile$/.test(file) && !ABOUT.includes(file))
    // Deleted and not yet committed.
    .filter((file) => existsSync(join(ROOT, file)));
  expect(files.length).toBeGreaterThan(400);
  const found = files.flatMap((file) =>
    retiredIn(readFileSync(join(ROOT, file), "utf8")).map(({ product }) => `${file}: ${product}`),
  );
  expect(found).toEqual([]);
});
