import {
  ACCELERATORS,
  defaultZones,
  nearestWith,
  placeOf,
  REGION_NAMES,
  REGIONS_DATED,
  REGIONS_SOURCES,
  zonesOf,
  zonesWith,
} from "../../lib/core/google-regions";
import { MACHINE_TYPES } from "../../lib/core/sizes";

test("the table says when it was written and where it is from", () => {
  expect(REGIONS_DATED).toMatch(/^20\d\d-\d\d-\d\d$/);
  for (const source of Object.values(REGIONS_SOURCES)) expect(source).toMatch(/^https:\/\//);
});

test.each(REGION_NAMES)("%s has a place, zones of its own, and accelerators in these only", (name) => {
  expect(placeOf(name)).not.toBe(name);
  const zones = zonesOf(name);
  if (zones) expect(zones.length).toBeGreaterThanOrEqual(3);
  expect([...new Set(zones)].sort()).toEqual(zones ?? []);
  for (const type of ACCELERATORS) {
    const there = zonesWith(name, type);
    expect(there === undefined).toBe(zones === undefined);
    for (const zone of there ?? []) expect(zones).toContain(zone);
  }
});

test("every accelerator of a size class is in the table, and to be had somewhere", () => {
  const types = Object.values(MACHINE_TYPES.gcp).flatMap(({ accelerator }) => accelerator?.type ?? []);
  expect([...types].sort()).toEqual([...ACCELERATORS].sort());
  for (const type of ACCELERATORS) expect(nearestWith("asia-northeast3", type)).toHaveLength(3);
});

test("zones are those of the region, not always a, b and c", () => {
  expect(defaultZones("europe-west1")).toEqual(["europe-west1-b", "europe-west1-c", "europe-west1-d"]);
  expect(defaultZones("us-central1")).toHaveLength(4);
  expect(defaultZones("asia-southeast3")).toEqual(["a", "b", "c"].map((letter) => `asia-southeast3-${letter}`));
});

test("the nearest region comes first, and never the region itself", () => {
  expect(nearestWith("us-south1", "nvidia-l4")[0]).toBe("us-central1");
  expect(nearestWith("us-west1", "nvidia-tesla-a100")).not.toContain("us-west1");
  expect(nearestWith("asia-northeast2", "nvidia-tesla-a100")[0]).toBe("asia-northeast1");
  for (const name of nearestWith("us-east1", "nvidia-tesla-a100", 2)) {
    expect(zonesWith(name, "nvidia-tesla-a100")?.length).toBeGreaterThanOrEqual(2);
  }
});
