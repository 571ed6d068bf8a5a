/** `mlops swap` on the shipped environments: the report is held against the two synths, and the word against the file. */
import fs from "node:fs";
import path from "node:path";
import type { SwapReport } from "../../operations/swap/report";
import type { SynthManifest } from "../../stacks/manifest";
import { run, workspace } from "./support";

jest.setTimeout(180_000);

let folder: string;
const file = (name: string) => path.join(folder, "environments", `${name}.yaml`);
const bytes = (name: string) => fs.readFileSync(file(name), "utf8");

/** Changes an environment's file, and puts it back. */
async function changed(name: string, change: (text: string) => string, work: () => Promise<void>): Promise<void> {
  const before = bytes(name);
  fs.writeFileSync(file(name), change(before));
  try {
    await work();
  } finally {
    fs.writeFileSync(file(name), before);
  }
}

async function report(name: string, to: string): Promise<SwapReport> {
  const { code, stdout, stderr } = await run(folder, ["swap", name, "--to", to, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** What synth makes of an environment: its document, and the number of resources. */
async function synthesized(name: string) {
  const out = path.join(folder, `out-${name}`);
  const { code, stderr } = await run(folder, ["synth", name, "--assume", "--out", out]);
  expect([code, stderr.replace(/.*nothing was deployed.*\n/, "")]).toEqual([0, expect.any(String)]);
  const manifest = JSON.parse(fs.readFileSync(path.join(out, "manifest.json"), "utf8")) as SynthManifest;
  const types = Object.values(manifest.stacks).flatMap(({ synthesizedStackPath }) => {
    const { resource = {} } = JSON.parse(fs.readFileSync(path.join(out, synthesizedStackPath), "utf8"));
    return Object.entries(resource).flatMap(([type, byId]) => Object.keys(byId as object).map(() => type));
  });
  fs.rmSync(out, { recursive: true });
  return { outputs: manifest.environments[name]?.outputs ?? {}, types, stacks: Object.keys(manifest.stacks).length };
}

/** With every image built, as the report assumes. */
const BUILT = `version: 1
images:
${["tracking", "serving", "trigger"].map((name) => `  ${name}: sha256:${"0".repeat(64)}`).join("\n")}
`;

beforeAll(() => {
  folder = workspace();
  fs.writeFileSync(path.join(folder, "environments", "images.lock.yaml"), BUILT);
});

describe.each(["dev", "staging", "prod"])("of %s to Azure", (name) => {
  test("says of each output what the two synths say", async () => {
    const made = await report(name, "azure");
    const before = await synthesized(name);
    await changed(
      name,
      (text) => text.replace(/^cloud: gcp/m, "cloud: azure"),
      async () => {
        const after = await synthesized(name);
        expect(Object.keys(after.outputs)).toEqual(Object.keys(before.outputs));
        const [had, has] = [before, after].map(({ outputs }) =>
          Object.entries(outputs).filter(([, { lacking }]) => lacking === undefined),
        );
        const names = (entries: typeof had) => new Set(entries?.map(([key]) => key));
        const lost = made.contracts
          .flatMap((part) => part.lost.map(({ what }) => what))
          .filter((key) => key in before.outputs);
        expect(lost.sort()).toEqual([...names(had)].filter((key) => !names(has).has(key)).sort());
        const gained = made.contracts.flatMap((part) => part.gained.map(({ what }) => what));
        expect(gained.sort()).toEqual([...names(has)].filter((key) => !names(had).has(key)).sort());
        expect(counted(made, "from")).toEqual(tally(before.types));
        expect(counted(made, "to")).toEqual(tally(after.types));
        expect(made.staysUp).toMatchObject({ resources: before.types.length, states: before.stacks });
      },
    );
  });

  test("and back gives the first bytes again", async () => {
    const before = bytes(name);
    const there = await run(folder, ["swap", name, "--to", "azure", "--write"]);
    expect([there.code, there.stdout]).toEqual([0, expect.stringContaining(`mlops bootstrap ${name}`)]);
    expect(bytes(name)).toBe(before.replace(/^cloud: gcp/m, "cloud: azure"));
    const back = await run(folder, ["swap", name, "--to", "gcp", "--write"]);
    expect([back.code, bytes(name)]).toEqual([0, before]);
  });
});

/** Every resource of a side by type: those of the parts, and what the cloud needs besides. */
function counted({ contracts, besides }: SwapReport, side: "from" | "to") {
  const all = [besides, ...contracts.map(({ resources }) => resources)].flatMap((one) => Object.entries(one[side]));
  return tally(all.flatMap(([type, count]) => Array<string>(count).fill(type)));
}

function tally(types: readonly string[]): Record<string, number> {
  const names = [...new Set(types)].sort();
  return Object.fromEntries(names.map((name) => [name, types.filter((type) => type === name).length]));
}

test("writes nothing without --write", async () => {
  const before = bytes("dev");
  const { code, stdout } = await run(folder, ["swap", "dev", "--to", "azure"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("Nothing is written")]);
  expect(bytes("dev")).toBe(before);
  expect(fs.readdirSync(path.join(folder, "environments")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("names every setting that is for one cloud only by its line", async () => {
  await changed(
    "dev",
    (text) => `${text}overrides:\n  gcp:\n    machineTypes: { gpu-l4: g2-standard-12 }\n`,
    async () => {
      const line =
        bytes("dev")
          .split("\n")
          .findIndex((text) => text.includes("machineTypes")) + 1;
      const { nonPortable } = await report("dev", "azure");
      expect(nonPortable).toContainEqual({
        path: "overrides.gcp.machineTypes.gpu-l4",
        where: expect.stringMatching(new RegExp(`environments/dev\\.yaml:${line}$`)),
        value: "g2-standard-12",
        because: expect.stringContaining("no effect on azure"),
      });
    },
  );
});

test("names what takes effect on the new cloud, and what a machine takes the place of", async () => {
  const { nonPortable } = await report("prod", "azure");
  expect(nonPortable).toContainEqual({
    path: "overrides.azure.machineTypes.gpu-a100",
    where: expect.stringMatching(/environments\/prod\.yaml:\d+$/),
    value: "Standard_NV36ads_A10_v5",
    because: expect.stringMatching(/^takes effect on azure, in the place of Standard_NC24ads_A100_v4/),
  });
});

test("counts what differs only in the cloud's name as kept, and says where the estate stands", async () => {
  const { contracts, place } = await report("dev", "azure");
  const cluster = contracts.find(({ contract }) => contract === "cluster");
  expect(cluster?.kept.settings).toContain("kubernetes.pools.cpu.capacity");
  expect(cluster?.changes.map(({ what }) => what)).toContain("kubernetes.pools.gpu.class");
  expect(place).toEqual({ from: "asia-northeast3", to: "koreacentral" });
});

test("gives the reason of a size in full, and what goes on until the old estate is destroyed", async () => {
  const { stdout } = await run(folder, ["swap", "dev", "--to", "azure"]);
  expect(stdout).toContain("Azure has no L4: an A10, which has the same 24 GiB, stands in for it");
  expect(stdout).toMatch(
    /goes on as it is, with its schedules, triggers and alerts, and costs [\d,.]+ to [\d,.]+ a month/,
  );
  expect(stdout).not.toContain("…,");
});

test("to this machine offers no place where there is none", async () => {
  const { stdout } = await run(folder, ["swap", "dev", "--to", "local"]);
  expect(stdout).toMatch(/images by digest: .* → nothing\n.*\n.*not copied: local has no place for it/);
});

test.each([
  ['cloud: "gcp" # why', 'cloud: "azure" # why'],
  ["cloud: &gcp gcp", "cloud: &gcp azure"],
  ["cloud: >-\n  gcp", "cloud: >-\n  azure"],
])("changes the word in %j and nothing else", async (before, after) => {
  await changed(
    "dev",
    (text) => text.replace(/^cloud: gcp.*/m, before).replaceAll("\n", "\r\n"),
    async () => {
      const text = bytes("dev");
      const { code } = await run(folder, ["swap", "dev", "--to", "azure", "--write"]);
      const crlf = (words: string) => words.replaceAll("\n", "\r\n");
      expect([code, bytes("dev")]).toEqual([0, text.replace(crlf(before), crlf(after))]);
    },
  );
});

test("refuses a word that is written as another, and writes nothing", async () => {
  await changed(
    "dev",
    (text) => text.replace(/^cloud: gcp.*/m, 'cloud: "gc\\u0070"'),
    async () => {
      const before = bytes("dev");
      const { code, stdout, stderr } = await run(folder, ["swap", "dev", "--to", "azure", "--write"]);
      expect([code, stdout]).toEqual([4, ""]);
      expect(stderr).toMatch(/dev\.yaml:\d+: cloud: got .*, wanted the word gcp itself.*Write cloud: gcp/);
      expect(bytes("dev")).toBe(before);
    },
  );
});

test("leaves a read-only file alone, and says how to allow it", async () => {
  const before = bytes("dev");
  fs.chmodSync(file("dev"), 0o444);
  try {
    const { code, stderr } = await run(folder, ["swap", "dev", "--to", "azure", "--write"]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/dev\.yaml: is read-only.*chmod u\+w/)]);
    expect(bytes("dev")).toBe(before);
  } finally {
    fs.chmodSync(file("dev"), 0o644);
    fs.writeFileSync(file("dev"), before);
  }
});

test("says after writing that the old addresses are noted before", async () => {
  const before = bytes("dev");
  const { stdout } = await run(folder, ["swap", "dev", "--to", "azure", "--write"]);
  fs.writeFileSync(file("dev"), before);
  expect(stdout).toContain("mlops swap dev --to gcp --write) and run mlops outputs dev --json > dev-gcp.json first");
});

test("says what the other cloud refuses at its line, and changes nothing", async () => {
  await changed(
    "dev",
    (text) =>
      text
        .replace("cloud: gcp", "cloud: gcp")
        .replace(/^clouds:/m, "delivery: { source: { host: gitlab, repository: acme/ml } }\nclouds:"),
    async () => {
      const before = bytes("dev");
      const { code, stderr } = await run(folder, ["swap", "dev", "--to", "azure", "--write"]);
      expect(code).toBe(4);
      expect(stderr).toMatch(/environments\/dev\.yaml:\d+:\d+: .*with cloud: azure/);
      expect(bytes("dev")).toBe(before);
    },
  );
});

test("compares what both clouds cost in a month", async () => {
  const { cost } = await report("dev", "azure");
  if ("unknown" in cost.from || "unknown" in cost.to) throw new Error("a side has no cost");
  expect(cost.from.idle).toBeGreaterThan(0);
  expect(cost.to.idle).toBeGreaterThan(0);
  expect(cost.difference?.idle).toBeCloseTo(cost.to.idle - cost.from.idle, 2);
});

test.each([
  [["swap", "dev", "--to", "gcp"], /dev\.yaml:\d+.*cloud is gcp already/],
  [["swap", "dev", "--to", "aws"], /--to.*got "aws", which is no cloud/],
  [["swap", "dev", "--to", "kubernetes"], /which this version does not build/],
  [["swap", "nowhere", "--to", "azure"], /nowhere/],
])("%j is refused with the reason", async (args, says) => {
  const { code, stderr } = await run(folder, args);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(says);
  expect(stderr).not.toContain("unexpected");
});
