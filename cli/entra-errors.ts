/** What Entra says when it gives no token, https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes. */
import { again, type Row, type Words } from "./refusals";

/** Whose token was offered in exchange: the claims that a federated credential has to match, and nothing of the token itself. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

const LOGIN = "Run az login (in CI: look at the ARM_ variables)";

interface EntraRow {
  readonly says: RegExp;
  readonly means: (text: string) => Words;
}

/** The first quoted value that the words give for something. */
function quoted(text: string, name: string): string | undefined {
  return new RegExp(`${name} '([^']+)'`, "i").exec(text)?.[1];
}

const ROWS: readonly EntraRow[] = [
  {
    says: /AADSTS(?:700213|700211|700212|70021|7002381|7002138)\b/,
    means: (text) => {
      const got = [
        ["subject", quoted(text, "subject")],
        ["issuer", quoted(text, "issuer")],
        ["audience", quoted(text, "audience")],
      ].flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
      return {
        message: `no federated credential of the identity matches; got ${got.join(", ") || "a token of another branch, environment or connection"}, wanted one of those that the foundation layer has made`,
        fix: 'Compare: az identity federated-credential list --identity-name NAME --resource-group GROUP --query "[].{subject:subject, issuer:issuer}"; correct delivery.infrastructure and deploy the foundation layer, or run from the branch or environment that it names',
      };
    },
  },
  {
    says: /AADSTS700016\b/,
    means: (text) => ({
      message: `the tenant knows no application ${quoted(text, "identifier") ?? ""}`.trimEnd(),
      fix: "Compare ARM_CLIENT_ID with the client id that mlops outputs names, and ARM_TENANT_ID with clouds.azure.tenant; an identity made a minute ago is not known everywhere yet",
    }),
  },
  {
    says: /AADSTS70002(?:22|15)\b|AADSTS7000(?:215|222)\b/,
    means: () => ({
      message: "ARM_CLIENT_SECRET is wrong or has expired",
      fix: "Give the secret's value, not its id; better, use federation (ARM_USE_OIDC=true), which has none",
    }),
  },
  {
    says: /AADSTS90002\b|AADSTS900023\b/,
    means: (text) => ({
      message: `there is no tenant ${quoted(text, "Tenant") ?? "of that id"}`,
      fix: 'Correct clouds.azure.tenant (az account list --query "[].{name:name, tenant:tenantId}")',
    }),
  },
  {
    says: /AADSTS(?:50076|50079|50158|53003|530003)\b/,
    means: () => ({
      message: "the tenant asks for more than a password here: a second factor, or a device that it manages",
      fix: LOGIN,
    }),
  },
  {
    says: /AADSTS(?:700024|700082|70043|50173|70008|700084)\b/,
    means: () => ({
      message: "the login, or the token of the CI job, has expired",
      fix: `${LOGIN}; start the job again`,
    }),
  },
  {
    says: /AADSTS(?:65001|500011|501051|50105)\b/,
    means: () => ({
      message: "the application is not allowed to ask for such a token in this tenant",
      fix: "An administrator of the tenant consents to it, or assigns whoever logs in to it",
    }),
  },
];

/** Entra's refusal in plain words; null where the text holds none. */
export function entraProblem(text: string): Words | null {
  const row = ROWS.find(({ says }) => says.test(text));
  if (row !== undefined) return row.means(text);
  const code = /AADSTS\d+/.exec(text)?.[0];
  if (code === undefined) return null;
  return {
    message: `Entra gives no token (${code})`,
    fix: `${LOGIN}; what it means: https://login.microsoftonline.com/error`,
  };
}

/** What a token says of itself. It is not checked here: Entra does that, and this is for the message about it. */
export function claimsOf(token: string): Claims | null {
  try {
    const body = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const { iss, sub, aud } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return { issuer: String(iss), subject: String(sub), audience: String(aud) };
  } catch {
    return null;
  }
}

/** Refusals of a login, as Terraform's providers and Azure's APIs tell of them. */
export const LOGIN_ROWS: readonly Row[] = [
  {
    says: /AADSTS\d+/,
    means: (_, { text, command }) => {
      const { message, fix } = entraProblem(text) ?? { message: "nobody is logged in", fix: "Run az login" };
      return { message, fix: `${fix}; ${again(command)}` };
    },
  },
  {
    says: /TF400813|TF30063|VS30063|Azure DevOps.{0,80}(?:401|unauthorized)|AZDO_PERSONAL_ACCESS_TOKEN/i,
    means: (_, { command }) => ({
      message: "Azure DevOps does not let this login in",
      fix: `Set AZDO_PERSONAL_ACCESS_TOKEN, or log in as somebody whom the organisation knows; ${again(command)}`,
    }),
  },
  {
    says: /InvalidAuthenticationTokenTenant|access token is from the wrong issuer/,
    means: (_, { command }) => ({
      message: "the login is one of another tenant than the subscription's",
      fix: `Run az login --tenant with clouds.azure.tenant; ${again(command)}`,
    }),
  },
  {
    says: /ExpiredAuthenticationToken|InvalidAuthenticationToken|AuthenticationFailed|no Authorizer could be configured|could not configure \w+ Authorizer|Please run '?az login|unable to build authorizer|DefaultAzureCredential|ChainedTokenCredential/,
    means: (_, { command }) => ({
      message: "nobody is logged in, or the login has expired",
      fix: `Run az login (or give fresh ARM_ variables); ${again(command)}`,
    }),
  },
];
