import { doctor, ML_USAGES, machine, row, SKUS, USAGES, usage } from "./doctor-support";
import { type Answers, list } from "./operator-support";

describe("the doctor, of quotas and machines", () => {
  test.each<[string, string, Answers, RegExp]>([
    [
      "no GPU at all",
      "quota lowPriorityCores",
      ({ path }) =>
        path.endsWith("/usages") && path.includes("microsoft.compute")
          ? list(...USAGES.map((one) => (one.name.value === "lowPriorityCores" ? usage("lowPriorityCores", 0) : one)))
          : undefined,
      /Ask for 48 at .*filter: lowPriorityCores.*or lower max/,
    ],
    [
      "a machine that the region does not offer",
      "machine Standard_NC24ads_A100_v4",
      ({ path }) => (path.endsWith("/skus") ? list(SKUS[0]) : undefined),
      /clouds\.azure\.region.*kubernetes\.pools/,
    ],
    [
      "a machine that this subscription may not have",
      "machine Standard_NC24ads_A100_v4",
      ({ path }) =>
        path.endsWith("/skus")
          ? list(
              SKUS[0],
              machine("Standard_NC24ads_A100_v4", "f", [
                { type: "Location", reasonCode: "NotAvailableForSubscription" },
              ]),
            )
          : undefined,
      /ask for access/,
    ],
  ])("says what to do about %s", async (_what, check, first, fix) => {
    expect(row(await doctor(first), check)).toMatchObject({ ok: false, fix: expect.stringMatching(fix) });
  });

  test("counts pools as the cluster has them: the system pool, and the twin of a spot pool, whose processors may be lacking", async () => {
    const less: Answers = ({ path }) =>
      path.endsWith("/usages") && path.includes("microsoft.compute")
        ? list(...USAGES.map((one) => (one.name.value.startsWith("StandardNC") ? usage(one.name.value, 0) : one)))
        : undefined;
    const checks = await doctor(less);
    expect(row(checks, "quota StandardNCADSA100v4Family")).toMatchObject({
      ok: true,
      warning: true,
      message: expect.stringContaining("pools gpu-ondemand may take 48"),
    });
    expect(row(checks, "quota standardDSv5Family")?.message).toContain("pools system may take 12");
    expect(row(checks, "quota cores")?.message).toContain("pools gpu-ondemand, system may take 60");
  });

  test("looks at GPUs first", async () => {
    const quotas = (await doctor()).filter(({ check }) => /^quota (?!of)/.test(check));
    expect(quotas.map(({ check }) => check).at(-1)).toBe("quota standardDSv5Family");
  });

  test("names the zones that lack a machine, and the setting that leaves them out", async () => {
    const zones = [{ type: "Zone", restrictionInfo: { zones: ["3"] } }];
    const checks = await doctor(({ path }) =>
      path.endsWith("/skus") ? list(SKUS[0], machine("Standard_NC24ads_A100_v4", "f", zones)) : undefined,
    );
    expect(row(checks, "machine Standard_NC24ads_A100_v4")).toMatchObject({
      ok: true,
      warning: true,
      fix: "Write clouds.azure.zones: [1, 2]",
    });
  });

  test("warns when training may ask Azure ML for more than there is", async () => {
    const few: Answers = ({ path }) =>
      path.includes("microsoft.machinelearningservices/locations")
        ? list({ ...ML_USAGES[1], limit: 24 }, { ...ML_USAGES[0], limit: -1 })
        : undefined;
    const checks = (await doctor(few)).filter(({ check }) => check.startsWith("quota of Azure ML"));
    expect(checks).toMatchObject([
      { ok: true, warning: true, fix: expect.stringMatching(/lower training\.max/) },
      { ok: true, fix: null },
    ]);
  });
});
