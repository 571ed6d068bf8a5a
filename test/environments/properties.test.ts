import fc from "fast-check";
import { stringify } from "yaml";
import { contains, overlap } from "../../environments/ranges";
import { parse } from "../../environments/read";
import { Source } from "../../environments/source";
import { nearest } from "../../environments/suggest";
import { type Entry, layer, toValue } from "../../environments/tree";

const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[a-z]{0,8}$/));
const key = fc.constantFrom("a", "b", "c", "d");
const { map } = fc.letrec<{ map: Record<string, unknown>; value: unknown }>((tie) => ({
  map: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 3 }), tie("map")),
}));

function treeOf(value: unknown): Entry {
  const { tree, problems } = parse(new Source("x.yaml", stringify(value)));
  if (!tree || problems.length > 0) throw new Error(JSON.stringify(problems));
  return tree;
}

test("a file's tree is what the file says", () => {
  fc.assert(fc.property(map, (value) => expect(toValue(treeOf(value))).toEqual(value)));
});

test("a layer over itself and an empty layer change nothing", () => {
  fc.assert(
    fc.property(map, (a) => {
      const x = treeOf(a);
      expect(toValue(layer(x, x))).toEqual(a);
      expect(toValue(layer(x, treeOf({})))).toEqual(a);
      expect(toValue(layer(treeOf({}), x))).toEqual(a);
    }),
  );
});

test("what the upper layer says stands", () => {
  fc.assert(fc.property(map, map, (a, b) => expect(toValue(layer(treeOf(a), treeOf(b)))).toMatchObject(b)));
});

test("reading never throws, whatever the text is, and each problem has a place in it", () => {
  const pieces = fc.constantFrom(
    "a: ",
    "- ",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    "]",
    "*a",
    "&a ",
    "!t ",
    '"',
    "'",
    "|",
    "# ",
    "${x}",
    "\t",
    "---\n",
    "? ",
    "é",
    "\u0000",
    ",",
    ": ",
    "%YAML 1.1\n",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (written) => {
      const { tree, problems } = parse(new Source("x.yaml", written));
      expect(tree !== undefined || problems.length > 0).toBe(true);
      const lines = written.split("\n").length;
      for (const { where } of problems)
        expect(Number(/^x\.yaml:(\d+):\d+$/.exec(where ?? "")?.[1] ?? 1)).toBeLessThanOrEqual(lines);
    }),
    { numRuns: 500 },
  );
});

test("one slip of the finger still finds the word", () => {
  const words = ["serving", "network", "kubernetes", "delivery", "retraining", "monitoring"];
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.nat(), fc.constantFrom("drop", "double", "swap"), (word, at, slip) => {
      const index = at % (word.length - 1);
      const [left, one, two, right] = [word.slice(0, index), word[index], word[index + 1], word.slice(index + 2)];
      const typed = {
        drop: `${left}${two}${right}`,
        double: `${left}${one}${one}${two}${right}`,
        swap: `${left}${two}${one}${right}`,
      }[slip];
      expect(nearest(typed, words)).toBe(word);
    }),
  );
});

test("two ranges overlap just when they share an address", () => {
  const range = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([last, prefix]) => {
    const size = 2 ** (32 - prefix);
    const first = Math.floor(last / size) * size;
    return { text: `10.0.0.${first}/${prefix}`, first, last: first + size - 1 };
  });
  fc.assert(
    fc.property(range, range, (a, b) => {
      expect(overlap(a.text, b.text)).toBe(a.first <= b.last && b.first <= a.last);
      expect(contains(a.text, b.text)).toBe(a.first <= b.first && b.last <= a.last);
    }),
  );
});
