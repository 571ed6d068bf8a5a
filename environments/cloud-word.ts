/** The one word that says which cloud an environment stands on. */
import { join } from "node:path";
import { EXIT, UserError } from "../lib/core/errors";
import { parse } from "./read";
import type { Cloud } from "./schema";
import { Source } from "./source";
import { childOf, type Entry } from "./tree";
import type { Workspace } from "./workspace";

/** An environment's file with another cloud in it; everything else is the same bytes. */
export interface CloudWord {
  /** As people see it. */
  readonly file: string;
  /** `file:line` */
  readonly where: string;
  readonly from: string;
  /** The whole text with the other word. */
  readonly text: string;
}

/**
 * Changes the word in an environment's text; writes nothing.
 * @throws UserError where the file does not say a cloud, or writes it so that no other word can stand in its place
 */
export function withCloud(workspace: Workspace, name: string, to: Cloud): CloudWord {
  const file = join(workspace.directory, `${name}.yaml`);
  const own = workspace.own(name);
  const entry = own && childOf(own, "cloud");
  const from = entry && wordOf(entry);
  if (entry === undefined || from === undefined) {
    throw new UserError({ where: file, message: "cloud: missing, wanted a cloud's word" }, EXIT.invalidConfig);
  }
  const { source, at } = entry;
  const where = source.line(at.start);
  const written = source.text.slice(at.start, at.end);
  // The last one: an anchor or a tag before it may hold the same letters. Quotes, where there are any, stay.
  const found = written.lastIndexOf(from);
  const start = at.start + Math.max(found, 0);
  const text = source.text.slice(0, start) + to + source.text.slice(start + from.length);
  // Read again, so that a file never claims what it does not say: an escape, or a reference to another place.
  const { tree } = parse(new Source(file, text));
  const now = tree && childOf(tree, "cloud");
  if (found < 0 || (now && wordOf(now)) !== to) {
    const message = `cloud: got ${written}, wanted the word ${from} itself, which another word can stand in the place of`;
    throw new UserError({ where, message, fix: `Write cloud: ${from}` }, EXIT.invalidConfig);
  }
  return { file, where, from, text };
}

function wordOf({ content }: Entry): string | undefined {
  return content.kind === "scalar" && typeof content.value === "string" ? content.value : undefined;
}
