import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { OUTPUTS } from "../../lib/contracts/outputs";
import { EXIT, UserError } from "../../lib/core/errors";
import { readManifest } from "../../stacks/output-folder";
import { synthesize } from "../../stacks/synth";
import { localEnvironment } from "../support/fixtures";
import { temporaryFolder } from "../support/folders";

/** A workspace with a local environment and its output folder. */
function workspace(changes: Readonly<Record<string, unknown>> = {}, name = "local") {
  const root = temporaryFolder();
  const outdir = join(root, "cdktf.out");
  return { environment: localEnvironment(changes, { name, workspace: root }), outdir, root, options: { outdir } };
}

const stackFile = (outdir: string, stack: string) => join(outdir, "stacks", stack, "cdk.tf.json");
const stacksIn = (outdir: string) => readdirSync(join(outdir, "stacks")).sort();

/** Every file below a folder with its text. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((file) => [join(file.parentPath, file.name), readFileSync(join(file.parentPath, file.name), "utf8")]),
  );
}

async function refusal(work: Promise<unknown>): Promise<UserError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a local environment", () => {
  test("becomes one stack per layer, each deployed after the one before", async () => {
    const { environment, outdir, options } = workspace();
    const manifest = await synthesize([environment], options);
    const layers = ["foundation", "data", "ml", "delivery", "serving"];
    expect(manifest.environments.local?.stacks).toEqual(layers.map((layer) => `local-${layer}`));
    expect(stacksIn(outdir)).toEqual(layers.map((layer) => `local-${layer}`).sort());
    for (const [index, layer] of layers.entries()) {
      const stack = manifest.stacks[`local-${layer}`];
      const before = layers[index - 1];
      expect(stack).toMatchObject({ environment: "local", layer, dependencies: before ? [`local-${before}`] : [] });
      const text = readFileSync(stackFile(outdir, `local-${layer}`), "utf8");
      expect(stack?.digest).toBe(`sha256:${createHash("sha256").update(text).digest("hex")}`);
    }
    expect(readManifest(outdir)).toEqual(manifest);
  });

  test("needs no provider, so that it is deployed without a download", async () => {
    const { environment, outdir, options } = workspace();
    const manifest = await synthesize([environment], options);
    for (const stack of Object.keys(manifest.stacks)) {
      const json = JSON.parse(readFileSync(stackFile(outdir, stack), "utf8"));
      expect(Object.keys(json.resource)).toEqual(["terraform_data"]);
      expect(json.provider).toBeUndefined();
      expect(json.terraform.required_providers).toBeUndefined();
    }
  });

  test("holds no path of this machine and no secret", async () => {
    const { environment, outdir, options, root } = workspace();
    await synthesize([environment], options);
    for (const text of Object.values(contents(outdir))) {
      expect(text).not.toContain(root);
      expect(text).not.toContain(process.cwd());
      expect(text).not.toMatch(/"(?:password|token)":/);
    }
  });

  test("has the parts that its config asks for", async () => {
    const { environment, outdir, options } = workspace({
      notebooks: { enabled: true, idleShutdownMinutes: 15 },
      metadata: { class: "db-medium" },
      retraining: { schedule: "30 4 * * *", timeZone: "Asia/Seoul" },
      logging: { predictions: { sample: 0.25, redact: ["age"] } },
    });
    await synthesize([environment], options);
    const parts = ["foundation", "data", "ml", "delivery", "serving"].flatMap(
      (layer) =>
        JSON.parse(readFileSync(stackFile(outdir, `local-${layer}`), "utf8")).resource.terraform_data.Parts.input.parts,
    );
    expect(parts).toContainEqual({ kind: "notebooks", name: "notebooks", port: 18088, idleShutdownMinutes: 15 });
    expect(parts).toContainEqual(expect.objectContaining({ kind: "database", sharedBuffers: 256 }));
    expect(parts).toContainEqual(
      expect.objectContaining({ schedules: [{ project: "diabetes", cron: "30 4 * * *", timeZone: "Asia/Seoul" }] }),
    );
    expect(parts.filter(({ kind }: { kind: string }) => kind === "modelServer")).toEqual(
      ["qa", "blue", "green"].map((name) =>
        expect.objectContaining({ name, logging: expect.objectContaining({ sample: 0.25, redact: ["age"] }) }),
      ),
    );
    expect(new Set(parts.map(({ name }: { name: string }) => name)).size).toBe(parts.length);
  });

  test("without notebooks and schedule has neither part, and says why in the document", async () => {
    const { environment, outdir, options } = workspace();
    const manifest = await synthesize([environment], options);
    const text = Object.values(contents(join(outdir, "stacks"))).join();
    expect(text).not.toContain('"scheduler"');
    expect(text).not.toContain('"kind": "notebooks"');
    expect(manifest.environments.local?.outputs.notebooksUri).toMatchObject({
      lacking: "switched off by notebooks.enabled: false",
    });
  });

  test("fills every key of the environment's document, by a value, a stack or a reason", async () => {
    const { environment, options } = workspace();
    const { environments } = await synthesize([environment], options);
    const outputs = environments.local?.outputs ?? {};
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(OUTPUTS).sort());
    for (const [key, { stack, value, lacking }] of Object.entries(outputs)) {
      expect({ key, told: [stack, value, lacking].some((said) => said != null) }).toEqual({ key, told: true });
    }
    expect(outputs.servingUri).toMatchObject({ value: "http://127.0.0.1:18080", stack: "local-serving" });
    expect(outputs.metricsUri).toMatchObject({ value: "http://127.0.0.1:18080/metrics", stack: null });
    expect(outputs.networkReference?.lacking).toContain("127.0.0.1");
  });
});

describe("policies", () => {
  const waiver = { reason: "x", owner: "a@acme.example", until: "2030-01-01" };

  test("refuse a waiver that nothing needs, with exit code 3, and leave the folder as it was", async () => {
    const { environment, outdir, options } = workspace();
    await synthesize([environment], options);
    const before = contents(outdir);
    const wrong = { ...environment, policies: { waivers: [{ ...waiver, rule: "required-labels" }] } };
    const error = await refusal(synthesize([wrong], { ...options, today: "2026-01-01" }));
    expect(error.exitCode).toBe(EXIT.refused);
    expect(error.message).toContain("is not needed");
    expect(contents(outdir)).toEqual(before);
    expect(readdirSync(outdir).sort()).toEqual(["manifest.json", "stacks"]);
  });

  test("text of the config that looks like an expression reaches Terraform as text", async () => {
    const { environment, outdir, options } = workspace();
    const redact = ["${path.module}", "%{ if true }"];
    const sly = {
      ...environment,
      logging: { ...environment.logging, predictions: { ...environment.logging.predictions, redact } },
    };
    await synthesize([sly], options);
    const text = readFileSync(stackFile(outdir, "local-serving"), "utf8");
    expect(text).toContain('"$${path.module}"');
    expect(text).toContain('"%%{ if true }"');
    expect(text).not.toMatch(/[^$]\$\{path/);
  });
});

describe("the output folder", () => {
  test("is the same after a second synth", async () => {
    const { environment, outdir, options } = workspace();
    await synthesize([environment], options);
    const first = contents(outdir);
    await synthesize([structuredClone(environment)], options);
    expect(contents(outdir)).toEqual(first);
  });

  test("loses a layer that is gone, but never what Terraform keeps in its folder", async () => {
    const { environment, outdir, options } = workspace();
    await synthesize([environment], options);
    // As an earlier version would have left it: one layer more, initialized by Terraform; another one, not.
    const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
    for (const layer of ["teams", "network"]) {
      const name = `local-${layer}`;
      mkdirSync(join(outdir, "stacks", name), { recursive: true });
      writeFileSync(stackFile(outdir, name), "{}");
      manifest.stacks[name] = {
        ...manifest.stacks["local-data"],
        name,
        layer,
        synthesizedStackPath: `stacks/${name}/cdk.tf.json`,
      };
      manifest.environments.local.stacks.push(name);
    }
    writeFileSync(join(outdir, "manifest.json"), JSON.stringify(manifest));
    const kept = join(outdir, "stacks/local-teams/.terraform/terraform.tfstate");
    mkdirSync(join(kept, ".."), { recursive: true });
    writeFileSync(kept, "state");

    const after = await synthesize([environment], options);
    expect(Object.keys(after.stacks)).not.toContain("local-teams");
    expect(existsSync(join(outdir, "stacks/local-network"))).toBe(false);
    expect(existsSync(stackFile(outdir, "local-teams"))).toBe(false);
    expect(readFileSync(kept, "utf8")).toBe("state");
  });

  test("keeps another environment's stacks, unless all environments were given", async () => {
    const one = workspace();
    const other = localEnvironment({}, { name: "sandbox", workspace: one.root });
    await synthesize([one.environment], one.options);
    const both = await synthesize([other], one.options);
    expect(Object.keys(both.environments).sort()).toEqual(["local", "sandbox"]);
    expect(stacksIn(one.outdir)).toHaveLength(10);

    const all = await synthesize([other], { ...one.options, complete: true });
    expect(Object.keys(all.environments)).toEqual(["sandbox"]);
    expect(stacksIn(one.outdir)).toHaveLength(5);
  });

  test("written to by many synths at once ends as one of them would have left it", async () => {
    const { environment, outdir, options } = workspace();
    const withPort = (qa: number): Environment => ({
      ...environment,
      clouds: {
        ...environment.clouds,
        local: { ...environment.clouds.local, ports: { ...environment.clouds.local.ports, qa } },
      },
    });
    await Promise.all([19001, 19002, 19003, 19004].map((port) => synthesize([withPort(port)], options)));
    const last = JSON.parse(readFileSync(stackFile(outdir, "local-serving"), "utf8")).output.qaUri.value;
    const port = Number(last.split(":").pop());
    const alone = workspace();
    await synthesize([withPort(port)], alone.options);
    const relative = (folder: string) =>
      Object.entries(contents(folder))
        .map(([path, text]) => [path.slice(folder.length), text])
        .sort();
    expect(relative(outdir)).toEqual(relative(alone.outdir));
  });

  test("is cleared of what a killed synth has left", async () => {
    const { environment, outdir, options } = workspace();
    const left = join(outdir, ".synth-99999999-abc/stacks");
    mkdirSync(left, { recursive: true });
    await synthesize([environment], options);
    expect(readdirSync(outdir).sort()).toEqual(["manifest.json", "stacks"]);
  });

  test("is not taken when it holds somebody else's manifest.json", async () => {
    const { environment, outdir, options } = workspace();
    mkdirSync(outdir);
    writeFileSync(join(outdir, "manifest.json"), '{"name": "a web app"}');
    const error = await refusal(synthesize([environment], options));
    expect(error.message).toMatch(/manifest.json: exists and is no manifest of a synth/);
    expect(readFileSync(join(outdir, "manifest.json"), "utf8")).toBe('{"name": "a web app"}');
    expect(readdirSync(outdir)).toEqual(["manifest.json"]);
  });

  test("that is a file, or cannot be made, is named with the cause", async () => {
    const { environment, outdir, options } = workspace();
    writeFileSync(outdir, "");
    expect((await refusal(synthesize([environment], options))).message).toMatch(
      /cdktf.out: cannot write the synthesized stacks: a file stands where a folder is wanted/,
    );
    rmSync(outdir);
    symlinkSync(outdir, outdir);
    expect((await refusal(synthesize([environment], options))).message).toMatch(/cannot write the synthesized stacks/);
  });

  // An administrator writes everywhere, so this can be seen by other users only.
  (process.getuid?.() === 0 ? test.skip : test)("that is read-only keeps its old content", async () => {
    const { environment, outdir, options } = workspace();
    await synthesize([environment], options);
    const before = contents(outdir);
    chmodSync(outdir, 0o500);
    try {
      expect((await refusal(synthesize([environment], options))).message).toContain("this user may not write there");
      expect(contents(outdir)).toEqual(before);
    } finally {
      chmodSync(outdir, 0o700);
    }
  });
});
