/** One suite for every cloud: the same promises, kept by each platform. */
import { LAYERS } from "../../lib/contracts/layers";
import type { IPlatform } from "../../lib/contracts/platform";
import { LayerStack } from "../../lib/core/layer-stack";
import { Construct, TerraformBackend } from "../../lib/framework";
import { BUILT_LAYERS } from "../../stacks/estate";
import { synthApp } from "../support/synth";
import { CONTRACTS } from "./contracts";
import type { PartMethod, PlatformUnderTest } from "./harness";
import { PLATFORMS } from "./platforms";

const METHODS = Object.keys(CONTRACTS) as PartMethod[];

/** The platform with one method replaced. */
function withBroken(
  given: PlatformUnderTest,
  method: PartMethod,
  broken: (scope: Construct, id: string) => object,
): PlatformUnderTest {
  return {
    ...given,
    create: () =>
      new Proxy(given.create(), {
        get: (target, key: keyof IPlatform) => (key === method ? broken : bound(target, key)),
      }),
  };
}

function bound(target: IPlatform, key: keyof IPlatform): unknown {
  const member = target[key];
  return typeof member === "function" ? member.bind(target) : member;
}

describe.each(PLATFORMS.map((given): [string, PlatformUnderTest] => [given.cloud, given]))("on %s", (_cloud, given) => {
  describe.each(METHODS)("%s", (method) => {
    test("keeps its contract", () => {
      CONTRACTS[method](given);
    });

    test("would be caught making nothing, or what it should lack", () => {
      const nothing = withBroken(given, method, (scope, id) => new Construct(scope, id));
      expect(() => CONTRACTS[method](nothing)).toThrow();
      if (given.makes[method] === "lacking") return;
      const lacking = withBroken(given, method, () => ({ lacking: "broken for the test" }));
      expect(() => CONTRACTS[method](lacking)).toThrow("broken for the test");
    });
  });

  test("every method of a platform has a contract, and the other way round", () => {
    const platform = given.create();
    const methods = new Set([...Object.keys(platform), ...Object.getOwnPropertyNames(Object.getPrototypeOf(platform))]);
    const parts = [...methods].filter(
      (name) =>
        name !== "constructor" && name !== "attachTo" && typeof platform[name as keyof IPlatform] === "function",
    );
    expect(parts.sort()).toEqual([...METHODS].sort());
  });

  test("the platform says which cloud it is, and which layers it has, in the order of deployment", () => {
    const { cloud, layers } = given.create();
    expect(cloud).toBe(given.cloud);
    expect([...layers].sort((a, b) => LAYERS.indexOf(a) - LAYERS.indexOf(b))).toEqual(layers);
    expect(layers.every((layer) => BUILT_LAYERS.includes(layer))).toBe(true);
  });

  test("each layer has a state of its own, whose place names environment and layer and is no machine's path", () => {
    const places = new Set<string>();
    const platform = given.create();
    const stacks = synthApp((app) => {
      for (const layer of platform.layers) {
        const stack = new LayerStack(app, { environment: "test", layer });
        platform.attachTo(stack, layer);
        expect(stack.node.findAll().filter(TerraformBackend.isBackend)).toHaveLength(1);
      }
    });
    for (const layer of platform.layers) {
      const place = JSON.stringify(stacks[`test-${layer}`]?.terraform.backend);
      expect(place).toContain("test");
      expect(place).toContain(layer);
      expect(place).not.toContain(process.cwd());
      places.add(place);
    }
    expect(places.size).toBe(platform.layers.length);
  });
});
