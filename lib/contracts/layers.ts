/** The layers of an environment, in the order they are deployed. One layer is one stack and one Terraform state. */
export const LAYERS = [
  "foundation",
  "network",
  "data",
  "compute",
  "platform",
  "ml",
  "delivery",
  "serving",
  "observability",
  "teams",
] as const;
/** A layer's name. */
export type Layer = (typeof LAYERS)[number];

/** Name of the stack that holds one layer of an environment. */
export function stackName(environment: string, layer: Layer): string {
  return `${environment}-${layer}`;
}
