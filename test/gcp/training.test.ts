import { onGcp } from "./support";

describe("machines for training", () => {
  /** What a step reads. */
  function reference(size: "cpu-small" | "cpu-large" | "gpu-t4" | "gpu-h100", capacity: "spot" | "onDemand" = "spot") {
    let text = "";
    onGcp(({ platform, layer }) => {
      text = platform.training(layer("compute"), "Training", { class: size, max: 4, capacity }).reference;
    });
    return JSON.parse(text);
  }

  test("are named in the words of a custom job", () => {
    expect(reference("gpu-t4")).toEqual({
      machineSpec: { machineType: "n1-standard-4", acceleratorType: "NVIDIA_TESLA_T4", acceleratorCount: 1 },
      maxReplicaCount: 4,
      scheduling: { strategy: "SPOT" },
    });
    expect(reference("cpu-large", "onDemand")).toEqual({
      machineSpec: { machineType: "e2-standard-16" },
      maxReplicaCount: 4,
      scheduling: { strategy: "STANDARD" },
    });
    expect(reference("gpu-h100").machineSpec.acceleratorType).toBe("NVIDIA_H100_80GB");
  });

  test("are the smallest that Vertex AI has, where it has no such small ones", () => {
    expect(reference("cpu-small").machineSpec).toEqual({ machineType: "e2-standard-4" });
  });
});
