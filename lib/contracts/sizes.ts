/** Neutral size classes; each cloud resolves them by a dated table. */
export const SIZE_CLASSES = [
  "cpu-small",
  "cpu-medium",
  "cpu-large",
  "cpu-highmem",
  "gpu-t4",
  "gpu-l4",
  "gpu-a100",
  "gpu-h100",
  "db-small",
  "db-medium",
  "db-large",
] as const;
/** A size class's name. */
export type SizeClass = (typeof SIZE_CLASSES)[number];

/** What a class means: at least so much. */
export interface Size {
  readonly vcpu: number;
  /** GiB. */
  readonly memory: number;
  /** @default - none */
  readonly gpu?: { readonly kind: "t4" | "l4" | "a100" | "h100"; readonly count: number };
}
