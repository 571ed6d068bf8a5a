/** The bodies that the estate would send for the documents in `azureml/`, as JSON by their names. Run by azureml.mjs. */
import {
  batchEndpointBody,
  type CommandSpec,
  componentBody,
  defaultDeployment,
  environmentBody,
  type PipelineSpec,
  pipelineDeploymentBody,
} from "../../lib/azure/parts/azureml";
import { computeInstanceBody } from "../../lib/azure/parts/azureml-compute";
import { onlineDeploymentBody, onlineEndpointBody } from "../../lib/azure/parts/azureml-online";
import { monitorScheduleBody, pipelineScheduleBody } from "../../lib/azure/parts/azureml-schedule";

const WORKSPACE =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/acme/providers/Microsoft.MachineLearningServices/workspaces/acme";
const route = (path: string) => ({ path, port: 8080 });
const parameter = (kind: "inputs" | "outputs" | "parent.inputs", name: string) => `$${`{{${kind}.${name}}}`}`;

const train: CommandSpec = {
  $schema: "https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json",
  type: "command",
  name: "train",
  version: "1",
  display_name: "train",
  description: "Trains a model",
  is_deterministic: true,
  environment: `azureml:${WORKSPACE}/environments/steps/versions/1`,
  command: [
    `python -m steps.train --training ${parameter("inputs", "training")}`,
    `--alpha ${parameter("inputs", "alpha")} --model ${parameter("outputs", "model")}`,
  ].join(" "),
  inputs: { training: { type: "uri_file" }, alpha: { type: "number", default: "0.1", optional: false } },
  outputs: { model: { type: "uri_folder" } },
};

const diabetes: PipelineSpec = {
  $schema: "https://azuremlschemas.azureedge.net/latest/pipelineComponent.schema.json",
  type: "pipeline",
  name: "diabetes",
  version: "1",
  display_name: "diabetes",
  inputs: { alpha: { type: "number", default: "0.1" } },
  jobs: {
    train: {
      name: "train",
      type: "command",
      componentId: `${WORKSPACE}/components/train/versions/1`,
      computeId: "training",
      inputs: { alpha: { value: parameter("parent.inputs", "alpha"), job_input_type: "literal" } },
    },
  },
};

const due = (displayName: string, description: string, expression: string) => ({
  displayName,
  description,
  expression,
  timeZone: "Korea Standard Time",
});
const component = `${WORKSPACE}/components/diabetes/versions/1`;
const endpoint = batchEndpointBody("Runs the pipeline of diabetes");

const BODIES = {
  environment: environmentBody("acme.azurecr.io/serving@sha256:0123", "Serves models", {
    livenessRoute: route("/healthz"),
    readinessRoute: route("/readyz"),
    scoringRoute: route("/v1/models"),
  }),
  command: componentBody(train, train.description),
  pipeline: componentBody(diabetes),
  "batch-endpoint": { properties: { ...endpoint.properties, ...defaultDeployment("current").properties } },
  "batch-deployment": pipelineDeploymentBody(component, "training"),
  "online-endpoint": onlineEndpointBody("Predicts", "internal"),
  "online-deployment": onlineDeploymentBody({
    instanceType: "Standard_D2s_v5",
    instances: 2,
    environment: `${WORKSPACE}/environments/serving/versions/1`,
    variables: { SERVING_MODEL: "diabetes" },
    collect: 0.5,
  }),
  schedule: pipelineScheduleBody(due("retrain-diabetes", "Trains diabetes anew", "0 3 * * 1"), {
    project: "diabetes",
    component,
    compute: "training",
    inputs: { alpha: "0.2" },
  }),
  monitor: monitorScheduleBody(due("monitor-diabetes", "Watches diabetes", "0 4 * * *"), {
    deployment: `${WORKSPACE}/onlineEndpoints/predict/deployments/blue`,
    task: "Regression",
    served: {
      asset: "azureml:diabetes_inputs:1",
      preprocessing: `azureml:${WORKSPACE}/components/collected/versions/1`,
    },
    trainedOn: "azureml:diabetes_training:1",
    threshold: 0.2,
    windowDays: 7,
    emails: ["ml-oncall@acme.example"],
  }),
  "compute-instance": computeInstanceBody({
    vmSize: "Standard_D2s_v5",
    idleMinutes: 60,
    user: { objectId: "00000000-0000-4000-8000-000000000003", tenantId: "00000000-0000-4000-8000-000000000002" },
  }),
};

process.stdout.write(`${JSON.stringify(BODIES, null, 2)}\n`);
