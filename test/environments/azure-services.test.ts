import { AZURE, BASE, onAzure, problems, removeFolders } from "./workspace";

afterEach(removeFolders);

const azure = (more: string, settings = "") =>
  problems({ "a.yaml": `${AZURE.replace("koreacentral }", `koreacentral, ${more} }`)}${settings}\n` });
const GUID = "1b2c3d4e-0000-4000-8000-0000000000a2";
const devops = (more = "") => `devops: { organisation: acme, project: ml, projectId: ${GUID}${more} }`;
const source = (host: string) => `delivery: { source: { host: ${host}, repository: acme/ml-projects } }`;

describe("Azure Pipelines", () => {
  test.each(["gitlab", "secureSourceManager"])("do not build from %s", (host) => {
    expect(azure(devops(), source(host))).toEqual([
      `a.yaml:3:29: delivery.source.host: got ${host}, which Azure Pipelines do not build from, wanted one of github, bitbucket, azureRepos. Mirror the repository to one of them, and name that`,
    ]);
  });

  test("have a project of Azure DevOps", () => {
    expect(onAzure(source("github"))).toEqual([
      "a.yaml:2:11: clouds.azure.devops: missing, wanted the Azure DevOps project whose pipelines build delivery.source",
    ]);
    expect(() => onAzure("")).toThrow("accepted");
  });

  test.each(["github", "bitbucket"])("have a connection to %s that a person has authorised", (host) => {
    expect(azure(devops(), source(host))).toEqual([
      `a.yaml:2:140: clouds.azure.devops.sourceConnection: missing, wanted the id of the service connection to ${host} that a person has authorised. az devops service-endpoint list says it`,
    ]);
    expect(() => azure(devops(`, sourceConnection: ${GUID}`), source(host))).toThrow("accepted");
    const own = source(host).replace("acme/ml-projects }", `acme/ml-projects, connection: ${GUID} }`);
    expect(() => azure(devops(), own)).toThrow("accepted");
  });

  test("have the id of a repository in Azure Repos", () => {
    expect(azure(devops(`, sourceConnection: ${GUID}`), source("azureRepos"))).toEqual([
      "a.yaml:2:140: clouds.azure.devops.repositoryId: missing, wanted the id of the repository in Azure Repos. az repos show --repository NAME --query id says it",
    ]);
    expect(() => azure(devops(`, repositoryId: ${GUID}`), source("azureRepos"))).toThrow("accepted");
  });
});

test("machines inside the network are put there by a service that the tenant knows", () => {
  const runner = source("github").replace("delivery: {", "delivery: { runner: network,");
  const connection = `, sourceConnection: ${GUID}`;
  expect(azure(devops(connection), runner)).toEqual([
    "a.yaml:2:140: clouds.azure.devops.poolPrincipal: missing, wanted the object id of Managed DevOps Pools, which put the machines of delivery.runner: network there. az ad sp list --display-name DevOpsInfrastructure --query [0].id says it; or write delivery.runner: hosted",
  ]);
  expect(() => azure(devops(`${connection}, poolPrincipal: ${GUID}`), runner)).toThrow("accepted");
});

