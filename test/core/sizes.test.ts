import { SIZE_CLASSES } from "../../lib/contracts/sizes";
import { MACHINE_TYPES, SIZES, SIZES_DATED, type SizedCloud } from "../../lib/core/sizes";

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

test("the table says when it was checked", () => {
  expect(SIZES_DATED).toMatch(/^20\d\d-\d\d-\d\d$/);
});
