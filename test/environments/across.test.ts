import { BASE, GCP, problems, removeFolders } from "./workspace";

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