describe("what exists already", () => {
  const group = "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/hub";
  const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/c`;
  const network = `${group}/providers/Microsoft.Network/virtualNetworks/v`;

  test("as a cluster comes with the issuer of its tokens, and an issuer with its cluster", () => {
    expect(azure(`existing: { cluster: ${cluster} }`)).toEqual([
      `a.yaml:2:140: clouds.azure.existing.clusterIssuer: missing, wanted the issuer of that cluster's service account tokens. az aks show --ids ${cluster} --query oidcIssuerProfile.issuerUrl says it`,
    ]);
    expect(azure('existing: { clusterIssuer: "https://issuer.example/a/" }')).toEqual([
      "a.yaml:2:167: clouds.azure.existing.clusterIssuer: has no effect without clouds.azure.existing.cluster, whose issuer it is",
    ]);
    expect(() => azure(`existing: { cluster: ${cluster}, clusterIssuer: "https://issuer.example/a/" }`)).toThrow(
      "accepted",
    );
  });

  test("as a cluster comes with its network, where nodes are put into it", () => {
    const existing = `existing: { cluster: ${cluster}, clusterIssuer: "https://issuer.example/a/" }`;
    const pools = "kubernetes: { pools: { cpu: { class: cpu-small, max: 2 } } }";
    expect(azure(existing, pools)).toEqual([
      "a.yaml:2:140: clouds.azure.existing.network: missing, wanted the network of that cluster, which the nodes of cpu stand in",
    ]);
    expect(() => azure(existing.replace("existing: {", `existing: { network: ${network},`), pools)).toThrow("accepted");
  });

  test("as a vault has the secrets that builds read", () => {
    const secrets = devops(`, secrets: [pypi-token]`);
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/v`;
    expect(azure(secrets)).toEqual([
      expect.stringMatching(
        /^a\.yaml:2:\d+: clouds\.azure\.devops\.secrets: are of clouds\.azure\.existing\.vault, which is missing/,
      ),
    ]);
    expect(() => azure(`${secrets}, existing: { vault: ${vault} }`)).toThrow("accepted");
  });

  test("as a zone holds the host that clients call", () => {
    const zone = `existing: { dnsZone: ${group}/providers/Microsoft.Network/dnsZones/acme.example }`;
    const host = (name: string) => `serving: { production: { host: ${name} } }`;
    expect(azure(zone, host("predict.other.example"))).toEqual([
      "a.yaml:3:32: serving.production.host: got predict.other.example, wanted a name in the zone acme.example of clouds.azure.existing.dnsZone. Write a name that ends with .acme.example",
    ]);
    expect(azure(zone, host("predict-acme.example"))).toHaveLength(1);
    expect(() => azure(zone, host("predict.acme.example"))).toThrow("accepted");
  });

  test("as private zones comes with the network that they are linked to", () => {
    expect(azure(`existing: { privateDnsZones: ${group} }`)).toEqual([
      "a.yaml:2:169: clouds.azure.existing.privateDnsZones: has no effect without clouds.azure.existing.network, which those zones are linked to. Name the network as well, or remove the line",
    ]);
    expect(() => azure(`existing: { privateDnsZones: ${group}, network: ${network} }`)).toThrow("accepted");
  });
});

describe("a schedule on Azure", () => {
  test.each([
    'schedule: "0 3 1 * *"',
    'schedule: "0 3 * 1 *", timeZone: Europe/Kyiv',
    'schedule: "*/15 8-18 * * MON-FRI", timeZone: Asia/Seoul',
  ])("is taken as elsewhere, in any time zone: %s", (retraining) => {
    expect(() => onAzure(`retraining: { ${retraining} }`)).toThrow("accepted");
  });

  test("calls Sunday 0", () => {
    expect(onAzure('retraining: { schedule: "0 3 * * 7" }')).toEqual([
      'a.yaml:3:25: retraining.schedule: got "0 3 * * 7", but Dapr\'s weekdays are 0 to 6. Write 0 for Sunday',
    ]);
  });
});

describe("a budget on Azure", () => {
  const budget = (alertAt: string, more = "") =>
    onAzure(`budget: { monthly: 1, currency: USD, alertAt: [${alertAt}] }\n${more}`);
  const mails = (count: number) => Array.from({ length: count }, (_, index) => `m${index}@acme.example`).join(", ");

  test("has four thresholds at most, beside the forecast", () => {
    expect(budget("60, 70, 80, 90, 100")).toEqual([
      "a.yaml:3:47: budget.alertAt: got 5 percentages, wanted at most 4: an Azure budget knows one more, which tells of the forecast",
    ]);
    expect(() => budget("70, 80, 90, 100")).toThrow("accepted");
  });

  test("writes to fifty addresses at most", () => {
    const alerts = (count: number) => `monitoring: { alerts: { email: [${mails(count)}] } }`;
    expect(budget("100", alerts(51))).toEqual([
      "a.yaml:4:32: monitoring.alerts.email: got 51 addresses, wanted at most 50: an Azure budget writes to no more. Give a group's address",
    ]);
    expect(() => budget("100", alerts(50))).toThrow("accepted");
    expect(() => onAzure(alerts(51))).toThrow("accepted");
  });
});

describe("a team on Azure", () => {
  const team = (name: string, more = "") =>
    `version: 1\nname: ${name}\ncontact: a@acme.example\ngroup: ${name}@acme.example\n${more}`;

  test("has a group that Entra knows, wherever it is on Azure", () => {
    expect(
      problems({
        "a.yaml": AZURE,
        "teams/risk.yaml": team("risk"),
        "teams/x.yaml": team("x", `entraGroup: ${GUID}\n`),
      }),
    ).toEqual([
      "teams/risk.yaml:1:1: entraGroup: missing, wanted the object id of risk@acme.example in Entra: the team is in a, which is on Azure. az ad group list --filter \"mail eq 'risk@acme.example'\" --query [].id says it",
    ]);
  });

  test("needs none where it is not", () => {
    expect(() =>
      problems({ "a.yaml": AZURE, "teams/risk.yaml": team("risk", "environments: { local: {} }\n") }),
    ).toThrow("accepted");
    expect(() => problems({ "a.yaml": `${AZURE}teamLimits: { only: [] }\n`, "teams/risk.yaml": team("risk") })).toThrow(
      "accepted",
    );
    const only = `environments: { local: {}, a: { entraGroup: ${GUID} } }\n`;
    expect(() => problems({ "a.yaml": AZURE, "teams/risk.yaml": team("risk", only) })).toThrow("accepted");
  });
});

describe("serving on Azure", () => {
  const production = (settings: string) => `serving: { production: { ${settings} } }`;

  test("is refused where a target cannot do it, with another choice", () => {
    expect(onAzure(production("target: managed, auth: oidc"))).toEqual([
      "a.yaml:3:49: serving.production.auth: cloud azure cannot do oidc: an Azure ML endpoint takes tokens of Entra only; its other ways to log in are keys, which nobody has here. Write iam, or remove it",
    ]);
    expect(onAzure(production("target: serverless, auth: none, class: gpu-l4"))).toEqual([
      expect.stringMatching(/^a\.yaml:3:65: serving\.production\.class: a container app serves on at most /),
    ]);
  });

  test("takes from base.yaml what its target knows", () => {
    const base = `${BASE}serving: { production: { host: predict.acme.example, auth: oidc } }\n`;
    expect(() => problems({ "base.yaml": base, "a.yaml": `${AZURE}${production("target: managed")}\n` })).toThrow(
      "accepted",
    );
  });

  test("on Container Instances needs a way out of the network", () => {
    expect(onAzure("serving: { qa: { target: instance } }\nnetwork: { internet: false }")).toEqual([
      expect.stringMatching(/^a\.yaml:3:26: serving\.qa\.target: Container Instances inside a network /),
    ]);
    expect(() => onAzure("serving: { qa: { target: instance } }")).toThrow("accepted");
  });
});
