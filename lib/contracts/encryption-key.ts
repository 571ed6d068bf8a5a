import type { Construct } from "../framework";

/** What a key is for. */
export interface EncryptionKeyProps {
  /** What it encrypts: `storage`, `database`, `registry`, `cluster`. */
  readonly use: string;
  /** Days between rotations. @default 90 */
  readonly rotationDays?: number;
}

/** A customer-managed key, rotated, protected from deletion. */
export interface IEncryptionKey extends Construct {
  readonly reference: string;
}
