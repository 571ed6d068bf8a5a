import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { IMAGES } from "../../lib/core/images";

describe("the scoring app's image", () => {
  const folder = "pipelines/images/serving";
  const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");
  const build = parse(readFileSync(IMAGES.serving.build.cloudBuild, "utf8"));

  test("is built from a base by digest, the one of the tracking server, with hashed packages, and runs as nobody in particular", () => {
    const bases = (text: string) => [...text.matchAll(/^FROM (python:\S+)/gm)].map(([, base]) => base);
    expect(bases(dockerfile)).toEqual([expect.stringMatching(/@sha256:[0-9a-f]{64}$/)]);
    expect(bases(dockerfile)).toEqual(bases(readFileSync("pipelines/images/tracking/Dockerfile", "utf8")));
    expect(dockerfile).toMatch(/pip install .*--require-hashes/);
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["python", "-m", "serving\.hosted"\]$/m);
  });

  test("holds what is there, and nothing of the tests", () => {
    const copied = [...dockerfile.matchAll(/^COPY (\S+) /gm)].map(([, source]) => source ?? "");
    expect(copied).toEqual(["images/serving/requirements.txt", "steps", "serving"]);
    const ignored = readFileSync(join(IMAGES.serving.build.context, ".dockerignore"), "utf8").split("\n");
    expect(ignored[0]).toBe("*");
    for (const source of copied) expect(ignored).toContain(`!${source}`);
    expect(ignored).toContain("**/tests");
  });

  test("has the packages that models are checked with, in the same versions", () => {
    const pins = (file: string) => [...readFileSync(file, "utf8").matchAll(/^[a-z0-9-]+==[^ \\;]+/gm)].map(String);
    const everything = pins("pipelines/requirements.txt");
    const image = pins(join(folder, "requirements.txt"));
    expect(image.length).toBeGreaterThan(8);
    // One package may have a version for each Python; the image has one of them.
    for (const pin of image) expect(everything).toContain(pin);
  });

  test("is pushed under the name that the build is given, and the build logs where the environment looks", () => {
    expect(build.substitutions).toEqual({ _IMAGE: "" });
    expect(build.images).toEqual([expect.stringContaining("_IMAGE")]);
    expect(build.options.logging).toBe("CLOUD_LOGGING_ONLY");
    expect(build.steps[0].dir).toBe("pipelines");
    expect(build.steps[0].args).toContain("--file=images/serving/Dockerfile");
    expect(build.steps[0].name).toMatch(/@sha256:[0-9a-f]{64}$/);
  });
});
