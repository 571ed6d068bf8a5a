/** Rights of accounts in a synthesized stack. */
import type { SynthesizedStack } from "../support/synth";

/** Roles of an account, with where they count. */
export function rolesOf(stack: SynthesizedStack | undefined, account: string): string[] {
  return Object.entries(stack?.resource ?? {})
    .filter(([type]) => type.endsWith("_iam_member"))
    .flatMap(([type, byId]) => Object.values(byId).map((body) => ({ type, body })))
    .filter(({ body }) => body.member === `serviceAccount:acme-test-${account}@acme-ml-test.iam.gserviceaccount.com`)
    .map(({ type, body }) => `${body.role} on ${type.replace(/^google_|_iam_member$/g, "")}`)
    .sort();
}
