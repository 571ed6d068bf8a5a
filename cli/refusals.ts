/** What a cloud refused, and rows that put it in words a person can act on. */
import type { Problem } from "../lib/core/errors";

/** An error of Terraform, and where it was met. */
export interface Refusal {
  /** Summary and detail, on one line. */
  readonly text: string;
  /** Of the resource. @default - none was named */
  readonly address?: string;
  /** Folder of the stack. */
  readonly folder: string;
  readonly environment: string;
  /** Where it stands: `gcp`. */
  readonly cloud: string;
  /** What was run, and goes on when it is run again: `mlops deploy dev`. */
  readonly command: string;
}

/** What it means, and what to do about it. */
export type Words = Pick<Problem, "message" | "fix">;

/** Words that a cloud is known to use. */
export interface Row {
  readonly says: RegExp;
  readonly means: (found: RegExpExecArray, refusal: Refusal) => Words;
}

/** How the command is taken up again. */
export const again = (command: string) => `${command} goes on from there`;

/** Type of the resource; empty where none was named. */
export const typeOf = ({ address = "" }: Pick<Refusal, "address">) => address.split(".")[0] ?? "";

/**
 * The command that takes an existing resource over.
 * @param id of the resource, where the words name it
 * @param page documentation of the resource's type, which says how the id is written
 */
export function importCommand({ address = "ADDRESS", folder }: Refusal, id: string | undefined, page: string): string {
  return `terraform -chdir=${folder} import ${address} ${id ?? `ID (its form: https://registry.terraform.io/providers/${page}#import)`}`;
}
