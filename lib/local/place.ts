import { escapeTemplate } from "../core/escape";
import { Fn } from "../framework";
import { fromStack, type LocalEstate } from "./estate";

/**
 * Absolute path of something in the estate, made by Terraform when it runs: synthesized files hold relative paths only,
 * so that they are the same on every machine.
 */
export function absolutePath(estate: LocalEstate, ...below: string[]): string {
  return Fn.abspath(escapeTemplate(fromStack(estate, ...below)));
}
