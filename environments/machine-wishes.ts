/** What an environment asks for by size class, and where it is to stand: what a cloud's table of places is held against. */
import type { SizeClass } from "../lib/contracts/sizes";
import type { ConfigRule } from "../lib/core/config-rules";
import type { Sections } from "./checks";
import { pathText } from "./tree";

/** Something that has a class, and where it stands. */
export interface MachineWish {
  readonly path: readonly PropertyKey[];
  readonly class: SizeClass;
  /** all: in every zone of the environment that has its machine. first: in the first zone. region: the cloud finds one. */
  readonly place: "all" | "first" | "region";
  readonly capacity: string | undefined;
  /** Where the capacity can be said. @default - it cannot: it is onDemand */
  readonly capacityPath?: readonly PropertyKey[];
}

/** What is asked of machines on a cloud. Of a cluster on Google Cloud that exists already, nobody here knows the zones. */
export function machineWishes(
  { kubernetes, clouds, training, notebooks, serving }: Sections,
  cloud: "gcp" | "azure",
): MachineWish[] {
  const wishes: (Omit<MachineWish, "class"> & { readonly class: SizeClass | undefined })[] = [];
  const pools = cloud === "gcp" && clouds?.gcp?.existing?.cluster ? {} : kubernetes?.pools;
  for (const [name, pool] of Object.entries(pools ?? {})) {
    const at = ["kubernetes", "pools", name];
    const { capacity } = pool ?? {};
    const capacityPath = [...at, "capacity"];
    wishes.push({ path: [...at, "class"], class: pool?.class, place: "all", capacity, capacityPath });
  }
  const { capacity } = training ?? {};
  const capacityPath = ["training", "capacity"];
  wishes.push({ path: ["training", "class"], class: training?.class, place: "region", capacity, capacityPath });
  if (notebooks?.enabled) {
    wishes.push({ path: ["notebooks", "class"], class: notebooks.class, place: "first", capacity: "onDemand" });
  }
  const { target, class: size } = serving?.production ?? {};
  if (target === "managed") {
    wishes.push({ path: ["serving", "production", "class"], class: size, place: "region", capacity: "onDemand" });
  }
  return wishes.flatMap((wish) => (wish.class === undefined ? [] : [{ ...wish, class: wish.class }]));
}

/** The rule of two zones for GPUs in production, which somebody may waive. */
export const SINGLE_GPU_ZONE: ConfigRule = "single-gpu-zone";

/** Whether a GPU pool may stand in one zone: outside production, or when somebody answers for it. */
export function mayBeInOneZone({ tier, policies }: Sections, { path }: MachineWish): boolean {
  const pool = pathText(path.slice(0, -1));
  const waivers = policies?.waivers ?? [];
  return (
    tier !== "production" ||
    waivers.some((waiver) => waiver?.rule === SINGLE_GPU_ZONE && (waiver.resource ?? pool) === pool)
  );
}
