/** What Azure asks for machines by the hour, USD, list prices for Linux. Nothing is filled in from another region. */
import type { Price } from "./price";

/** Azure's list of retail prices as an open tool repeats it, machine by machine and region by region. */
const RETAIL = {
  source:
    "https://github.com/DarrenJohns/djtools-azure-vm-sku-locator/tree/f31f81713de7a6c28fd9042ebfbacf1fd71ec5f9/data",
  date: "2026-08-01",
} as const;

/** Of one region. Low priority is what Azure ML's clusters can have in place of spot. */
type Hour = readonly [onDemand: number, spot: number, lowPriority: number];

/** What a machine of a size costs by the hour, GPUs and local disks of the size included. */
function machine(size: string, prices: Readonly<Record<string, Hour>>): readonly Price[] {
  const column = (index: 0 | 1 | 2) =>
    Object.fromEntries(Object.entries(prices).map(([region, hour]) => [region, hour[index]]));
  const sku = `machine.Standard_${size}`;
  return [
    { sku, unit: "hour", prices: column(0), ...RETAIL },
    { sku: `${sku}.spot`, unit: "hour", prices: column(1), ...RETAIL },
    { sku: `${sku}.lowPriority`, unit: "hour", prices: column(2), ...RETAIL },
  ];
}

/** Every size of the size classes, and what Azure ML takes in their place. */
export const AZURE_MACHINES: readonly Price[] = [
  machine("D2s_v5", {
    koreacentral: [0.118, 0.021806, 0.0236],
    eastus: [0.096, 0.020266, 0.0192],
    westeurope: [0.115, 0.021252, 0.023],
  }),
  machine("D4s_v5", {
    koreacentral: [0.236, 0.043613, 0.0472],
    eastus: [0.192, 0.040531, 0.0384],
    westeurope: [0.23, 0.042504, 0.046],
  }),
  machine("D16s_v5", {
    koreacentral: [0.944, 0.174451, 0.189],
    eastus: [0.768, 0.162125, 0.154],
    westeurope: [0.92, 0.170016, 0.184],
  }),
  machine("E8s_v5", {
    koreacentral: [0.608, 0.112358, 0.122],
    eastus: [0.504, 0.106142, 0.101],
    westeurope: [0.608, 0.112358, 0.122],
  }),
  machine("NC4as_T4_v3", {
    koreacentral: [0.647, 0.18763, 0.129],
    eastus: [0.526, 0.15254, 0.105],
    westeurope: [0.658, 0.457113, 0.132],
  }),
  machine("NV36ads_A10_v5", {
    koreacentral: [4.32, 0.798336, 0.864],
    eastus: [3.2, 0.59136, 0.64],
    westeurope: [4.16, 0.768768, 0.832],
  }),
  machine("NC24ads_A100_v4", {
    koreacentral: [4.959, 0.916423, 0.992],
    eastus: [3.673, 0.67877, 0.735],
    westeurope: [4.775, 1.097295, 0.955],
  }),
  machine("NC40ads_H100_v5", {
    koreacentral: [9.423, 2.678959, 1.885],
    eastus: [6.98, 1.289904, 1.396],
    westeurope: [9.08, 5.23008, 1.816],
  }),
  machine("D2ds_v4", {
    koreacentral: [0.139, 0.025687, 0.0278],
    eastus: [0.113, 0.023809, 0.0226],
    westeurope: [0.136, 0.025133, 0.0272],
  }),
  machine("D4ds_v4", {
    koreacentral: [0.278, 0.051374, 0.0556],
    eastus: [0.226, 0.047618, 0.0452],
    westeurope: [0.272, 0.050266, 0.0544],
  }),
  machine("D16ds_v4", {
    koreacentral: [1.112, 0.205498, 0.222],
    eastus: [0.904, 0.190473, 0.181],
    westeurope: [1.088, 0.201062, 0.218],
  }),
  machine("E8s_v3", {
    koreacentral: [0.64, 0.118272, 0.128],
    eastus: [0.504, 0.098784, 0.101],
    westeurope: [0.64, 0.118272, 0.128],
  }),
  machine("D2as_v4", {
    koreacentral: [0.118, 0.021806, 0.0236],
    eastus: [0.096, 0.020246, 0.0192],
    westeurope: [0.115, 0.021252, 0.023],
  }),
  machine("D4as_v4", {
    koreacentral: [0.236, 0.043613, 0.0472],
    eastus: [0.192, 0.040493, 0.0384],
    westeurope: [0.23, 0.042504, 0.046],
  }),
  machine("D16as_v4", {
    koreacentral: [0.944, 0.174451, 0.189],
    eastus: [0.768, 0.161971, 0.154],
    westeurope: [0.92, 0.170016, 0.184],
  }),
].flat();
