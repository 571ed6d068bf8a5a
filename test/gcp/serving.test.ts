import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isLacking } from "../../lib/contracts/provided";
import type { ModelEndpointProps, PredictionLogging } from "../../lib/contracts/serving";
import type { IWorkloadIdentity } from "../../lib/contracts/workload-identity";
import { IMAGES } from "../../lib/core/images";
import type { LayerStack } from "../../lib/core/layer-stack";
import { releaseOwned } from "../../lib/core/release-owned";
import { servingProblems } from "../../lib/core/serving-limits";
import { GcpNames } from "../../lib/gcp/parts/names";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import type { GcpPlatform } from "../../lib/gcp/platform";
import type { SynthesizedStack } from "../support/synth";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const NAMES = new GcpNames(PRODUCTION);
/** What is public breaks rules that somebody has to answer for; here it is looked at without them. */
const PUBLIC = { ...PRODUCTION };
const LOGGING: PredictionLogging = { sample: 0.5, retentionDays: 30, redact: [] };
const WISHES = {
  kubernetes: { target: "kubernetes", auth: "oidc", host: "predict.acme.example", replicas: { min: 2, max: 6 } },
  managed: { target: "managed", auth: "iam", replicas: { min: 2, max: 6 } },
  serverless: { target: "serverless", auth: "iam", replicas: { min: 2, max: 6 } },
  instance: { target: "instance", auth: "none", replicas: { min: 1, max: 1 } },
} as const;

type Wish = Omit<ModelEndpointProps, "identity" | "logging">;

function wish(target: keyof typeof WISHES, changes: Partial<Wish> = {}): Wish {
  return { expose: "internal", class: "cpu-small", ...WISHES[target], ...changes };
}

function inServing(
  build: (given: { platform: GcpPlatform; stack: LayerStack; identity: IWorkloadIdentity }) => { uri: string },
  settings: GcpSettings = PRODUCTION,
): { stack: SynthesizedStack | undefined; uri: unknown } {
  const stacks = onGcp(
    ({ platform, layer }) => {
      const stack = layer("serving");
      const identity = platform.workloadIdentity(stack, "Server", { workload: "serving" });
      stack.addOutput("uri", build({ platform, stack, identity }).uri, "Looked at below.");
    },
    settings,
    { production: settings === PRODUCTION },
  );
  return { stack: stacks.serving, uri: stacks.serving?.output.uri?.value };
}

function production(given: Wish, settings = PRODUCTION, logging = LOGGING) {
  return inServing(({ platform, stack, identity }) => {
    const made = platform.modelEndpoint(stack, "Production", { ...given, logging, identity });
    if (isLacking(made)) throw new Error(made.lacking);
    return made;
  }, settings);
}

function qa(settings = PRODUCTION, logging = LOGGING) {
  return inServing(({ platform, stack, identity }) => {
    const made = platform.containerService(stack, "Qa", { logging, identity });
    if (isLacking(made)) throw new Error(made.lacking);
    return made;
  }, settings);
}

/** What the scoring app is told in a place. */
function settingsObject({ stack }: { stack: SynthesizedStack | undefined }) {
  const { bucket, name, content } = only(stack, "google_storage_bucket_object");
  return { bucket, name, content: JSON.parse(String(content)) };
}

describe("QA", () => {
  test("runs the image by digest as the serving account, costs nothing when idle, and is reached from the network only", () => {
    const { stack, uri } = qa();
    expect(only(stack, "google_cloud_run_v2_service")).toMatchObject({
      ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
      invoker_iam_disabled: false,
      template: {
        service_account: NAMES.serviceAccount("serving"),
        scaling: { max_instance_count: 2 },
        containers: [{ image: expect.stringMatching(/\/serving@sha256:b{64}$/) }],
      },
    });
    expect(JSON.stringify(stack?.resource)).not.toMatch(/"min_instance_count":[1-9]/);
    expect(uri).toMatch(/^https:\/\/acme-test-qa-100000000009\.asia-northeast3\.run\.app$/);
  });

  test("leaves to the release what is the release's", () => {
    expect(only(qa().stack, "google_cloud_run_v2_service")).toMatchObject({
      lifecycle: { ignore_changes: releaseOwned("google_cloud_run_v2_service") },
    });
  });

  test("starts before a model is released: it is asked whether it lives, not whether it serves", () => {
    const text = JSON.stringify(qa().stack?.resource);
    expect(text).toContain('"/healthz"');
    expect(text).not.toContain('"/readyz"');
  });

  test("tells the scoring app by the variables that it reads", () => {
    const hosted = readFileSync("pipelines/serving/hosted.py", "utf8");
    const text = JSON.stringify(only(qa().stack, "google_cloud_run_v2_service"));
    const names = [...text.matchAll(/"name":"(SERVING_[A-Z]+)"/g)].map(([, name]) => name);
    expect(names).toEqual(["SERVING_SLOT", "SERVING_SETTINGS", "SERVING_LOGS"]);
    for (const name of names) expect(hosted).toContain(`"${name}"`);
  });

  test("logs predictions as the config says, by an object that also reaches services whose variables are the release's", () => {
    const logging = { sample: 0.25, retentionDays: 7, redact: ["name"] };
    expect(settingsObject(qa(PRODUCTION, logging))).toEqual({
      bucket: NAMES.bucket("artifacts"),
      name: "serving/qa/settings.json",
      content: { logging },
    });
  });

  test("cannot be deleted by accident in production, and can in development", () => {
    expect(only(qa().stack, "google_cloud_run_v2_service").deletion_protection).toBe(true);
    expect(only(qa(DEVELOPMENT).stack, "google_cloud_run_v2_service").deletion_protection).toBe(false);
  });
});

