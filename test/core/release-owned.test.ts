import { existsSync } from "node:fs";
import { join } from "node:path";
import { RELEASE_OWNED, releaseOwned } from "../../lib/core/release-owned";

/** The provider's binding of a resource type. */
function binding(type: string): string {
  const [provider, ...words] = type.split("_");
  return join(`node_modules/@cdktf/provider-${provider}/lib`, words.join("-"), "index.d.ts");
}

/** Types of Azure's own API have a slash, and their paths are those of a resource's body. */
const [ARM, TERRAFORM] = [true, false].map((arm) =>
  Object.entries(RELEASE_OWNED).filter(([type]) => type.includes("/") === arm),
);

describe("what a release owns", () => {
  test.each(TERRAFORM ?? [])("of a %s is of a type that there is, and each path is one", (type, paths) => {
    expect(existsSync(binding(type))).toBe(true);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(path).toMatch(/^[a-z_]+(\[(\d+|"[a-z-]+")\])?(\.[a-z_]+(\[\d+\])?)*$/);
  });

  test.each(ARM ?? [])("of a %s is of a type of Azure's, and each path is one of a body", (type, paths) => {
    expect(type).toMatch(/^Microsoft\.[A-Za-z]+(\/[A-Za-z]+)+$/);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(path).toMatch(/^properties(\.[A-Za-z]+)+$/);
  });

  test("of a container app is its first container's image and first variable, not what surrounds them", () => {
    const paths: readonly string[] = releaseOwned("azurerm_container_app");
    for (const path of ["template", "template[0].container[0].env", "template[0].container[0].env[0]"])
      expect(paths).not.toContain(path);
  });

  test("is never the whole of a service's template: what surrounds the model stays Terraform's", () => {
    const paths: readonly string[] = releaseOwned("google_cloud_run_v2_service");
    for (const path of ["template", "template[0]", "template[0].containers", "template[0].containers[0]", "scaling"])
      expect(paths).not.toContain(path);
  });

  test("is not a revision's name: one that stays in the template stops the next change of the service", () => {
    expect(releaseOwned("google_cloud_run_v2_service")).not.toContain("template[0].revision");
  });

  test("is given as a list of its own, so that no resource changes the table", () => {
    releaseOwned("google_vertex_ai_endpoint").push("labels");
    expect(releaseOwned("google_vertex_ai_endpoint")).toEqual(["traffic_split"]);
  });
});
