/** Who is logged in, out of the token itself: no other API need be asked. */
import type { CloudAccess } from "../../contracts/cloud-access";
import { parseObject, text } from "../../core/json";

/** The one that calls are made as. */
export interface Caller {
  /** Object id in Entra: what roles are given to. */
  readonly id: string;
  readonly kind: "User" | "ServicePrincipal";
  /** For people: a login name or an application's id. */
  readonly name: string;
  readonly tenant: string;
}

/**
 * The claims of a token, https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference; undefined
 * when it holds none. They are shown and compared, never trusted: Azure itself checks the token.
 */
export async function callerOf(access: CloudAccess): Promise<Caller | undefined> {
  const [, claims = ""] = (await access.token()).split(".");
  const { oid, upn, unique_name, appid, idtyp, tid } = parseObject(Buffer.from(claims, "base64url").toString("utf8"));
  if (text(oid) === "") return undefined;
  const person = text(upn) || text(unique_name);
  const kind = idtyp === "app" || person === "" ? "ServicePrincipal" : "User";
  return { id: text(oid), kind, name: person || text(appid), tenant: text(tid) };
}