describe("production on Kubernetes", () => {
  test("has a private address that HTTP and HTTPS share, and a private name in a zone of that name alone", () => {
    const { stack, uri } = production(wish("kubernetes"));
    expect(only(stack, "google_compute_address")).toMatchObject({
      address_type: "INTERNAL",
      purpose: "SHARED_LOADBALANCER_VIP",
      subnetwork: NAMES.subnet("endpoints"),
    });
    expect(only(stack, "google_dns_managed_zone")).toMatchObject({
      dns_name: "predict.acme.example.",
      visibility: "private",
      private_visibility_config: { networks: [{ network_url: NAMES.network }] },
    });
    expect(only(stack, "google_dns_record_set")).toMatchObject({ name: "predict.acme.example.", type: "A" });
    expect(uri).toBe("https://predict.acme.example");
  });

  test("uses the zone that is there, in its own project", () => {
    const existing = { dnsZone: "projects/acme-dns/managedZones/ml" };
    const { stack } = production(wish("kubernetes"), { ...PRODUCTION, existing });
    expect(resources(stack, "google_dns_managed_zone")).toEqual([]);
    expect(only(stack, "google_dns_record_set")).toMatchObject({ managed_zone: "ml", project: "acme-dns" });
  });

  test("is called by its address when it has no name", () => {
    expect(production(wish("kubernetes", { host: undefined, auth: "none" })).uri).toMatch(
      /^http:\/\/\$\{.*\.address\}$/,
    );
  });

  test("signs a public name, with no SHA-1", () => {
    const { stack } = production(wish("kubernetes", { expose: "public" }), PUBLIC);
    expect(only(stack, "google_compute_address")).toMatchObject({ address_type: "EXTERNAL" });
    expect(only(stack, "google_compute_address")).not.toHaveProperty("subnetwork");
    const { dnssec_config, visibility } = only(stack, "google_dns_managed_zone");
    expect(visibility).toBe("public");
    expect(dnssec_config).toMatchObject({ state: "on" });
    expect(JSON.stringify(dnssec_config)).not.toMatch(/sha1/);
  });

  test("hands its settings over to the cluster's layer, what is left out included", () => {
    const logging = { ...LOGGING, redact: ["name"] };
    expect(settingsObject(production(wish("kubernetes"), PRODUCTION, logging))).toMatchObject({
      name: "serving/production/settings.json",
      content: { logging },
    });
  });
});

