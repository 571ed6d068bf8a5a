/** Names of accelerators. Does not load the engine. */

/**
 * An accelerator as Vertex AI and Workbench name it: `nvidia-tesla-t4` of Compute Engine is `NVIDIA_TESLA_T4` there.
 * https://cloud.google.com/vertex-ai/docs/reference/rest/v1/MachineSpec#AcceleratorType
 */
export function acceleratorName(type: string): string {
  return type.toUpperCase().replaceAll("-", "_");
}
