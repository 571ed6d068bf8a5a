/** An environment with every switch on, so that every resource type is seen, and one for what it leaves out. Plain text, as a person would write it. */

/** A pretrained model as each catalogue names it. */
const MODEL = {
  gcp: "publishers/google/models/gemma2",
  azure: "azureml://registries/azureml-meta/models/Llama-3.2-1B",
};

/** A class with GPUs in two zones of the region: production takes no other. */
const LARGE = { gcp: "gpu-a100", azure: "gpu-l4" };

/** Digests of images that were never built: plans need their form only. */
export function images() {
  const digest = (letter) => `sha256:${letter.repeat(64)}`;
  return `version: 1
images:
  tracking: ${digest("a")}
  serving: ${digest("b")}
  trigger: ${digest("c")}
`;
}

/** @param {"gcp" | "azure"} cloud whose catalogue names the pretrained models */
export function everything(cloud) {
  return `cloud: gcp
tier: production
clouds:
  gcp: { project: acme-ml-everything, projectNumber: 100000000009 }
  azure: { subscription: 1b2c3d4e-0000-4000-8000-0000000000d9 }
network: { cidr: 10.40.0.0/16 }
kubernetes:
  highAvailability: true
  upgrades: stable
  pools:
    cpu: { class: cpu-medium, min: 1, max: 6, capacity: spot }
    memory: { class: cpu-highmem, min: 0, max: 4 }
    small: { class: gpu-t4, min: 0, max: 2, capacity: spot }
    large: { class: ${LARGE[cloud]}, min: 0, max: 2 }
encryption: { ownKeys: true }
metadata: { class: db-large, highAvailability: true, backupRetentionDays: 30 }
training: { class: gpu-l4, max: 4, capacity: spot, tensorBoard: true }
featureStore:
  enabled: true
  groups:
    patients: { entity: patient_id, features: [age, bmi, bp] }
notebooks: { enabled: true, class: cpu-medium }
autoMl: { enabled: true }
pretrainedModels: { allowed: [${MODEL[cloud]}] }
dataProcessing: { enabled: true }
dataIntegration: { enabled: true }
workflowEngine: { enabled: true }
delivery:
  runner: network
  infrastructure: { host: github, repository: acme/mlops-blueprint }
  source: { host: github, repository: acme/ml-projects, connection: acme }
  rules:
    - { branch: develop, environment: everything, deploy: automatic }
    - { branch: main, environment: everything, deploy: onMerge }
    - { tag: "v*", environment: everything, deploy: approved }
serving:
  production: { target: kubernetes, host: predict.everything.acme.example, replicas: { min: 3, max: 30 } }
monitoring:
  archive: { retentionDays: 400, locked: true }
  alerts: { email: [ml-oncall@acme.example], noTrafficMinutes: 60 }
budget: { monthly: 20000, currency: USD }
`;
}

/** The smallest environment with Kubeflow Pipelines: they keep their own metadata in a MySQL server. */
export function kubeflow() {
  return `cloud: gcp
tier: production
clouds:
  gcp: { project: acme-ml-kubeflow, projectNumber: 100000000010 }
  azure: { subscription: 1b2c3d4e-0000-4000-8000-0000000000da }
network: { cidr: 10.41.0.0/16 }
orchestrator: kubeflow
kubeflow: { tenancy: shared }
kubernetes: { highAvailability: true, upgrades: stable }
encryption: { ownKeys: true }
metadata: { highAvailability: true, backupRetentionDays: 30 }
delivery: { runner: network }
serving:
  production: { target: kubernetes, host: predict.kubeflow.acme.example, replicas: { min: 2, max: 4 } }
monitoring:
  archive: { retentionDays: 400, locked: true }
`;
}
