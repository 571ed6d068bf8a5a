import { readFileSync } from "node:fs";
import { servingProblems } from "../../lib/core/google-serving-limits";
import { releaseOwned } from "../../lib/core/release-owned";
import { LOGGING, NAMES, PUBLIC, production, qa, settingsObject, WISHES, type Wish, wish } from "./serving-support";
import { DEVELOPMENT, only, PRODUCTION, resources } from "./support";

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
