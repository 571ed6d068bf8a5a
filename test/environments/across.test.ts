import { AZURE, BASE, GCP, problems, removeFolders } from "./workspace";

afterEach(removeFolders);

const PARTS = ["gateway", "qa", "blue", "green", "tracking", "database", "scheduler", "notebooks"];

describe("across environments", () => {
  const gcp = (cidr: string, more = "") => `${GCP}network: { cidr: ${cidr} ${more}}\n`;

  test("overlapping networks are refused, both named", () => {
    expect(
      problems({ "a.yaml": gcp("10.20.0.0/16"), "b.yaml": gcp("10.20.128.0/17"), "c.yaml": gcp("10.21.0.0/16") }),
    ).toEqual([
      "b.yaml:3:18: network.cidr: got 10.20.128.0/17 in b, which overlaps 10.20.0.0/16 of a (a.yaml:3). Give each its own range, or write network.isolated: true when the two are never peered",
    ]);
  });

  test("a range that both inherit is refused where it stands", () => {
    expect(problems({ "base.yaml": `${BASE}network: { cidr: 10.30.0.0/16 }\n`, "a.yaml": GCP, "b.yaml": GCP })).toEqual(
      [
        expect.stringMatching(
          /^base\.yaml:4:18: network\.cidr: got 10\.30\.0\.0\/16 in b, which overlaps 10\.30\.0\.0\/16 of a \(base\.yaml:4\)/,
        ),
      ],
    );
  });

  test("isolated networks may overlap", () => {
    expect(() =>
      problems({ "a.yaml": gcp("10.20.0.0/16"), "b.yaml": gcp("10.20.0.0/16", ", isolated: true ") }),
    ).toThrow("accepted");
  });

  test("two local environments share neither ports nor the folder", () => {
    const ports = "clouds: { local: { ports: { qa: 2000, gateway: 18081 } } }";
    expect(problems({ "other.yaml": `cloud: local\n${ports}\n` })).toEqual([
      "other.yaml:2:11: clouds.local.directory: got .mlops/local in other, wanted one apart from .mlops/local of local (the default). Give each a folder of its own, such as .mlops/NAME",
      "other.yaml:2:27: clouds.local.ports: other has the default for blue 18082, green 18083, tracking 18050, database 18054, scheduler 18070, notebooks 18088, taken by local. Write other ports for one of them",
      "other.yaml:2:48: clouds.local.ports.gateway: got 18081 in other, which clouds.local.ports.qa of local has (the default). Give each its own port",
    ]);
  });
});

test.each([
  [".mlops/local/inner", ".mlops/local"],
  [".mlops/local", "./.mlops/local/"],
  ["/srv/estates", "/srv/estates/b"],
])("the folder %s of one and %s of another are not apart", (one, other) => {
  const at = (directory: string, port: number) =>
    `cloud: local\nclouds: { local: { directory: ${directory}, ports: { ${PARTS.map((part, index) => `${part}: ${port + index}`).join(", ")} } } }\n`;
  expect(problems({ "local.yaml": null, "a.yaml": at(one, 3000), "b.yaml": at(other, 4000) })).toEqual([
    `b.yaml:2:31: clouds.local.directory: got ${other} in b, wanted one apart from ${one} of a (a.yaml:2). Give each a folder of its own, such as .mlops/NAME`,
  ]);
});

describe("two environments on Azure", () => {
  const azure = (cidr: string, more = "", settings = "") =>
    `${AZURE.replace("koreacentral }", `koreacentral${more} }`)}network: { cidr: ${cidr} }\n${settings}`;
  const vnet = (name: string) =>
    `, existing: { network: /subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/${name} }`;

  test("share no resource group, also by other capitals", () => {
    expect(
      problems({
        "a.yaml": azure("10.20.0.0/16", ", resourceGroup: acme-ml"),
        "b.yaml": azure("10.21.0.0/16", ", resourceGroup: Acme-ML"),
      }),
    ).toEqual([
      "b.yaml:2:155: clouds.azure.resourceGroup: got Acme-ML in b, which a has (a.yaml:2), wanted a group of its own: who deploys one environment could change the other. Name another group, or remove the line: one is made then",
    ]);
    const other = azure("10.21.0.0/16", ", resourceGroup: acme-ml").replace("00d9,", "00d8,");
    expect(() => problems({ "a.yaml": azure("10.20.0.0/16", ", resourceGroup: acme-ml"), "b.yaml": other })).toThrow(
      "accepted",
    );
    expect(() => problems({ "a.yaml": azure("10.20.0.0/16"), "b.yaml": azure("10.21.0.0/16") })).toThrow("accepted");
  });

  test("give one subscription one tenant", () => {
    const other = azure("10.21.0.0/16").replace("000000000001,", "000000000002,");
    expect(problems({ "a.yaml": azure("10.20.0.0/16"), "b.yaml": other })).toEqual([
      "b.yaml:2:80: clouds.azure.tenant: got 1b2c3d4e-0000-4000-8000-000000000002 in b, but a has the same subscription in tenant 1b2c3d4e-0000-4000-8000-000000000001 (a.yaml:2). az account show --subscription 1b2c3d4e-0000-4000-8000-0000000000d9 --query tenantId says which is right",
    ]);
  });

  test("have ranges of their own in a network that both use, and any in two networks that exist", () => {
    const files = (one: string, two: string, settings = "") => ({
      "a.yaml": azure("10.20.0.0/16", one, settings),
      "b.yaml": azure("10.20.0.0/17", two, settings),
    });
    expect(problems(files(vnet("hub"), vnet("Hub")))).toEqual([
      "b.yaml:3:18: network.cidr: got 10.20.0.0/17 in b, which overlaps 10.20.0.0/16 of a (a.yaml:3). Give each its own range",
    ]);
    expect(() => problems(files(vnet("hub"), vnet("spoke")))).toThrow("accepted");
    expect(() => problems(files(vnet("hub"), ""))).toThrow("accepted");
    expect(problems(files("", ""))).toEqual([expect.stringContaining("or write network.isolated: true")]);
  });
});
