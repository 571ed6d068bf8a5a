import { cloudProblem } from "../../cli/cloud-errors";

const refusal = (text: string, address = "azurerm_storage_account.Datasets") =>
  cloudProblem({
    text,
    address,
    folder: "/out/dev-data",
    environment: "dev",
    cloud: "azure",
    command: "mlops deploy dev",
  });
const status = (code: string, words: string, http = "400 (400 Bad Request)") =>
  `creating Thing: performing CreateOrUpdate: unexpected status ${http} with error: ${code}: ${words}`;

describe("what Azure says of a login, of the state, of a guard, or of what is new", () => {
  test.each<[string, string, RegExp, RegExp]>([
    [
      "another branch's token",
      "AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:acme/x:ref:refs/heads/wip'. Check your federated identity credential Subject, Audience and Issuer.",
      /got subject repo:acme\/x:ref:refs\/heads\/wip, wanted one of those that the foundation layer has made/,
      /az identity federated-credential list.*delivery\.infrastructure.*goes on/,
    ],
    [
      "an unknown application",
      "AADSTS700016: Application with identifier '1b2c' was not found in the directory 'Acme'.",
      /tenant knows no application 1b2c/,
      /ARM_CLIENT_ID/,
    ],
    [
      "an expired secret",
      "AADSTS7000222: The provided client secret keys for app '1' are expired.",
      /ARM_CLIENT_SECRET is wrong or has expired/,
      /ARM_USE_OIDC/,
    ],
    [
      "a login that has expired",
      "AADSTS700082: The refresh token has expired due to inactivity.",
      /has expired/,
      /az login/,
    ],
    [
      "a code that nobody here knows",
      "AADSTS999999: what",
      /Entra gives no token \(AADSTS999999\)/,
      /login\.microsoftonline\.com\/error/,
    ],
    [
      "an expired token",
      status(
        "ExpiredAuthenticationToken",
        "The access token expiry UTC time '1' is earlier than current UTC time '2'.",
        "401 (401 Unauthorized)",
      ),
      /login has expired/,
      /az login/,
    ],
    [
      "another tenant's token",
      status(
        "InvalidAuthenticationTokenTenant",
        "The access token is from the wrong issuer 'https://sts.windows.net/a/'.",
        "401 (401 Unauthorized)",
      ),
      /another tenant/,
      /az login --tenant/,
    ],
    [
      "no login",
      "unable to build authorizer for Resource Manager API: could not configure AzureCli Authorizer: tenant ID was not specified",
      /nobody is logged in/,
      /az login/,
    ],
    [
      "a disabled subscription",
      status("ReadOnlyDisabledSubscription", "The subscription is disabled", "409 (409 Conflict)"),
      /subscription is disabled/,
      /reactivates/,
    ],
    [
      "a lease on the state",
      "Error acquiring the state lock: state blob is already locked",
      /lease on its blob/,
      /force-unlock ID, or az storage blob lease break --auth-mode login/,
    ],
    [
      "a state that may not be read",
      'Failed to get existing workspaces: containers.Client#ListBlobs: Failure responding to request: StatusCode=403 Code="AuthorizationPermissionMismatch"',
      /right to the data itself/,
      /mlops bootstrap dev, which gives Storage Blob Data Contributor/,
    ],
    [
      "a key where none is taken",
      "KeyBasedAuthenticationNotPermitted: Key based authentication is not permitted on this storage account.",
      /takes no keys/,
      /Unset ARM_ACCESS_KEY/,
    ],
    [
      "no account for the state",
      'Failed to get existing workspaces: Get "https://x.blob.core.windows.net/tfstate": dial tcp: lookup x.blob.core.windows.net: no such host',
      /state is missing, or cannot be reached/,
      /mlops bootstrap dev/,
    ],
    [
      "Azure DevOps",
      "TF400813: The user '' is not authorized to access this resource.",
      /Azure DevOps does not let this login in/,
      /AZDO_PERSONAL_ACCESS_TOKEN/,
    ],
  ])("about %s becomes one sentence and a next step", (_what, text, message, fix) => {
    const words = refusal(text);
    expect(words.message).toMatch(message);
    expect(words.message).toContain("In its words: ");
    expect(words.fix).toMatch(fix);
  });

  test.each([
    ["azurerm_postgresql_flexible_server.D", /metadata\.deletionProtection: false/],
    ["azurerm_kubernetes_cluster.C", /kubernetes\.deletionProtection: false/],
    ["azurerm_storage_account.A", /storage\.deletionProtection: false/],
    ["azurerm_cosmosdb_account.F", /featureStore\.deletionProtection: false/],
    ["azurerm_key_vault.V", /Keys stay/],
    ["azurerm_machine_learning_workspace.W", /tier: staging/],
  ])("about the guard on %s names the setting that lifts it", (address, fix) => {
    const text = `Instance cannot be destroyed: Resource ${address} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed.`;
    expect(refusal(text, address).fix).toMatch(fix);
  });

  test("that nobody has met before is left as it is, and has a next step all the same", () => {
    const { message, fix } = refusal("the thing has no colour");
    expect(message).toBe("the thing has no colour");
    expect(fix).toMatch(/Correct what it names.*mlops deploy dev goes on from there/);
  });
});
