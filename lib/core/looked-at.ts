/** What a look at one part of an account comes to, for the doctors of the clouds. Does not load the engine. */
import type { Check } from "../contracts/operator";
import { UserError } from "./errors";

/** A cloud's API that says no: how, and in words. */
export interface Refused {
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  /** @default - nothing to do about it */
  readonly fix?: string;
}

/**
 * A look that cannot be taken is a finding, not the end of the others.
 * @param check name of the check that is given up with it
 * @param refused reads an error of the cloud's API; undefined for any other
 */
export async function lookedAt(
  check: string,
  work: () => Promise<readonly Check[]>,
  refused: (error: unknown) => Refused | undefined,
): Promise<readonly Check[]> {
  try {
    return await work();
  } catch (error) {
    const no = refused(error);
    if (no !== undefined) {
      const { status, message, fix = null } = no;
      // Who may deploy need not be allowed to see everything.
      const blind = status === 403;
      return [{ check, ok: blind, message, fix, ...(blind ? { warning: true } : {}) }];
    }
    if (error instanceof UserError) {
      return error.problems.map(({ message, fix = null, where }) => ({
        check,
        ok: false,
        message: where ? `${where}: ${message}` : message,
        fix,
      }));
    }
    throw error;
  }
}
