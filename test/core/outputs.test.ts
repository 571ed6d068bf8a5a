import { LAYERS, type Layer } from "../../lib/contracts/layers";
import { OUTPUTS, type OutputKey } from "../../lib/contracts/outputs";
import { environmentDocument } from "../../lib/core/document";
import { checkGrant } from "../../lib/core/grants";
import { labelsFor } from "../../lib/core/labels";
import { LayerStack } from "../../lib/core/layer-stack";
import { assembleDocument, handOver, outputOf, switchedOff, whenProvided } from "../../lib/core/outputs";
import { App, Construct, Fn } from "../../lib/framework";
import { temporaryFolder } from "../support/folders";
import { StandIn } from "../support/stand-ins";
import { synthApp } from "../support/synth";

const labels = labelsFor("gcp", { organisation: "acme", environment: "dev", layer: "data", owner: "ml" });
const layerOf = (app: App, layer: Layer, assume = false, deployed = true) =>
  new LayerStack(app, { environment: "dev", layer, assume, deployed });

/** A cluster in one layer, whose endpoint a resource of another layer uses. */
function cluster(assume: boolean, [from, to]: readonly [Layer, Layer] = ["compute", "serving"]) {
  let reader: LayerStack | undefined;
  const stacks = synthApp((app) => {
    const compute = layerOf(app, from);
    const made = new StandIn(compute, "Cluster", { labels });
    const endpoint = handOver(made, {
      key: "endpointOfCluster",
      value: made.name,
      example: "https://10.0.0.1",
      description: "API.",
    });
    new StandIn(compute, "Pool", { name: endpoint, labels });
    reader = layerOf(app, to, assume);
    new StandIn(reader, "Gateway", { name: endpoint, labels });
    new StandIn(reader, "Host", { name: `prefix-${Fn.replace(endpoint, "https://", "")}`, labels });
  });
  return { stacks, reader };
}

const nameIn = (stacks: ReturnType<typeof synthApp>, stack: string, id: string) =>
  stacks[stack]?.resource.google_thing?.[id]?.name;

describe("a value that only a deployed layer knows", () => {
  test("is the value itself in its own layer, and an output of it", () => {
    const { stacks } = cluster(false);
    expect(nameIn(stacks, "dev-compute", "Pool")).toBe("${google_thing.Cluster.name}");
    expect(stacks["dev-compute"]?.output.endpointOfCluster?.value).toBe("${google_thing.Cluster.name}");
  });

  test("is a read of that layer's state by its output's name elsewhere, also inside an expression", () => {
    const { stacks } = cluster(false);
    const read = "data.terraform_remote_state.cross-stack-reference-input-dev-compute.outputs.endpointOfCluster";
    expect(nameIn(stacks, "dev-serving", "Gateway")).toBe(`\${${read}}`);
    expect(nameIn(stacks, "dev-serving", "Host")).toBe(`prefix-\${replace(${read}, "https://", "")}`);
    expect(Object.keys(stacks["dev-serving"]?.data.terraform_remote_state ?? {})).toHaveLength(1);
    // No output of the engine's own making, which would be named after a resource's address.
    expect(Object.keys(stacks["dev-compute"]?.output ?? {})).toEqual(["endpointOfCluster"]);
  });

  test("is its example when reads are assumed, and is listed as assumed", () => {
    const { stacks, reader } = cluster(true);
    expect(nameIn(stacks, "dev-serving", "Gateway")).toBe("https://10.0.0.1");
    expect(nameIn(stacks, "dev-serving", "Host")).toBe('prefix-${replace("https://10.0.0.1", "https://", "")}');
    expect(stacks["dev-serving"]?.data).toEqual({});
    expect(reader?.assumed()).toEqual([{ key: "endpointOfCluster", from: "dev-compute", example: "https://10.0.0.1" }]);
    expect(reader?.dependencies.map(({ node }) => node.id)).toEqual(["dev-compute"]);
  });

  test("cannot be read by a layer that is deployed before", () => {
    expect(() => cluster(false, ["serving", "compute"])).toThrow(
      "dev-compute reads endpointOfCluster of dev-serving, which is deployed after it",
    );
  });

  test("cannot share its output's name with another one", () => {
    const twice = () =>
      synthApp((app) => {
        const stack = layerOf(app, "data");
        for (const value of ["a", "b"]) handOver(stack, { key: "address", value, example: "c", description: "x" });
      });
    expect(twice).toThrow("dev-data: two outputs are called address");
  });
});

