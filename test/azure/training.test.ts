import type { TrainingProps } from "../../lib/contracts/training";
import { estate, inWorkspace } from "./ml-support";
import { onAzure, PRODUCTION, resources } from "./support";

describe("machines for training", () => {
  function training(props: Partial<TrainingProps> = {}) {
    let text = "";
    const { ml } = onAzure(({ platform, layer }) => {
      platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" });
      const made = platform.training(layer("ml"), "Training", { class: "gpu-t4", max: 4, capacity: "spot", ...props });
      text = made.reference;
    });
    const clusters = resources(ml, "azurerm_machine_learning_compute_cluster");
    return {
      reference: JSON.parse(text) as unknown,
      cluster: clusters.find(({ name }) => name === estate.name("mlCompute", "training")),
    };
  }

  test("are a cluster that costs nothing when nothing trains", () => {
    expect(training().cluster).toMatchObject({
      vm_size: "Standard_NC4as_T4_v3",
      vm_priority: "LowPriority",
      scale_settings: { min_node_count: 0, max_node_count: 4, scale_down_nodes_after_idle_duration: "PT5M" },
      location: PRODUCTION.region,
    });
    expect(training({ class: "cpu-large", capacity: "onDemand", max: 1 }).cluster).toMatchObject({
      vm_priority: "Dedicated",
      scale_settings: { max_node_count: 1 },
    });
  });

  test("are entered by nobody, and have no public address", () => {
    expect(training().cluster).toMatchObject({
      local_auth_enabled: false,
      node_public_ip_enabled: false,
      ssh_public_access_enabled: false,
    });
    // In the managed network; a subnet of ours would be another one.
    expect(training().cluster).not.toHaveProperty("subnet_resource_id");
    expect(training().cluster).not.toHaveProperty("ssh");
  });

  test("work as the pipelines' identity, in a workspace that is ready", () => {
    const { cluster } = training();
    expect(cluster).toMatchObject({
      machine_learning_workspace_id: estate.workspaceId,
      identity: { type: "UserAssigned", identity_ids: [estate.identity("pipelines")] },
    });
    const waits = cluster?.depends_on as string[];
    for (const type of [
      "azurerm_machine_learning_workspace.",
      "azurerm_private_endpoint.",
      "azurerm_user_assigned_identity.",
    ])
      expect(waits).toEqual(expect.arrayContaining([expect.stringContaining(type)]));
  });

  test("are named in the words of a job", () => {
    expect(training().reference).toEqual({ computeId: inWorkspace("computes/training"), maxInstanceCount: 4 });
  });

  test("are found by Azure ML for each job where that is asked for", () => {
    const { cluster, reference } = training({ serverless: true });
    expect(cluster).toBeUndefined();
    expect(reference).toEqual({
      computeId: "serverless",
      identity: { identityType: "Managed", resourceId: estate.identity("pipelines") },
      maxInstanceCount: 4,
      queueSettings: { jobTier: "Spot" },
      resources: { instanceType: "Standard_NC4as_T4_v3" },
    });
    expect(training({ serverless: true, capacity: "onDemand" }).reference).toMatchObject({
      queueSettings: { jobTier: "Standard" },
    });
  });
});
