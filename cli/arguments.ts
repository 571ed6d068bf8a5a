/** Reads what was typed on a command line. */
import { UserError } from "../lib/core/errors";

/** A word of the command line that was declared as required. */
export function word(words: readonly string[], position: number): string {
  const found = words[position];
  if (found === undefined) throw new Error(`argument ${position} was not declared`);
  return found;
}

/** A number within bounds, both included. */
export function number(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new UserError({ where: option, message: `got ${text}, wanted a number from ${least} to ${most}` });
}

/** A number of seconds. */
export function seconds(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new UserError({ where: option, message: `got ${text}, wanted a number of seconds, 0 or more` });
}

/** How many, at least one. */
export function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UserError({ where: option, message: `got ${text}, wanted a whole number from 1` });
}
