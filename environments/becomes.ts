/** What a setting becomes on the environment's cloud, where that is not what the file says. */
import { SIZE_CLASSES, type SizeClass } from "../lib/contracts/sizes";
import { machineTypeFor, SIZES, SIZES_DATED } from "../lib/core/sizes";
import { gpuPlaces, serviceOf } from "./becomes-azure";
import { gpuZones, placed } from "./becomes-places";
import type { Environment } from "./schema";
import { pathText } from "./tree";

/** A setting that is asked about. */
export interface Setting {
  readonly path: readonly PropertyKey[];
  /** As it is in the resolved environment. */
  readonly value: unknown;
  /** As the file says; undefined for a default. */
  readonly written: unknown;
}

/** What it becomes, in words; nothing when it is taken as it stands. */
export function becomes(environment: Environment, setting: Setting): string | undefined {
  return (
    substitution(environment, setting) ??
    scaled(environment, setting) ??
    machine(environment, setting) ??
    placed(environment, setting)
  );
}

function substitution({ cloud, substitutions }: Environment, { path }: Setting): string | undefined {
  const found = substitutions.find((replaced) => replaced.path === pathText(path));
  if (!found) return undefined;
  return `${found.used ?? "nothing"} on cloud ${cloud}, instead of ${JSON.stringify(found.asked)}: ${found.because}`;
}

function scaled({ teamLimits }: Environment, { path, value, written }: Setting): string | undefined {
  if (path[0] !== "teams" || path[2] !== "quota" || path.length !== 4) return undefined;
  if (written === undefined || written === value) return undefined;
  return `${String(value)} here: the file says ${String(written)}, teamLimits.scale is ${teamLimits.scale}`;
}

/** The machine type of a size class. A cluster that exists and this machine have what they have. */
function machine(environment: Environment, { path, value }: Setting): string | undefined {
  const { cloud, overrides } = environment;
  if (path.at(-1) !== "class" || !isSizeClass(value)) return undefined;
  const { vcpu, memory, gpu } = SIZES[value];
  const atLeast = `${vcpu} vCPU, ${memory} GiB${gpu ? `, ${gpu.count} × ${gpu.kind.toUpperCase()}` : ""}`;
  if (cloud === "local")
    return `nothing on this machine: a process takes what it needs (elsewhere at least ${atLeast})`;
  if (cloud === "kubernetes") return `a request for at least ${atLeast}`;
  const chosen = overrides[cloud].machineTypes[value];
  if (chosen) return `${chosen} on cloud ${cloud}, by overrides.${cloud}.machineTypes`;
  const { type, accelerator, note, ...size } = machineTypeFor(cloud, value, serviceOf(environment, pathText(path)));
  const parts = [
    `${size.vcpu} vCPU`,
    `${size.memory} GiB`,
    ...(accelerator ? [`${accelerator.count} × ${accelerator.type} with ${accelerator.memory} GiB`] : []),
  ];
  const where = gpuPlace(environment, type, accelerator?.type);
  return `${type} on cloud ${cloud}: ${parts.join(", ")}${note ? ` (${note})` : ""}; table of ${SIZES_DATED}${where}`;
}

/** Where an accelerator is to be had, for the end of a sentence. */
function gpuPlace({ cloud, clouds }: Environment, type: string, accelerator: string | undefined): string {
  if (accelerator === undefined) return "";
  if (cloud === "gcp") return gpuZones(clouds.gcp, accelerator);
  return cloud === "azure" ? gpuPlaces(clouds.azure, type) : "";
}

function isSizeClass(value: unknown): value is SizeClass {
  return SIZE_CLASSES.some((name) => name === value);
}
