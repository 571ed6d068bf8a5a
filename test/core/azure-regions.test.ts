import {
  AZURE_REGION_NAMES,
  AZURE_REGIONS_DATED,
  AZURE_REGIONS_SOURCES,
  azurePlaceOf,
  azureZonesOf,
  defaultAzureZones,
  GPU_MACHINES,
  nearestWithMachine,
  nearestWithZones,
  offerOf,
  zonesFor,
} from "../../lib/core/azure-regions";

const [T4, A10, A100, H100] = GPU_MACHINES;

test("the table says when it was written and where it is from", () => {
  expect(AZURE_REGIONS_DATED).toMatch(/^20\d\d-\d\d-\d\d$/);
  for (const source of Object.values(AZURE_REGIONS_SOURCES)) expect(source).toMatch(/^https:\/\//);
});

test.each(AZURE_REGION_NAMES)("%s has a place, no zones or three, and GPUs in no more than these", (name) => {
  expect(azurePlaceOf(name)).not.toBe(name);
  const zones = azureZonesOf(name);
  expect([[], ["1", "2", "3"]]).toContainEqual(zones);
  for (const machine of GPU_MACHINES) {
    const offer = offerOf(name, machine);
    if (offer) expect(offer.zones).toBeLessThanOrEqual(Math.max(1, zones?.length ?? 0));
    expect(offer?.zones ?? 0).toBeGreaterThanOrEqual(0);
  }
});

test("there are the regions of Microsoft's list, some of them without zones", () => {
  expect(AZURE_REGION_NAMES.length).toBeGreaterThanOrEqual(55);
  for (const name of ["koreacentral", "westeurope", "eastus2", "japaneast"]) expect(azureZonesOf(name)).toHaveLength(3);
  for (const name of ["westus", "northcentralus", "koreasouth", "ukwest"]) expect(azureZonesOf(name)).toEqual([]);
  expect(azureZonesOf("moonbase")).toBeUndefined();
  expect(defaultAzureZones("moonbase")).toEqual(["1", "2", "3"]);
  expect(defaultAzureZones("westus")).toEqual([]);
});

test("machines are to be had as the table says", () => {
  expect(offerOf("koreacentral", A100)).toEqual({ zones: 1, spot: true });
  expect(offerOf("westeurope", A10)).toEqual({ zones: 3, spot: false });
  expect(offerOf("koreasouth", T4)).toEqual({ zones: 0, spot: true });
  // Access to it is restricted; nobody's list says what is there.
  expect(offerOf("francesouth", T4)).toBeUndefined();
});

test("every GPU is to be had somewhere, in two zones and in one, the nearest region first and never the region itself", () => {
  for (const machine of GPU_MACHINES) {
    expect(nearestWithMachine("koreacentral", machine)).toHaveLength(3);
    for (const name of nearestWithMachine("koreacentral", machine, 2)) {
      expect(offerOf(name, machine)?.zones).toBeGreaterThanOrEqual(2);
    }
  }
  expect(nearestWithMachine("koreasouth", H100)[0]).toBe("koreacentral");
  expect(nearestWithMachine("eastus2", A100)).not.toContain("eastus2");
  expect(nearestWithZones("westus")).toEqual(["westus2", "westus3", "centralus"]);
});

test("a pool is spread over zones only where every zone of the region has its machine", () => {
  const zones = ["1", "2", "3"];
  expect(zonesFor("japaneast", T4, zones)).toEqual(zones);
  // Which two of them have it differs by subscription: Azure chooses.
  expect(zonesFor("koreacentral", T4, zones)).toEqual([]);
  expect(zonesFor("koreacentral", "Standard_D4s_v5", zones)).toEqual(zones);
  expect(zonesFor("francesouth", T4, [])).toEqual([]);
});
