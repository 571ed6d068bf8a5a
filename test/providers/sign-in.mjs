/**
 * A sign-in on this machine for providers that want one even to plan: azurerm asks for a token and reads who it is of. The
 * answer is in the form of a managed identity's endpoint, of nobody, signed by nobody, and good for nothing.
 * https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
import { createServer } from "node:http";

const NOBODY = "00000000-0000-4000-8000-000000000000";
const SECONDS = 3600;

const part = (content) => Buffer.from(JSON.stringify(content)).toString("base64url");

/** @returns {Promise<{url: string, close: () => void}>} where it answers, until it is closed */
export function signIn() {
  const server = createServer((request, response) => {
    const now = Math.floor(Date.now() / 1000);
    const resource = new URL(request.url, "http://127.0.0.1").searchParams.get("resource");
    const claims = { aud: resource, appid: NOBODY, oid: NOBODY, tid: NOBODY, iat: now, exp: now + SECONDS };
    const token = `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.none`;
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        access_token: token,
        token_type: "Bearer",
        expires_in: String(SECONDS),
        expires_on: String(now + SECONDS),
        resource,
      }),
    );
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}/token`, close: () => server.close() }),
    ),
  );
}
