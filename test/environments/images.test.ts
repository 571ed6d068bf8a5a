import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { explain } from "../../environments/explain";
import { readLock, recordDigests, typedDigests } from "../../environments/images-lock";
import { listEnvironments } from "../../environments/load";
import { run, workspace } from "../cli/support";
import { folder, load, problems, refusal, removeFolders } from "./workspace";

afterEach(removeFolders);

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const lock = (images: string) => ({ "images.lock.yaml": `version: 1\nimages: ${images}\n` });

describe("images.lock.yaml", () => {
  test("gives every environment its images, and is no environment itself", () => {
    const files = lock(`{ serving: "${digest("a")}" }`);
    expect(load(files).images).toEqual({ serving: digest("a") });
    expect(load({}).images).toEqual({});
    const directory = folder(files);
    expect(listEnvironments(directory)).toEqual(["local"]);
    expect(explain({ directory, name: "local", path: "images.serving" })).toMatchObject({
      value: digest("a"),
      origin: `${join(directory, "images.lock.yaml")}:2`,
    });
  });

  test.each(["latest", "v1.2.0", "sha256:abc", digest("A"), `acme/serving@${digest("a")}`])(
    "refuses %s: only a digest stays the same",
    (value) => {
      const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
      expect(problems(lock(`{ serving: "${value}" }`))).toEqual([
        `images.lock.yaml:2:20: images.serving: got "${shown}", wanted a digest, sha256: and 64 hexadecimal digits in lower case; a tag can be moved`,
      ]);
    },
  );

  test("refuses other names, with the nearest", () => {
    expect(problems(lock(`{ servng: "${digest("a")}" }`))).toEqual([
      "images.lock.yaml:2:11: images.servng: unknown key, wanted one of tracking, serving, trigger. Did you mean serving?",
    ]);
    expect(problems({ "images.lock.yaml": "images: {}\nversions: 1\n" })).toEqual([
      "images.lock.yaml:1:1: version: missing, wanted 1. Add version here",
      "images.lock.yaml:2:1: versions: unknown key, wanted one of version, images, environments. Did you mean version?",
    ]);
  });
});

describe("an environment's own build", () => {
  const own = `version: 1\nimages: { serving: ${digest("a")} }\nenvironments: { local: { serving: ${digest("b")} } }\n`;

  test("counts before the one of every environment", () => {
    expect(load({ "images.lock.yaml": own }).images).toEqual({ serving: digest("b") });
    const directory = folder({ "images.lock.yaml": own });
    expect(explain({ directory, name: "local", path: "images.serving" })).toMatchObject({
      value: digest("b"),
      origin: `${join(directory, "images.lock.yaml")}:3`,
    });
    expect(load({ "images.lock.yaml": own.replace(/environments.*\n/, "") }).images).toEqual({ serving: digest("a") });
  });

  test("of an environment that is not there is refused, with the nearest", () => {
    expect(problems({ "images.lock.yaml": own.replace("{ local:", "{ locl:") })).toEqual([
      "images.lock.yaml:3:23: environments.locl: there is no environment of this name. Did you mean local?",
    ]);
  });

  test("is recorded beside the others", () => {
    const directory = folder();
    recordDigests(directory, { serving: digest("a") });
    const { changed, images } = recordDigests(directory, { serving: digest("b") }, { environment: "local" });
    expect({ changed, images }).toEqual({ changed: ["serving"], images: { serving: digest("b") } });
    expect(readLock(directory)).toEqual({
      images: { serving: digest("a") },
      environments: { local: { serving: digest("b") } },
    });
    expect(readFileSync(join(directory, "images.lock.yaml"), "utf8")).toContain(
      `environments:\n  local:\n    serving: ${digest("b")}\n`,
    );
  });
});

