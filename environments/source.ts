/** One configuration file: its text, and where in it something stands. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { Problem } from "../lib/core/errors";
import { knownSecrets, type Span } from "./secrets";

/** Largest file that is read, bytes. Far above any real one, far below what would hurt. */
export const MAX_BYTES = 256 * 1024;

/** The text of a file with positions. Lines and columns count from 1. */
export class Source {
  /** Spans that are never shown. */
  readonly hidden: Span[] = [];
  private readonly starts: number[] = [0];

  /** @param file the path as people see it */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.starts.push(at + 1);
  }

  /** 1-based line and column of an offset. */
  position(offset: number): { line: number; column: number } {
    let line = this.starts.findIndex((start) => start > offset);
    if (line < 0) line = this.starts.length;
    return { line, column: offset - (this.starts[line - 1] ?? 0) + 1 };
  }

  /** `file:line:col` of an offset. */
  where(offset: number): string {
    const { line, column } = this.position(offset);
    return `${this.file}:${line}:${column}`;
  }

  /** `file:line` of an offset. */
  line(offset: number): string {
    return `${this.file}:${this.position(offset).line}`;
  }

  /** The lines around a span, the span underlined, secrets and control characters covered. */
  frame({ start, end }: Span): string {
    const { line, column } = this.position(start);
    const width = String(line).length;
    const rows = [line - 1, line].filter((number) => number > 0).map((number) => [number, this.shown(number)] as const);
    // A long line is cut to a window around the place.
    const from = Math.max(0, column - 1 - 60);
    const length = Math.max(1, Math.min(end, this.endOf(line)) - start);
    const cut = (text: string) => text.slice(from, from + 110);
    const code = rows.map(
      ([number, text]) => `${number === line ? ">" : " "} ${String(number).padStart(width)} | ${cut(text)}`,
    );
    return [
      ...code,
      `  ${" ".repeat(width)} | ${" ".repeat(column - 1 - from)}${"^".repeat(Math.min(length, 60))}`,
    ].join("\n");
  }

  /** A problem at a span. */
  problem(span: Span, message: string, fix?: string): Problem {
    return { where: this.where(span.start), message, fix, frame: this.frame(span) };
  }

  private endOf(line: number): number {
    return (this.starts[line] ?? this.text.length + 1) - 1;
  }

  /** One line with what must not be seen replaced character by character, so that columns stay. */
  private shown(line: number): string {
    const start = this.starts[line - 1] ?? 0;
    const spans = [...this.hidden, ...this.secrets()];
    return [...this.text.slice(start, this.endOf(line))]
      .map((character, index) => {
        if (spans.some((span) => span.start <= start + index && start + index < span.end)) return "*";
        return character === "\t" ? " " : UNPRINTABLE.test(character) ? "?" : character;
      })
      .join("")
      .trimEnd();
  }

  private found?: Span[];
  /** Spans that look like a secret; found once. */
  private secrets(): Span[] {
    this.found ??= knownSecrets(this.text);
    return this.found;
  }
}

/** Control characters, and marks that make text read differently from what it is (bidirectional overrides, zero width). */
export const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * Reads a file. A byte order mark and Windows line ends are accepted.
 * @returns the source, or the problem that kept it from being read
 */
export function readSource(path: string, file: string): Source | Problem {
  let bytes: Buffer;
  try {
    // Without blocking: a pipe in the place of a file would wait for its writer.
    const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(handle);
      if (stat.isDirectory()) return { where: file, message: "is a directory (EISDIR), wanted a YAML file" };
      if (!stat.isFile()) return { where: file, message: "is not a regular file, wanted a YAML file" };
      if (stat.size > MAX_BYTES) {
        const message = `is ${Math.ceil(stat.size / 1024)} KiB, wanted at most ${MAX_BYTES / 1024} KiB`;
        return { where: file, message, fix: "Move data out of the configuration" };
      }
      bytes = readFileSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return { where: file, ...unreadable(error) };
  }
  return decode(bytes, file);
}

/** `ENOENT` and its like. */
export function errno(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : String(error);
}

function unreadable(error: unknown): { message: string; fix?: string } {
  const code = errno(error);
  if (code === "ENOENT") return { message: "no such file (ENOENT)" };
  if (code === "EACCES" || code === "EPERM")
    return { message: `cannot be read (${code})`, fix: "Give yourself read permission on it" };
  return { message: `cannot be read (${code})` };
}

function decode(bytes: Buffer, file: string): Source | Problem {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "LE" : bytes[0] === 0xfe && bytes[1] === 0xff ? "BE" : undefined;
  if (wide || (bytes.length > 3 && bytes.subarray(0, 4).includes(0))) {
    return { where: file, message: `is UTF-16${wide ?? ""} or binary, wanted UTF-8`, fix: "Save it again as UTF-8" };
  }
  try {
    return new Source(file, new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    const readable = bytes.toString("utf8").split("\ufffd")[0] ?? "";
    const at = new Source(file, readable).where(readable.length);
    return { where: at, message: "is not UTF-8 from here on, wanted UTF-8", fix: "Save it again as UTF-8" };
  }
}
