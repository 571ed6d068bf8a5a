import { parse } from "yaml";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { LOGGING, NAMES, PUBLIC, production, qa, settingsObject, wish } from "./serving-support";
import { DEVELOPMENT, only, PRODUCTION, resources } from "./support";

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
