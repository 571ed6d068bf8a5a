/** YAML into trees with positions. What YAML allows and configuration must not is refused here. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
} from "yaml";
import type { Problem } from "../lib/core/errors";
import { hide, knownSecrets, type Span, secretByName } from "./secrets";
import { type Source, UNPRINTABLE } from "./source";
import { type Entry, pathText } from "./tree";

/** Most values in one file, aliases expanded. */
const MAX_VALUES = 20_000;
const MAX_DEPTH = 32;
/** The count after a limit was passed. */
const TOO_MANY = Number.POSITIVE_INFINITY;

/** A file's tree, and everything that is wrong with the file itself. The tree is absent when there is none to work with. */
export interface Parsed {
  readonly tree?: Entry;
  readonly problems: Problem[];
}

/** Parses one file. Never throws for what is in the file. */
export function parse(source: Source): Parsed {
  if (tooDeep(source.text)) return { problems: [{ where: source.file, message: NESTED }] };
  let document: Document.Parsed;
  try {
    document = parseDocument(source.text, {
      uniqueKeys: false,
      prettyErrors: false,
      version: "1.2",
      schema: "core",
      logLevel: "error",
    });
  } catch (error) {
    const message = String(error).includes("call stack") ? NESTED : `cannot be read: ${String(error)}`;
    return { problems: [{ where: source.file, message }] };
  }
  return new Reader(source, document).read();
}

const NESTED = `is nested too deeply, wanted at most ${MAX_DEPTH} levels`;

/** Nesting that the parser would spend seconds on before it gives up. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > 10 * MAX_DEPTH) return true;
  }
  return /([-?:][ \t]+){100}/.test(text);
}

class Reader {
  private readonly problems: Problem[] = [];
  private count = 0;
  /** Resolving walks the document; aliases of aliases would do so again and again. */
  private readonly targets = new Map<Alias, Node>();

  constructor(
    private readonly source: Source,
    private readonly document: Document.Parsed,
  ) {}

  read(): Parsed {
    const tree = this.tree();
    // Wherever they stand: in comments, keys and files that cannot be parsed too.
    for (const { kind, ...span } of knownSecrets(this.source.text)) {
      if (this.source.hidden.some(({ start, end }) => start <= span.start && span.end <= end)) continue;
      this.report(span, `looks like ${kind}; it is not shown`, SECRET_FIX);
    }
    return { tree, problems: this.problems };
  }

  private tree(): Entry | undefined {
    const { source, document } = this;
    for (const { code, message, pos } of document.errors) this.syntax(code, message, { start: pos[0], end: pos[1] });
    // After a syntax error the rest of the tree is a guess.
    if (document.errors.length > 0) return undefined;
    const { explicit, version } = document.directives?.yaml ?? {};
    if (explicit && version !== "1.2")
      this.report({ start: 0, end: 5 }, `got %YAML ${version}, wanted YAML 1.2`, "Remove the line");
    const { contents } = document;
    if (!contents || (isScalar(contents) && contents.value === null)) {
      this.problems.push({ where: source.where(0), message: "is empty, wanted a map of settings" });
      return undefined;
    }
    const at = spanOf(contents) ?? { start: 0, end: 0 };
    if (isMap(contents)) {
      const tree = this.entry(contents, [], { at });
      return this.count === TOO_MANY ? undefined : tree;
    }
    this.report(at, "got something else than a map, wanted `key: value` lines");
    return undefined;
  }
  private syntax(code: string, message: string, span: Span): void {
    if (code === "TAB_AS_INDENT") this.report(span, "a tab indents this line", "Indent with spaces");
    else if (code === "MULTIPLE_DOCS")
      this.report(span, "a second document begins here, wanted one per file", "Remove the line `---`");
    else
      this.report(
        span,
        `YAML: ${hide(message.replace(/\s+/g, " "))}`,
        "Look at indentation, quotes and brackets here and above",
      );
  }

  private report(span: Span, message: string, fix?: string): void {
    this.problems.push(this.source.problem(span, message, fix));
  }

  private entry(node: Node, path: PropertyKey[], place: { key?: Span; at: Span }): Entry {
    this.count++;
    const base = { source: this.source, ...place, overrode: [] };
    const nothing: Entry = { ...base, content: { kind: "scalar", value: null } };
    if (this.count > MAX_VALUES || path.length > MAX_DEPTH) {
      // Reported once: aliases of aliases would otherwise report without end.
      if (this.count !== TOO_MANY) {
        const limit = path.length > MAX_DEPTH ? `${MAX_DEPTH} levels deep` : `${MAX_VALUES} values, aliases expanded`;
        this.report(place.at, `is over the limit of ${limit}`, "Write the values out, without aliases of aliases");
        this.count = TOO_MANY;
      }
      return nothing;
    }
    if (node.tag && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(node.tag)) {
      this.report(place.at, `${label(path)}got the tag ${hide(node.tag)}, wanted plain YAML`, "Remove the tag");
      return { ...nothing, refused: true };
    }
    if (isAlias(node)) return this.alias(node, path, place) ?? { ...nothing, refused: true };
    if (isMap(node))
      return {
        ...base,
        content: { kind: "map", children: this.children(node.items as Pair<Node, Node | null>[], path) },
      };
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        this.entry(item as Node, [...path, index], { at: spanOf(item as Node) ?? place.at }),
      );
      return { ...base, content: { kind: "list", items } };
    }
    return isScalar(node) ? this.scalar(node, path, base) : nothing;
  }

  private alias(node: Alias, path: PropertyKey[], place: { key?: Span; at: Span }): Entry | undefined {
    const target = this.targets.get(node) ?? node.resolve(this.document);
    if (target) {
      this.targets.set(node, target);
      return this.entry(target, path, place);
    }
    this.report(place.at, `${label(path)}there is no anchor &${hide(node.source)}`);
    return undefined;
  }

  private children(pairs: readonly Pair<Node, Node | null>[], path: PropertyKey[]): Map<string, Entry> {
    const children = new Map<string, Entry>();
    for (const { key, value } of pairs) {
      if (this.count > MAX_VALUES) break;
      const span = spanOf(key) ?? { start: 0, end: 0 };
      const name = isScalar(key) && key.value !== null ? String(key.value) : undefined;
      if (name === undefined) this.report(span, `${label(path)}got a key that is not a word`);
      else if (name === "<<")
        this.report(
          span,
          `${label(path)}merge keys are not read`,
          "Layer files instead: base.yaml holds what environments share",
        );
      else if (name === "__proto__" || expression(name) || UNPRINTABLE.test(name))
        this.report(span, `${label(path)}got a key that is not allowed`);
      else {
        const first = children.get(name)?.key;
        const again = `${label(path)}the key ${JSON.stringify(hide(name))} stands here again, first in line ${first && this.source.position(first.start).line}`;
        if (first) this.report(span, again, "Keep one of them");
        else
          children.set(
            name,
            this.entry(value ?? new Scalar(null), [...path, name], {
              key: span,
              at: spanOf(value) ?? { start: span.end, end: span.end },
            }),
          );
      }
    }
    return children;
  }

  private scalar(node: Scalar, path: PropertyKey[], base: Omit<Entry, "content">): Entry {
    const value = node.value as string | number | boolean | null;
    const quoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE";
    const problem = this.secret(value, path, base.at) ?? wrongScalar(node, value);
    if (problem) this.report(base.at, `${label(path)}${problem.message}`, problem.fix);
    return { ...base, quoted, refused: problem !== undefined, content: { kind: "scalar", value } };
  }

  private secret(value: string | number | boolean | null, path: PropertyKey[], at: Span) {
    const name = path.findLast((key) => typeof key === "string");
    const known = typeof value === "string" ? knownSecrets(value)[0] : undefined;
    if (!known && !secretByName(String(name), value)) return undefined;
    this.source.hidden.push(at);
    return { message: `looks like ${known?.kind ?? "a secret"}; its value is not shown`, fix: SECRET_FIX };
  }
}