describe("production on Vertex AI", () => {
  const endpoint = (given: ReturnType<typeof production>) => only(given.stack, "google_vertex_ai_endpoint");

  test("is private, asks callers who they are, is encrypted with the estate's key and leaves traffic to the release", () => {
    const made = production(wish("managed"));
    expect(endpoint(made)).toMatchObject({
      name: expect.stringMatching(/^[1-9][0-9]{8}$/),
      encryption_spec: { kms_key_name: NAMES.key("ml") },
      private_service_connect_config: {
        enable_private_service_connect: true,
        enable_secure_private_service_connect: true,
        project_allowlist: ["acme-ml-test"],
      },
      lifecycle: { ignore_changes: ["traffic_split"] },
    });
    expect(endpoint(made)).not.toHaveProperty("dedicated_endpoint_enabled");
    const { name } = endpoint(made);
    expect(made.uri).toBe(
      `https://${name}-asia-northeast3-100000000009.prediction.p.vertexai.goog/v1/projects/acme-ml-test/locations/asia-northeast3/endpoints/${name}:predict`,
    );
    expect(only(made.stack, "google_dns_record_set")).toMatchObject({
      name: `${name}-asia-northeast3-100000000009.prediction.p.vertexai.goog.`,
    });
  });

  test("has one number for good, and another in another project", () => {
    const number = (settings: GcpSettings) => endpoint(production(wish("managed"), settings)).name;
    expect(number(PRODUCTION)).toBe(number(DEVELOPMENT));
    expect(number({ ...PRODUCTION, project: "acme-ml-other" })).not.toBe(number(PRODUCTION));
  });

  test("has an address of its own in the internet when it is public", () => {
    const made = production(wish("managed", { expose: "public" }), PUBLIC);
    expect(endpoint(made)).toMatchObject({ dedicated_endpoint_enabled: true });
    expect(endpoint(made)).not.toHaveProperty("private_service_connect_config");
    expect(made.uri).toMatch(/dedicated_endpoint_dns/);
  });

  test("is refused when it is public and nobody answers for it", () => {
    expect(() => production(wish("managed", { expose: "public" }))).toThrow("vertex-endpoint-private");
  });

  test("logs the share of requests that the config says, for so many days", () => {
    const made = production(wish("managed"));
    expect(endpoint(made)).toMatchObject({
      predict_request_response_logging_config: { enabled: true, sampling_rate: 0.5 },
    });
    expect(only(made.stack, "google_bigquery_dataset")).toMatchObject({
      default_partition_expiration_ms: 30 * 86_400_000,
      default_encryption_configuration: { kms_key_name: NAMES.key("storage") },
      delete_contents_on_destroy: false,
    });
  });

  test.each([
    ["inputs must be left out", { ...LOGGING, redact: ["name"] }],
    ["nothing is to be logged", { ...LOGGING, sample: 0 }],
  ])("logs no whole requests where %s", (_, logging) => {
    const made = production(wish("managed"), PRODUCTION, logging);
    expect(endpoint(made)).not.toHaveProperty("predict_request_response_logging_config");
    expect(resources(made.stack, "google_bigquery_dataset")).toEqual([]);
    expect(settingsObject(made).content).toEqual({ logging });
  });
});

describe("production on Cloud Run", () => {
  test("has the replicas and the size of the config, and an address that is not QA's", () => {
    const { stack, uri } = production(wish("serverless", { class: "cpu-medium" }));
    const text = JSON.stringify(only(stack, "google_cloud_run_v2_service"));
    expect(text).toContain('"min_instance_count":2');
    expect(text).toContain('"max_instance_count":6');
    expect(text).toContain('"limits":{"cpu":"4","memory":"16Gi"}');
    expect(uri).not.toBe(qa().uri);
  });

  test.each([
    ["internal", "INGRESS_TRAFFIC_INTERNAL_ONLY"],
    ["public", "INGRESS_TRAFFIC_ALL"],
  ] as const)("that is %s has the ingress %s, and asks who calls", (expose, ingress) => {
    const { stack } = production(wish("serverless", { expose }), PUBLIC);
    expect(only(stack, "google_cloud_run_v2_service")).toMatchObject({ ingress, invoker_iam_disabled: false });
    expect(JSON.stringify(stack?.resource)).not.toMatch(/allUsers|allAuthenticatedUsers/);
  });
});

describe("production on a machine", () => {
  const machine = (settings = PRODUCTION) =>
    only(production(wish("instance"), settings).stack, "google_compute_instance");

  test("has no public address, an account of its own, a safe start, an encrypted disk and no way in for keys", () => {
    const made = machine();
    expect(made).toMatchObject({
      machine_type: "e2-standard-2",
      deletion_protection: true,
      can_ip_forward: false,
      service_account: { email: NAMES.serviceAccount("serving") },
      shielded_instance_config: { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true },
      boot_disk: { kms_key_self_link: NAMES.key("cluster") },
      metadata: { "enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE", "serial-port-enable": "FALSE" },
    });
    expect(JSON.stringify(made)).not.toContain("access_config");
    expect(machine(DEVELOPMENT).deletion_protection).toBe(false);
  });

  test("starts the image that its metadata names, which the release replaces", () => {
    const { metadata, lifecycle } = machine();
    const values = metadata as Record<string, string>;
    expect(values["serving-image"]).toMatch(/\/serving@sha256:b{64}$/);
    expect(lifecycle).toEqual({ ignore_changes: ['metadata["serving-image"]', 'metadata["serving-model"]'] });
    const { write_files } = parse(values["user-data"] ?? "");
    const script: string = write_files[0].content;
    expect(script).toContain('"$(attribute serving-image)"');
    expect(script).toContain('SERVING_MODEL="$(attribute serving-model)"');
    expect(script).toContain(`-e SERVING_SETTINGS=gs://${NAMES.bucket("artifacts")}/serving/production/settings.json`);
    for (const guard of ["--read-only", "--cap-drop ALL", "no-new-privileges"]) expect(script).toContain(guard);
  });

  test("is called from the network's own ranges, on its one port", () => {
    const { stack, uri } = production(wish("instance"));
    const { nodes, pods, serverless, endpoints } = PRODUCTION.addresses;
    expect(only(stack, "google_compute_firewall")).toMatchObject({
      direction: "INGRESS",
      source_ranges: [nodes, pods, serverless, endpoints],
      target_service_accounts: [NAMES.serviceAccount("serving")],
      allow: [{ protocol: "tcp", ports: ["8080"] }],
      log_config: { metadata: "INCLUDE_ALL_METADATA" },
    });
    expect(uri).toMatch(/^http:\/\/\$\{.*\.address\}:8080$/);
  });

  test("has a private name when one is given", () => {
    const { stack, uri } = production(wish("instance", { host: "predict.acme.example" }));
    expect(uri).toBe("http://predict.acme.example:8080");
    expect(only(stack, "google_dns_managed_zone").visibility).toBe("private");
  });
});