describe("recording digests", () => {
  const commented = `# The first line.\nversion: 1\nimages:\n  # Built on Monday.\n  serving: ${digest("a")} # see the release notes\n`;

  test("keeps comments and the other digests", () => {
    const directory = folder({ "images.lock.yaml": commented });
    expect(recordDigests(directory, { tracking: digest("b") })).toEqual({
      file: join(directory, "images.lock.yaml"),
      images: { serving: digest("a"), tracking: digest("b") },
      changed: ["tracking"],
    });
    expect(readFileSync(join(directory, "images.lock.yaml"), "utf8")).toBe(`${commented}  tracking: ${digest("b")}\n`);
    expect(readdirSync(directory).filter((file) => file.includes("lock"))).toEqual(["images.lock.yaml"]);
  });

  test("makes the file when there is none, and writes nothing when nothing changes or with dryRun", () => {
    const directory = folder();
    const file = join(directory, "images.lock.yaml");
    expect(recordDigests(directory, { serving: digest("a") }, { dryRun: true }).changed).toEqual(["serving"]);
    expect(existsSync(file)).toBe(false);
    recordDigests(directory, { serving: digest("a") });
    expect(readLock(directory)).toEqual({ images: { serving: digest("a") }, environments: {} });
    expect(readFileSync(file, "utf8")).toContain(`images:\n  serving: ${digest("a")}\n`);
    const spaced = `${readFileSync(file, "utf8")}\n\n`;
    writeFileSync(file, spaced);
    expect(recordDigests(directory, { serving: digest("a") }).changed).toEqual([]);
    expect(readFileSync(file, "utf8")).toBe(spaced);
  });

  test("refuses every word that is wrong at once", () => {
    expect(refusal(() => typedDigests(["servng=x", "tracking=latest", "trigger"])).message.split("\n")).toEqual([
      "servng: there is no image of this name, wanted one of tracking, serving, trigger. Did you mean serving?",
      'tracking: got "latest", wanted a digest, sha256: and 64 hexadecimal digits in lower case; a tag can be moved. The build prints the digest when it has pushed the image',
      "trigger: got nothing, wanted a digest, sha256: and 64 hexadecimal digits in lower case; a tag can be moved. The build prints the digest when it has pushed the image",
    ]);
    const twice = [`serving=${digest("a")}`, `serving=${digest("b")}`];
    expect(refusal(() => typedDigests(twice)).message).toContain("serving: got two digests, ");
  });

  test("leaves a file alone that is wrong", () => {
    const directory = folder(lock("{ serving: latest }"));
    expect(refusal(() => recordDigests(directory, { tracking: digest("a") })).message).toContain("images.serving");
    expect(readFileSync(join(directory, "images.lock.yaml"), "utf8")).toBe(
      lock("{ serving: latest }")["images.lock.yaml"],
    );
  });
});

describe("mlops lock", () => {
  jest.setTimeout(60_000);

  test("records digests, and lists each image with its digest or the command that builds it", async () => {
    const at = workspace();
    const words = ["lock", "image", `serving=${digest("a")}`];
    const tried = await run(at, [...words, "--dry-run"]);
    const file = join(at, "environments", "images.lock.yaml");
    expect(tried).toMatchObject({ code: 0, stdout: `${file}: serving would be written\n` });
    const recorded = await run(at, [...words, "--json"]);
    expect(JSON.parse(recorded.stdout)).toEqual({
      file,
      images: { serving: digest("a") },
      changed: ["serving"],
      written: true,
    });
    const { code, stdout } = await run(at, ["lock"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^tracking +every +missing; build it: gcloud builds submit --config pipelines\/images\/tracking\//m,
    );
    expect(stdout).toMatch(new RegExp(`^serving +every +${digest("a")}$`, "m"));
    expect(stdout).toMatch(/^trigger +every +missing/m);
  });

  test("ends with 4 for a tag", async () => {
    const { code, stderr } = await run(workspace(), ["lock", "image", "serving=latest"]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^error: serving: got "latest", wanted a digest/);
  });
});