describe("the environment's document", () => {
  const publish = (app: App, layer: Layer, deployed = true) => {
    const stack = layerOf(app, layer, false, deployed);
    const keys = (Object.keys(OUTPUTS) as OutputKey[]).filter((key) => OUTPUTS[key].layer === layer);
    stack.publish(Object.fromEntries(keys.map((key) => [key, `${layer}-value`])));
    return stack;
  };

  test("has every key, and says why one is null", () => {
    let document: Partial<ReturnType<typeof assembleDocument>> = {};
    synthApp((app) => {
      document = assembleDocument([publish(app, "serving"), publish(app, "observability", false)]);
    });
    expect(Object.keys(document).sort()).toEqual(Object.keys(OUTPUTS).sort());
    expect(document.servingUri).toMatchObject({ stack: "dev-serving", value: "serving-value" });
    expect(document.metricsUri).toMatchObject({ stack: null, value: "observability-value" });
    expect(document.clusterEndpoint).toMatchObject({ stack: null, lacking: "this platform has no layer compute" });

    const deployed = { "dev-serving": { servingUri: { value: "https://real" } } };
    const values = environmentDocument(document as ReturnType<typeof assembleDocument>, deployed);
    expect(values.servingUri).toMatchObject({ value: "https://real" });
    expect(values.qaUri).toMatchObject({ value: null, reason: "dev-serving is not deployed" });
    expect(values.metricsUri).toMatchObject({ value: "observability-value" });
    expect(values.clusterEndpoint).toMatchObject({ value: null, reason: "this platform has no layer compute" });
    expect(Object.keys(values)).toEqual(Object.keys(OUTPUTS).sort());
  });

  test("is refused when a layer forgets a key of its own", () => {
    expect(() => synthApp((app) => assembleDocument([layerOf(app, "serving")]))).toThrow(
      "the layer serving does not publish qaUri",
    );
  });

  test("takes each key from its own layer, once", () => {
    expect(() => synthApp((app) => layerOf(app, "data").publish({ qaUri: "x" }))).toThrow(
      "output qaUri belongs to the layer serving",
    );
    const twice = (app: App) => {
      const stack = layerOf(app, "network");
      stack.publish({ networkReference: "x" });
      stack.publish({ networkReference: { lacking: "y" } });
    };
    expect(() => synthApp(twice)).toThrow("two outputs are called networkReference");
  });

  test("takes nothing that only a deployment knows from a layer that is not deployed", () => {
    const attempt = (app: App) => {
      const stack = layerOf(app, "network", false, false);
      stack.publish({ networkReference: new StandIn(stack, "Network").name });
    };
    expect(() => synthApp(attempt)).toThrow("its output networkReference must be known at synth");
  });

  test("gives every key a layer, a sentence and an example", () => {
    for (const { layer, description, example } of Object.values(OUTPUTS)) {
      expect(LAYERS).toContain(layer);
      expect(description).toMatch(/^[A-Z].*[.]$/);
      expect(example).not.toBe("");
    }
  });
});

describe("a part that the platform lacks", () => {
  const lacking = { lacking: "no such thing here" };

  test("gives its reason for a value, and what needs it lacks for the same reason", () => {
    expect(outputOf(lacking, () => "never")).toBe(lacking);
    expect(whenProvided({ there: { a: 1 }, absent: lacking as { lacking: string } }, () => ({ made: true }))).toBe(
      lacking,
    );
    expect(whenProvided({ there: { a: 1 } }, ({ there }) => ({ made: there.a }))).toEqual({ made: 1 });
    expect(outputOf({ secret: null }, ({ secret }) => secret)).toEqual({ lacking: "not used on this platform" });
    expect(switchedOff("notebooks.enabled").lacking).toContain("notebooks.enabled");
  });
});

test("a grant to an identity of an earlier layer is refused, naming both", () => {
  const app = new App({ outdir: temporaryFolder() });
  const store = new Construct(layerOf(app, "data"), "Store");
  const early = new Construct(layerOf(app, "network"), "Early");
  const late = new Construct(layerOf(app, "ml"), "Late");
  expect(() => checkGrant(store, late)).not.toThrow();
  expect(() => checkGrant(store, store)).not.toThrow();
  expect(() => checkGrant(store, early)).toThrow(/dev-data\/Store cannot grant a right to dev-network\/Early/);
});
