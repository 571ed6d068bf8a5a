/** How requests are split: the choice by request id, and the file that says so. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { chooseSlot, TrafficFile } from "../../lib/local/runtime/gateway-traffic";
import { canaryAt, closing, STABLE_ONLY } from "./gateway-support";

describe("chooseSlot", () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `request-${index}`);

  test("the canary's share of many requests is its percentage, whatever the ids look like", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.string({ minLength: 1, maxLength: 20 }), (percent, prefix) => {
        const canary = ids.filter((id) => chooseSlot(prefix + id, canaryAt(percent)).role === "canary").length;
        // Five standard deviations of a fair draw of 5000.
        const tolerance = 5 * Math.sqrt((percent / 100) * (1 - percent / 100) * ids.length);
        return Math.abs(canary - (ids.length * percent) / 100) <= tolerance;
      }),
    );
  });

  test("one id gets one slot, every time", () => {
    fc.assert(
      // Around a half, where a choice that is not the id's alone would soon show.
      fc.property(fc.string(), fc.integer({ min: 40, max: 60 }), (id, percent) => {
        const again = Array.from({ length: 5 }, (_, n) => chooseSlot(id, { ...canaryAt(percent), generation: n }).slot);
        expect(new Set(again).size).toBe(1);
      }),
    );
  });

  test("an id that has reached the canary stays there while its percentage grows", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (id, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        if (chooseSlot(id, canaryAt(low)).role === "canary") {
          expect(chooseSlot(id, canaryAt(high)).role).toBe("canary");
        }
      }),
    );
  });

  test("0 percent is nobody and 100 percent is everybody", () => {
    expect(new Set(ids.map((id) => chooseSlot(id, canaryAt(0)).slot))).toEqual(new Set(["blue"]));
    expect(new Set(ids.map((id) => chooseSlot(id, canaryAt(100)).slot))).toEqual(new Set(["green"]));
  });
});

describe("the traffic file", () => {
  let folder: string;
  let path: string;
  const messages: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gateway-"));
    path = join(folder, "traffic.json");
    messages.length = 0;
    closing.push(() => rmSync(folder, { recursive: true }));
  });
  const write = (content: unknown) => {
    writeFileSync(`${path}.new`, typeof content === "string" ? content : JSON.stringify(content));
    renameSync(`${path}.new`, path);
  };
  const open = () => new TrafficFile(path, ["blue", "green"], (message) => messages.push(message));

  test("is not there before the first release, and read once it is", () => {
    const file = open();
    expect([file.current, file.problem]).toEqual([null, null]);
    write(STABLE_ONLY);
    file.look();
    expect(file.current).toEqual(STABLE_ONLY);
  });

  test("is read again only when it changed", () => {
    write(STABLE_ONLY);
    const file = open();
    file.look();
    expect(messages).toHaveLength(1);
    write(canaryAt(10));
    file.look();
    expect(messages).toHaveLength(2);
    expect(file.current?.canaryPercent).toBe(10);
  });

  test.each([
    ["no JSON", "{", "JSON"],
    ["a percentage above 100", canaryAt(101), "canaryPercent"],
    ["a percentage without a canary", { ...STABLE_ONLY, canaryPercent: 5 }, "no canary"],
    ["one slot for both", { ...STABLE_ONLY, canary: "blue" }, "one slot"],
    ["a slot that is not there", { ...STABLE_ONLY, stable: "red" }, "there is no slot red; slots are blue, green"],
    ["an unknown key", { ...STABLE_ONLY, weight: 1 }, "weight"],
  ])("with %s leaves the last good one in force and says so", (_name, content, words) => {
    write(STABLE_ONLY);
    const file = open();
    write(content);
    file.look();
    expect(file.current).toEqual(STABLE_ONLY);
    expect(file.problem).toContain(words);
    write(canaryAt(20));
    file.look();
    expect([file.current, file.problem]).toEqual([canaryAt(20), null]);
  });

  test("taken away leaves the last good one in force", () => {
    write(STABLE_ONLY);
    const file = open();
    rmSync(path);
    file.look();
    expect([file.current, file.problem]).toEqual([STABLE_ONLY, `${path}: the file is gone`]);
  });
});
