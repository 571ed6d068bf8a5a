/** The one word that says which cloud an environment stands on. */
import { join } from "node:path";
import { EXIT, UserError } from "../lib/core/errors";
import type { Cloud } from "./schema";
import { childOf } from "./tree";
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
 * @throws UserError where the file does not say a cloud
 */
export function withCloud(workspace: Workspace, name: string, to: Cloud): CloudWord {
  const file = join(workspace.directory, `${name}.yaml`);
  const own = workspace.own(name);
  const entry = own && childOf(own, "cloud");
  if (entry?.content.kind !== "scalar" || typeof entry.content.value !== "string") {
    throw new UserError({ where: file, message: "cloud: missing, wanted a cloud's word" }, EXIT.invalidConfig);
  }
  const { source, at } = entry;
  const from = entry.content.value;
  // Quotes, where there are any, stay.
  const written = source.text.slice(at.start, at.end).replace(from, to);
  return {
    file,
    where: source.line(at.start),
    from,
    text: source.text.slice(0, at.start) + written + source.text.slice(at.end),
  };
}
