import fs from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { azureAccess, loginMethod } from "../../cli/azure-access";
import { azureLogin } from "../../cli/azure-login";
import { temporary, tool } from "./support";

const TENANT = "1b2c3d4e-0000-4000-8000-000000000001";
const ACCOUNT = { tenant: TENANT, subscription: "1b2c3d4e-0000-4000-8000-0000000000d1" };
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

interface Got {
  readonly path: string;
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

/** Entra, or CI, in this process. */
async function entra(answer: (got: Got) => { status: number; body: object }) {
  const asked: Got[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += String(piece);
    const got = {
      path: request.url ?? "",
      form: new URLSearchParams(text),
      authorization: request.headers.authorization,
    };
    asked.push(got);
    const { status, body } = answer(got);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const given = (token: string, seconds = 3600) => ({ status: 200, body: { access_token: token, expires_in: seconds } });
const source = (variables: NodeJS.ProcessEnv) => ({ variables, interrupt: { signal: new AbortController().signal } });
const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

describe("the way to log in", () => {
  test.each<[NodeJS.ProcessEnv, string]>([
    [{}, "az"],
    [{ ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s", ARM_USE_OIDC: "true" }, "secret"],
    [{ ARM_CLIENT_ID: "c", ARM_USE_OIDC: "true" }, "federation"],
    [{ ARM_USE_MSI: "true" }, "managedIdentity"],
    [{ ARM_USE_CLI: "false" }, "none"],
  ])("with %j is %s, as for Terraform's providers", (variables, method) => {
    expect(loginMethod(variables)).toBe(method);
  });
});

describe("a token", () => {
  test("is exchanged for a secret, in the configuration's tenant, and kept while it is fresh", async () => {
    const { asked, address } = await entra(() => given("one"));
    const variables = { ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s", ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: address };
    const access = azureAccess(source(variables), TENANT);
    expect([await access.token(), await access.token()]).toEqual(["one", "one"]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toBe(`/${TENANT}/oauth2/v2.0/token`);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      client_id: "c",
      client_secret: "s",
      grant_type: "client_credentials",
      scope: "https://management.azure.com/.default",
    });
  });

  test("that ends soon is asked for anew, and each API has its own", async () => {
    let count = 0;
    const { asked, address } = await entra(() => given(String(++count), 200));
    const variables = { ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s", ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: address };
    const access = azureAccess(source(variables), TENANT);
    expect([await access.token(), await access.token(), await access.token("api")]).toEqual(["1", "2", "3"]);
    expect(asked[2]?.form.get("scope")).toBe("api/.default");
  });

  test("of GitHub is asked for with its audience, and exchanged", async () => {
    const { asked, address } = await entra(({ path: at }) =>
      at.startsWith("/github") ? { status: 200, body: { value: "proof" } } : given("one"),
    );
    const access = azureAccess(
      source({
        ARM_CLIENT_ID: "c",
        ARM_USE_OIDC: "true",
        ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: address,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${address}/github?x=1`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner",
      }),
      TENANT,
    );
    expect(await access.token()).toBe("one");
    expect(asked[0]).toMatchObject({
      path: "/github?x=1&audience=api%3A%2F%2FAzureADTokenExchange",
      authorization: "Bearer runner",
    });
    expect(asked[1]?.form.get("client_assertion")).toBe("proof");
  });

  test("of Azure DevOps is asked for by its service connection", async () => {
    const { asked, address } = await entra(({ path: at }) =>
      at.startsWith("/ado") ? { status: 200, body: { oidcToken: "proof" } } : given("one"),
    );
    const access = azureAccess(
      source({
        ARM_CLIENT_ID: "c",
        ARM_USE_OIDC: "1",
        ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: address,
        SYSTEM_OIDCREQUESTURI: `${address}/ado`,
        SYSTEM_ACCESSTOKEN: "job",
        ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "connection",
      }),
      TENANT,
    );
    expect(await access.token()).toBe("one");
    expect(asked[0]?.path).toBe("/ado?api-version=7.1&serviceConnectionId=connection");
  });

  test("of another branch is refused with what was got, and the token itself is never shown", async () => {
    const proof = jwt({
      iss: "https://token.example",
      sub: "repo:acme/x:ref:refs/heads/wip",
      aud: "api://AzureADTokenExchange",
    });
    const file = path.join(temporary(), "token");
    fs.writeFileSync(file, `${proof}\n`);
    const { address } = await entra(() => ({
      status: 400,
      body: { error_description: "AADSTS70021: No matching federated identity record found for presented assertion." },
    }));
    const variables = {
      ARM_CLIENT_ID: "c",
      ARM_USE_OIDC: "true",
      ARM_OIDC_TOKEN_FILE_PATH: file,
      ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: address,
    };
    const failed = azureAccess(source(variables), TENANT).token();
    await expect(failed).rejects.toThrow(
      /got subject repo:acme\/x:ref:refs\/heads\/wip, issuer https:\/\/token\.example, audience api:\/\/AzureADTokenExchange, wanted/,
    );
    await expect(failed).rejects.not.toThrow(proof);
  });

  test("for Azure DevOps is the personal one where there is one", async () => {
    const access = azureAccess(source({ AZDO_PERSONAL_ACCESS_TOKEN: "pat" }), TENANT);
    expect(await access.token("499b84ac-1321-427f-aa17-267ca6975798")).toBe("pat");
  });

  test("of az is asked for in the configuration's tenant; a machine's own identity takes none", async () => {
    const script = `#!/bin/sh
case "$*" in
  *--tenant*) echo "ERROR: Tenant shouldn't be specified for managed identity account" >&2; exit 1 ;;
  *) echo '{"accessToken": "from az", "expires_on": 99999999999}' ;;
esac
`;
    const folder = tool("az", script);
    const access = azureAccess(source({ PATH: `${folder}:${process.env.PATH}` }), TENANT);
    expect(await access.token()).toBe("from az");
  });

  test("is asked for again while Entra is busy", async () => {
    let calls = 0;
    const { address } = await entra(() => (calls++ === 0 ? { status: 503, body: {} } : given("one")));
    const variables = { ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s", ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: address };
    expect(await azureAccess(source(variables), TENANT).token()).toBe("one");
    expect(calls).toBe(2);
  });
});

describe("the check of the login", () => {
  const without = { PATH: "/nowhere" };

  test("says how to log in where nothing is there", async () => {
    expect(await azureLogin(source(without), ACCOUNT)).toEqual([
      {
        check: "login",
        ok: false,
        message: "az was not found in PATH, and ARM_CLIENT_ID is not set",
        fix: `Install it (https://learn.microsoft.com/cli/azure/install-azure-cli) and run az login --tenant ${TENANT}`,
      },
    ]);
  });

  test("says that the login has expired, or what more the tenant asks for", async () => {
    const says = async (words: string) => {
      const folder = tool("az", `#!/bin/sh\necho "${words}" >&2\nexit 1\n`);
      return (await azureLogin(source({ PATH: `${folder}:${process.env.PATH}` }), ACCOUNT))[0];
    };
    expect(await says("Please run 'az login'")).toMatchObject({ ok: false, fix: `Run az login --tenant ${TENANT}` });
    expect(await says("AADSTS50076: due to a configuration change")).toMatchObject({
      message: expect.stringMatching(/second factor/),
    });
  });

  test("names who is logged in", async () => {
    const script = `#!/bin/sh
case "$*" in
  "account show"*) echo '{"user": {"name": "kim@acme.example"}}' ;;
  *) echo '{"accessToken": "t", "expires_on": 99999999999}' ;;
esac
`;
    const folder = tool("az", script);
    expect(await azureLogin(source({ PATH: `${folder}:${process.env.PATH}` }), ACCOUNT)).toEqual([
      { check: "login", ok: true, message: "az: kim@acme.example", fix: null },
    ]);
  });

  test("refuses keys that Terraform would use for the state, and names variables that the file contradicts", async () => {
    const checks = await azureLogin(
      source({ ...without, ARM_ACCESS_KEY: "k", ARM_TENANT_ID: "other", ARM_METADATA_HOSTNAME: "h" }),
      ACCOUNT,
    );
    expect(checks.slice(1)).toMatchObject([
      { check: "state login", ok: false, fix: expect.stringMatching(/^Unset ARM_ACCESS_KEY/) },
      { ok: true, warning: true, fix: "Unset ARM_TENANT_ID" },
      { ok: true, warning: true, fix: expect.stringMatching(/ARM_RESOURCE_MANAGER_ENDPOINT/) },
    ]);
    expect(JSON.stringify(checks)).not.toContain('"k"');
  });
});