describe("what a target cannot do is refused, with what works", () => {
  test.each<[string, Wish, string]>([
    ["a public address without a name", wish("kubernetes", { expose: "public", host: undefined }), "host"],
    ["tokens of an issuer on Vertex AI", wish("managed", { auth: "oidc" }), "auth"],
    ["a name of one's own on Vertex AI", wish("managed", { host: "predict.acme.example" }), "host"],
    ["tokens of an issuer on Cloud Run", wish("serverless", { auth: "oidc" }), "auth"],
    ["nobody asked on Cloud Run", wish("serverless", { auth: "none" }), "auth"],
    ["a name of one's own on Cloud Run", wish("serverless", { host: "predict.acme.example" }), "host"],
    ["too large a class on Cloud Run", wish("serverless", { class: "cpu-large" }), "class"],
    ["a GPU on Cloud Run", wish("serverless", { class: "gpu-l4" }), "class"],
    ["a public machine", wish("instance", { expose: "public" }), "expose"],
    ["identities on a machine", wish("instance", { auth: "iam" }), "auth"],
    ["two machines", wish("instance", { replicas: { min: 1, max: 2 } }), "replicas"],
    ["a machine with a GPU", wish("instance", { class: "gpu-l4" }), "class"],
  ])("%s", (_, given, key) => {
    const [problem, ...more] = servingProblems(given);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      where: `serving.production.${key}`,
      fix: expect.stringMatching(/^(Use|Leave|Give) /),
    });
    expect(() => production(given)).toThrow(problem?.message);
  });

  test.each(Object.keys(WISHES) as (keyof typeof WISHES)[])("%s as it is meant is not", (target) => {
    expect(servingProblems(wish(target))).toEqual([]);
  });
});

describe("the scoring app's image", () => {
  const folder = "pipelines/images/serving";
  const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8");
  const build = parse(readFileSync(IMAGES.serving.build, "utf8"));

  test("is built from a base by digest, the one of the tracking server, with hashed packages, and runs as nobody in particular", () => {
    const bases = (text: string) => [...text.matchAll(/^FROM (python:\S+)/gm)].map(([, base]) => base);
    expect(bases(dockerfile)).toEqual([expect.stringMatching(/@sha256:[0-9a-f]{64}$/)]);
    expect(bases(dockerfile)).toEqual(bases(readFileSync("pipelines/images/tracking/Dockerfile", "utf8")));
    expect(dockerfile).toMatch(/pip install .*--require-hashes/);
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["python", "-m", "serving\.hosted"\]$/m);
  });

  test("holds what is there, and nothing of the tests", () => {
    const copied = [...dockerfile.matchAll(/^COPY (\S+) /gm)].map(([, source]) => source ?? "");
    expect(copied).toEqual(["images/serving/requirements.txt", "steps", "serving"]);
    const ignored = readFileSync(join(folder, "Dockerfile.dockerignore"), "utf8").split("\n");
    expect(ignored[0]).toBe("*");
    for (const source of copied) expect(ignored).toContain(`!${source}`);
    expect(ignored).toContain("**/tests");
  });

  test("has the packages that models are checked with, in the same versions", () => {
    const pins = (file: string) => [...readFileSync(file, "utf8").matchAll(/^[a-z0-9-]+==[^ \\;]+/gm)].map(String);
    const everything = pins("pipelines/requirements.txt");
    const image = pins(join(folder, "requirements.txt"));
    expect(image.length).toBeGreaterThan(8);
    // One package may have a version for each Python; the image has one of them.
    for (const pin of image) expect(everything).toContain(pin);
  });

  test("is pushed under the name that the build is given, and the build logs where the environment looks", () => {
    expect(build.substitutions).toEqual({ _IMAGE: "" });
    expect(build.images).toEqual([expect.stringContaining("_IMAGE")]);
    expect(build.options.logging).toBe("CLOUD_LOGGING_ONLY");
    expect(build.steps[0].dir).toBe("pipelines");
    expect(build.steps[0].args).toContain("--file=images/serving/Dockerfile");
    expect(build.steps[0].name).toMatch(/@sha256:[0-9a-f]{64}$/);
  });
});
