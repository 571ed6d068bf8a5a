import { shortHash } from "./hash";

/** A text as a part of a name. Where that loses something, a digest is added, so that two texts never share a name. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain === text ? plain : [plain, shortHash(text)].filter(Boolean).join("-");
}
