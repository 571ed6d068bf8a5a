import { SIZE_CLASSES } from "../../lib/contracts/sizes";
import { GPU_MACHINES } from "../../lib/core/azure-regions";
import {
  AZURE_SERVICES,
  type AzureService,
  MACHINE_TYPES,
  type MachineType,
  machineTypeFor,
  SIZES,
  SIZES_DATED,
  type SizedCloud,
} from "../../lib/core/sizes";

describe.each(Object.keys(MACHINE_TYPES) as SizedCloud[])("on %s", (cloud) => {
  test.each(SIZE_CLASSES)("%s is a machine with at least what the class means, and its source", (size) => {
    const wanted = SIZES[size];
    const machine = MACHINE_TYPES[cloud][size];
    expect(machine.vcpu).toBeGreaterThanOrEqual(wanted.vcpu);
    expect(machine.memory).toBeGreaterThanOrEqual(wanted.memory);
    expect(machine.accelerator?.count ?? 0).toBe(wanted.gpu?.count ?? 0);
    expect(machine.source).toMatch(/^https:\/\//);
    const standsIn = wanted.gpu !== undefined && !machine.accelerator?.type.toLowerCase().includes(wanted.gpu.kind);
    if (standsIn) expect(machine.note).toContain("stands in");
  });

  test("a type's own name says the vCPUs the table gives it", () => {
    for (const size of SIZE_CLASSES) {
      const { type, vcpu } = MACHINE_TYPES[cloud][size];
      const said = /^(?:GP_)?Standard_[A-Z]+(\d+)|^[a-z]+\d-(?:standard|highmem)-(\d+)|^db-custom-(\d+)-/.exec(type);
      const number = said?.slice(1).find((group) => group !== undefined);
      if (number !== undefined) expect({ type, vcpu }).toEqual({ type, vcpu: Number(number) });
    }
  });
});

// https://docs.cloud.google.com/sql/docs/postgres/create-instance#machine-types
test("database tiers of Google Cloud are ones that PostgreSQL takes, in the Enterprise edition", () => {
  for (const size of SIZE_CLASSES.filter((name) => name.startsWith("db-"))) {
    const { type, vcpu, memory } = MACHINE_TYPES.gcp[size];
    const mebibytes = Number(/^db-custom-\d+-(\d+)$/.exec(type)?.[1]);
    expect(mebibytes).toBe(memory * 1024);
    expect(mebibytes % 256).toBe(0);
    expect(mebibytes).toBeGreaterThanOrEqual(3840);
    expect(memory / vcpu).toBeGreaterThanOrEqual(0.9);
    expect(memory / vcpu).toBeLessThanOrEqual(6.5);
    expect(vcpu === 1 || (vcpu % 2 === 0 && vcpu <= 96)).toBe(true);
  }
});

describe("on Azure", () => {
  const databases = SIZE_CLASSES.filter((name) => name.startsWith("db-"));
  const gpus = SIZE_CLASSES.filter((name) => name.startsWith("gpu-"));

  // What azurerm 4.55.0 takes, without the burstable ones, which cannot be highly available.
  test("database tiers are ones that PostgreSQL takes, and MySQL its own", () => {
    const postgres =
      /^GP_Standard_D(((2|4|8|16|32|48|64)s_v3)|((2|4|8|16|32|48|64)ds_v4)|((2|4|8|16|32|48|64|96)a?ds_v5))$/;
    const mysql = /^GP_Standard_D((2|4|8|16|32|48|64)ds_v4|(2|4|8|16|32|48|64)ads_v5)$/;
    for (const size of databases) {
      expect(machineTypeFor("azure", size).type).toMatch(postgres);
      expect(machineTypeFor("azure", size, "mysql").type).toMatch(mysql);
      // They differ: MySQL has no Ddsv5.
      expect(machineTypeFor("azure", size).type).not.toMatch(mysql);
    }
  });

  test.each(Object.keys(AZURE_SERVICES) as AzureService[])(
    "the service %s has machines with at least what the class means",
    (service) => {
      const rows = Object.entries(AZURE_SERVICES[service]) as [keyof typeof SIZES, MachineType][];
      expect(rows.length).toBeGreaterThanOrEqual(3);
      for (const [size, { type, vcpu, memory, source }] of rows) {
        expect({ size, vcpu, memory }).toEqual({ size, ...SIZES[size] });
        expect(Number(/^(?:GP_)?Standard_[A-Z]+(\d+)/.exec(type)?.[1])).toBe(vcpu);
        expect(source).toMatch(/^https:\/\/learn\.microsoft\.com\//);
      }
    },
  );

  test("Azure ML's clusters and endpoints run no Dsv5 and no Esv5, and the same GPUs as nodes do", () => {
    for (const service of ["mlCompute", "mlEndpoint"] as const) {
      for (const size of SIZE_CLASSES.filter((name) => name.startsWith("cpu-"))) {
        expect(machineTypeFor("azure", size, service).type).not.toMatch(/s_v5$/);
      }
      for (const size of gpus) expect(machineTypeFor("azure", size, service)).toBe(MACHINE_TYPES.azure[size]);
    }
  });

  test("each GPU class is a machine whose places are known", () => {
    expect(gpus.map((size) => MACHINE_TYPES.azure[size].type).sort()).toEqual([...GPU_MACHINES].sort());
  });
});

test("the table says when it was checked", () => {
  expect(SIZES_DATED).toMatch(/^20\d\d-\d\d-\d\d$/);
});
