/** Questions to a person. Every one has an option that answers it, named when nobody can be asked. */
import { createInterface } from "node:readline/promises";
import { EXIT, UserError } from "../lib/core/errors";
import type { Context } from "./context";

/** Goes on only when the word is typed. */
export async function confirm(context: Context, question: string, word: string, option: string): Promise<void> {
  if (!context.interactive) {
    throw new UserError(
      { message: `${question} Nobody can be asked here`, fix: `Give ${option} to say yes` },
      EXIT.refused,
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} Type ${word} to go on: `, { signal: context.interrupt.signal });
    if (answer.trim() !== word) throw new UserError({ message: `Not done: ${word} was not typed` }, EXIT.refused);
  } finally {
    prompt.close();
  }
}
