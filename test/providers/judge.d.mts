/** What Checkov found, and who answers for it. */
export interface Finding {
  readonly stack: string;
  readonly address: string;
  readonly check: string;
}
export interface Waiver {
  readonly check: string;
  /** `STACK/ADDRESS`, * stands for anything. */
  readonly resource: string;
  readonly reason: string;
  /** YYYY-MM-DD */
  readonly until: string;
}
export function judge(
  found: readonly Finding[],
  waivers: readonly Waiver[],
  options: { readonly partly?: boolean; readonly today: string },
): { readonly open: readonly Finding[]; readonly problems: readonly string[] };
