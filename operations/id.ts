/** Ids of runs and releases: lower-case letters, digits and dashes, fit for folder names on every system. */
import { createHash, randomBytes } from "node:crypto";

/** An id that sorts by time: `20261120-131502-417-9f3a2c`. */
export function timeId(now = new Date()): string {
  const [date = "", rest = ""] = now.toISOString().split("T");
  const [clock = "", fraction = ""] = rest.replace("Z", "").split(".");
  return `${date.replaceAll("-", "")}-${clock.replaceAll(":", "")}-${fraction}-${randomBytes(3).toString("hex")}`;
}

/** The one id of everything asked for with this key, so that an event delivered twice starts one run. */
export function idOfKey(environment: string, project: string, key: string): string {
  return `key-${createHash("sha256")
    .update(JSON.stringify([environment, project, key]))
    .digest("hex")
    .slice(0, 24)}`;
}
