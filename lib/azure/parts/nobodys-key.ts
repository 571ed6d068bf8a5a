/** A login that nobody can use. Does not load the engine. */
import { createHash } from "node:crypto";

const KIND = "ssh-ed25519";
/** Whoever wants to see that no private half exists computes the public one from this. */
const SENTENCE = "Nobody logs in to a machine that serves models.";

/**
 * A public key for machines that nobody may log in to, where Azure demands one or a password. Its bytes are the digest of a
 * sentence, so that nobody can have made a private key for it.
 */
export function nobodysKey(): string {
  const point = createHash("sha256").update(SENTENCE).digest();
  return `${KIND} ${Buffer.concat([field(Buffer.from(KIND)), field(point)]).toString("base64")}`;
}

/** Length and content: https://www.rfc-editor.org/rfc/rfc4251#section-5. */
function field(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
