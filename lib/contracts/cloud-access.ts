/** How a program reaches a cloud's APIs: handed down from the command line, which alone reads environment variables. */

/** A way into a cloud. */
export interface CloudAccess {
  /**
   * A token that is good now. Throws a UserError that says how to log in.
   * @param audience what it is for, where a cloud gives one for each API. @default - the cloud's management API
   */
  token(audience?: string): Promise<string>;
  /** Address of an API instead of the public one, by the provider's word for the service: `STORAGE`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Ends waiting when a person interrupts. @default - never */
  readonly signal?: AbortSignal;
}
