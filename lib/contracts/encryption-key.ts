import type { Construct } from "../framework";

/** What is encrypted with a key of its own. */
export const KEY_USES = ["storage", "database", "registry", "cluster", "events", "ml", "secrets"] as const;
/** One of the uses. */
export type KeyUse = (typeof KEY_USES)[number];

/** What a key is for. */
export interface EncryptionKeyProps {
  readonly use: KeyUse;
  /** Days between rotations. @default 90 */
  readonly rotationDays?: number;
}

/** A customer-managed key, rotated, protected from deletion. */
export interface IEncryptionKey extends Construct {
  /** What the platform's own tools name it by. */
  readonly reference: string;
}
