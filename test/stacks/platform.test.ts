import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { UserError } from "../../lib/core/errors";
import { BUILT, bootstrapperFor, isBuildable, operatorFor, platformFor } from "../../stacks/platform";
import { localEnvironment } from "../support/fixtures";
import { temporaryFolder } from "../support/folders";

/** Nobody is asked: neither building nor making an operator reaches a cloud. */
const access = { endpoints: {}, token: async () => "" };
const on = (cloud: Environment["cloud"]) => ({ ...localEnvironment(), name: "dev", cloud }) as Environment;

test("a local environment has the local platform and its operator", () => {
  expect(isBuildable(on("local"))).toBe(true);
  expect(platformFor(on("local")).cloud).toBe("local");
  expect(typeof operatorFor(on("local"), { workspace: temporaryFolder(), access }).status).toBe("function");
});

test.each(["kubernetes"] as const)("%s is refused in plain words, with what does work", (cloud) => {
  expect(isBuildable(on(cloud))).toBe(false);
  const environment = on(cloud);
  for (const attempt of [
    () => platformFor(environment),
    () => operatorFor(environment, { workspace: "/", access }),
    () => bootstrapperFor(environment, access),
  ]) {
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(
      `environments/dev.yaml: cloud is ${cloud}; this version builds ${BUILT}. Write cloud: local, or use mlops validate dev`,
    );
  }
});

test("what is built is said in words", () => {
  expect(BUILT).toBe("cloud: local, cloud: gcp and cloud: azure");
});

test.each([
  ["operate", false],
  ["build", true],
])("to %s an estate loads the engine: %s", (what, loads) => {
  const root = join(__dirname, "../..");
  const program = join(root, "test/support/engine-loaded.ts");
  const said = execFileSync(join(root, "node_modules/.bin/jiti"), [program, what], { cwd: root, encoding: "utf8" });
  expect((JSON.parse(said) as string[]).length > 0).toBe(loads);
});
