import { releaseOwned } from "../../lib/core/release-owned";
import { GcpEstate } from "../../lib/gcp/estate";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { GcpRunService, type RunServiceProps, runUri } from "../../lib/gcp/run-service";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const IMAGE = `registry.example/app@sha256:${"a".repeat(64)}`;
const SERVICE: RunServiceProps = {
  role: "app",
  account: "acme-test-app@acme-ml-test.iam.gserviceaccount.com",
  containers: [
    {
      name: "app",
      image: IMAGE,
      cpu: "1",
      memory: "512Mi",
      startupPath: "/ready",
      livenessPath: "/live",
      after: ["db"],
    },
    { name: "db", image: IMAGE, command: ["/proxy"], args: ["--x"], cpu: "500m", memory: "256Mi", port: 9090 },
  ],
  ingress: "internal",
  instances: { min: 0, max: 2 },
};

function service(props: Partial<RunServiceProps> = {}, settings: GcpSettings = PRODUCTION): Record<string, unknown> {
  const stacks = onGcp(
    ({ layer }) => new GcpRunService(layer("serving"), "App", { ...SERVICE, ...props }, new GcpEstate(settings)),
    settings,
  );
  return only(stacks.serving, "google_cloud_run_v2_service");
}

const template = (made: Record<string, unknown>) => made.template as Record<string, unknown>;

it("asks every caller who it is, and starts only images that the policy admits", () => {
  expect(service()).toMatchObject({ invoker_iam_disabled: false, binary_authorization: { use_default: true } });
});

it("is reached from the network only, unless it is said otherwise", () => {
  expect(service()).toMatchObject({ ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" });
  expect(service({ ingress: "all" })).toMatchObject({ ingress: "INGRESS_TRAFFIC_ALL" });
});

it("runs as its own account, encrypted, and connects through the environment's network alone", () => {
  const estate = new GcpEstate(PRODUCTION);
  expect(template(service())).toMatchObject({
    service_account: SERVICE.account,
    encryption_key: estate.key("ml"),
    execution_environment: "EXECUTION_ENVIRONMENT_GEN2",
    vpc_access: {
      egress: "ALL_TRAFFIC",
      network_interfaces: [{ network: estate.network, subnetwork: estate.subnet("serverless") }],
    },
  });
  expect(template(service({}, DEVELOPMENT)).encryption_key).toBeUndefined();
});

it("is protected from deletion in production, and says that it is not elsewhere", () => {
  expect(service().deletion_protection).toBe(true);
  expect(service({}, DEVELOPMENT).deletion_protection).toBe(false);
});

it("is labelled, and so are its revisions", () => {
  const labels = { environment: "test", layer: "serving", organisation: "acme" };
  expect(service()).toMatchObject({ labels, template: { labels } });
});

it("names a port for the container that serves only, and probes each where it listens", () => {
  const [app, db] = template(service()).containers as Record<string, unknown>[];
  expect(app).toMatchObject({
    ports: { container_port: 8080 },
    depends_on: ["db"],
    startup_probe: { http_get: { path: "/ready", port: 8080 } },
    liveness_probe: { http_get: { path: "/live", port: 8080 } },
  });
  expect(db).toMatchObject({ command: ["/proxy"], args: ["--x"], startup_probe: { tcp_socket: { port: 9090 } } });
  expect(db).not.toHaveProperty("ports");
  expect(db).not.toHaveProperty("liveness_probe");
});

it("gives a processor only while it works, unless it is always to have one", () => {
  const resourcesOf = (made: Record<string, unknown>) =>
    (template(made).containers as { resources: unknown }[]).map((container) => container.resources);
  expect(resourcesOf(service())).toMatchObject([{ cpu_idle: true, startup_cpu_boost: true }, { cpu_idle: true }]);
  expect(resourcesOf(service({ alwaysOnCpu: true }))).toMatchObject([{ cpu_idle: false }, { cpu_idle: false }]);
});

it("keeps instances by what is asked for, and says nothing where there are none", () => {
  expect(service({ instances: { min: 1, max: 3 } })).toMatchObject({
    scaling: { min_instance_count: 1 },
    template: { scaling: { max_instance_count: 3 } },
  });
  expect(service()).not.toHaveProperty("scaling");
});

it("takes a secret's latest value by reference", () => {
  const containers = [{ ...SERVICE.containers[0], secrets: { TOKEN: "projects/p/secrets/t" }, env: { A: "b" } }];
  const [app] = template(service({ containers: containers as RunServiceProps["containers"] })).containers as {
    env: unknown;
  }[];
  expect(app?.env).toEqual([
    { name: "A", value: "b" },
    { name: "TOKEN", value_source: { secret_key_ref: { secret: "projects/p/secrets/t", version: "latest" } } },
  ]);
});

it("leaves image and traffic to the release, where there is one", () => {
  expect(service({ releaseOwned: true }).lifecycle).toEqual({
    ignore_changes: releaseOwned("google_cloud_run_v2_service"),
  });
  expect(service()).not.toHaveProperty("lifecycle");
});

it("has an address that is known before it is made", () => {
  expect(runUri(new GcpEstate(PRODUCTION), "app")).toBe("https://acme-test-app-100000000009.asia-northeast3.run.app");
});

it("refuses a name whose address could not be known, with what to do", () => {
  const settings = { ...PRODUCTION, projectNumber: "1".repeat(14), organisation: "a".repeat(40) };
  expect(() => runUri(new GcpEstate(settings), "tracking")).toThrow(/64 characters; at most 63.*shorter organisation/);
  const fits = { ...settings, projectNumber: "1".repeat(13) };
  expect(new URL(runUri(new GcpEstate(fits), "tracking")).host.split(".")[0]).toHaveLength(63);
});

it("lets a workload call it once, in that workload's layer, by name", () => {
  const stacks = onGcp(({ platform, layer }) => {
    const app = new GcpRunService(layer("ml"), "App", SERVICE, new GcpEstate(PRODUCTION));
    const near = platform.workloadIdentity(layer("ml"), "Near", { workload: "near" });
    const far = platform.workloadIdentity(layer("serving"), "Far", { workload: "far" });
    for (const identity of [near, far, near, far]) app.grants.invoke(identity);
  });
  const member = (workload: string) => `serviceAccount:acme-test-${workload}@acme-ml-test.iam.gserviceaccount.com`;
  const type = "google_cloud_run_v2_service_iam_member";
  expect(resources(stacks.ml, type)).toMatchObject([{ role: "roles/run.invoker", member: member("near") }]);
  expect(only(stacks.ml, type).name).toContain("google_cloud_run_v2_service");
  expect(resources(stacks.serving, type)).toMatchObject([{ name: "acme-test-app", member: member("far") }]);
});