/** What is wrong with a single value whatever it is for. */
function wrongScalar(
  node: Scalar,
  value: string | number | boolean | null,
): { message: string; fix?: string } | undefined {
  // A leading zero means eight to older readers of YAML, ten to this one.
  if (typeof value === "number" && !/^-?(0|[1-9]\d*)(\.\d+)?$/.test(node.source ?? "")) {
    const fix = Number.isFinite(value) ? `Write ${value}` : undefined;
    return { message: `got ${node.source}, wanted a number in plain digits`, fix };
  }
  if (typeof value !== "string") return undefined;
  if (expression(value)) {
    const got = hide(JSON.stringify(value.slice(0, 60)));
    return {
      message: `got ${got}, wanted text without \${ and %{, which Terraform would evaluate`,
      fix: "Write the value itself",
    };
  }
  const odd = UNPRINTABLE.exec(value)?.[0]?.codePointAt(0);
  if (odd === undefined) return undefined;
  const code = `U+${odd.toString(16).toUpperCase().padStart(4, "0")}`;
  return { message: `got text with the invisible character ${code}, wanted text that can be printed` };
}

const SECRET_FIX = "Put it into the secret store and name it there; when it was committed, replace it";
function spanOf(node: Node | null): Span | undefined {
  return node?.range ? { start: node.range[0], end: node.range[1] } : undefined;
}

function expression(text: string): boolean {
  return text.includes("${") || text.includes("%{");
}

function label(path: readonly PropertyKey[]): string {
  return path.length > 0 ? `${pathText(path)}: ` : "";
}
