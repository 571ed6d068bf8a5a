import type { NodePool } from "../../lib/contracts/cluster";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const CLUSTER = "google_container_cluster";
const POOL = "google_container_node_pool";
const CPU = { name: "cpu", class: "cpu-medium", min: 2, max: 6 } as const;
const GPU = { name: "gpu", class: "gpu-l4", min: 0, max: 4, capacity: "spot" } as const;

type Props = Parameters<Parameters<Parameters<typeof onGcp>[0]>[0]["platform"]["cluster"]>[2];

/** The compute layer with a cluster. */
function compute(props: Partial<Props> = {}, settings: GcpSettings = PRODUCTION) {
  const { compute: stack } = onGcp(({ platform, layer }) => {
    const cluster = platform.cluster(layer("compute"), "Cluster", { pools: [], ...props });
    layer("compute").addOutput("endpoint", cluster.endpoint, "Looked at below.");
    layer("compute").addOutput("issuer", cluster.issuer ?? "", "Looked at below.");
  }, settings);
  return stack;
}

/** Pools by name. */
function pools(list: readonly NodePool[], props: Partial<Props> = {}, settings?: GcpSettings) {
  const found = resources(compute({ ...props, pools: list }, settings), POOL);
  return Object.fromEntries(found.map((pool) => [String(pool.name), pool]));
}

describe("the cluster", () => {
  test("is private, and reached by its DNS endpoint with Google's identities", () => {
    expect(only(compute(), CLUSTER)).toMatchObject({
      private_cluster_config: { enable_private_nodes: true, enable_private_endpoint: true },
      control_plane_endpoints_config: { dns_endpoint_config: { allow_external_traffic: true } },
      master_authorized_networks_config: {
        gcp_public_cidrs_access_enabled: false,
        cidr_blocks: [{ cidr_block: PRODUCTION.addresses.nodes, display_name: "nodes" }],
      },
    });
    expect(compute()?.output.endpoint?.value).toContain("control_plane_endpoints_config");
  });

  test("lets further networks reach its control plane", () => {
    const { master_authorized_networks_config: networks } = only(
      compute({ authorizedNetworks: ["10.99.0.0/24"] }),
      CLUSTER,
    );
    expect(networks).toMatchObject({ cidr_blocks: [{}, { cidr_block: "10.99.0.0/24" }] });
  });

  test("has every value of the hardening table", () => {
    expect(
      only(compute({}, { ...PRODUCTION, securityGroup: "gke-security-groups@acme.example" }), CLUSTER),
    ).toMatchObject({
      datapath_provider: "ADVANCED_DATAPATH",
      network_policy: { enabled: false },
      networking_mode: "VPC_NATIVE",
      ip_allocation_policy: { cluster_secondary_range_name: "pods", services_secondary_range_name: "services" },
      enable_intranode_visibility: true,
      enable_shielded_nodes: true,
      enable_legacy_abac: false,
      enable_kubernetes_alpha: false,
      workload_identity_config: { workload_pool: "acme-ml-test.svc.id.goog" },
      database_encryption: { state: "ENCRYPTED" },
      binary_authorization: { evaluation_mode: "PROJECT_SINGLETON_POLICY_ENFORCE" },
      master_auth: { client_certificate_config: { issue_client_certificate: false } },
      anonymous_authentication_config: { mode: "LIMITED" },
      rbac_binding_config: {
        enable_insecure_binding_system_authenticated: false,
        enable_insecure_binding_system_unauthenticated: false,
      },
      authenticator_groups_config: { security_group: "gke-security-groups@acme.example" },
      security_posture_config: { mode: "BASIC", vulnerability_mode: "VULNERABILITY_BASIC" },
      logging_config: { enable_components: expect.arrayContaining(["SYSTEM_COMPONENTS", "WORKLOADS"]) },
      monitoring_config: {
        enable_components: expect.arrayContaining(["SYSTEM_COMPONENTS", "DCGM"]),
        managed_prometheus: { enabled: true },
      },
      node_pool_defaults: { node_config_defaults: { insecure_kubelet_readonly_port_enabled: "FALSE" } },
      node_pool_auto_config: { node_kubelet_config: { insecure_kubelet_readonly_port_enabled: "FALSE" } },
      remove_default_node_pool: true,
      initial_node_count: 1,
      deletion_protection: true,
      lifecycle: { ignore_changes: ["node_config"] },
    });
  });

  test("is regional with all zones when it has to be available, else in the first zone with pools in the others too", () => {
    expect(only(compute({ highAvailability: true }), CLUSTER)).toMatchObject({
      location: "asia-northeast3",
      node_locations: PRODUCTION.zones,
    });
    expect(only(compute(), CLUSTER)).toMatchObject({
      location: "asia-northeast3-a",
      node_locations: ["asia-northeast3-b", "asia-northeast3-c"],
    });
  });

  test("takes version, channel and protection from the config", () => {
    const props = { version: "1.33", upgrades: "stable", deletionProtection: false } as const;
    expect(only(compute(props, DEVELOPMENT), CLUSTER)).toMatchObject({
      min_master_version: "1.33",
      release_channel: { channel: "STABLE" },
      deletion_protection: false,
    });
    expect(only(compute(), CLUSTER)).toMatchObject({ release_channel: { channel: "REGULAR" } });
  });

  test("leaves encryption to Google's keys where the environment has none", () => {
    expect(only(compute({}, DEVELOPMENT), CLUSTER)).toMatchObject({ database_encryption: { state: "DECRYPTED" } });
  });

  test("has an issuer that follows from its name", () => {
    expect(compute()?.output.issuer?.value).toBe(
      "https://container.googleapis.com/v1/projects/acme-ml-test/locations/asia-northeast3-a/clusters/acme-test-ml",
    );
  });

  test("gives its nodes an account that may log and pull images, and nothing else", () => {
    const stack = compute();
    expect(only(stack, "google_project_iam_member")).toMatchObject({
      role: "roles/container.defaultNodeServiceAccount",
      member: "serviceAccount:acme-test-nodes@acme-ml-test.iam.gserviceaccount.com",
    });
    const pulls = resources(stack, "google_artifact_registry_repository_iam_member");
    expect(new Set(pulls.map(({ role }) => role))).toEqual(new Set(["roles/artifactregistry.reader"]));
    expect(pulls.map(({ repository }) => repository)).toContain("acme-test-images");
    expect(pulls.map(({ repository }) => repository)).not.toContain("acme-test-mirror-pypi");
  });
});

describe("node pools", () => {
  test("of the system are always there, and leave other nodes to others", () => {
    expect(pools([])).toMatchObject({
      system: {
        autoscaling: { total_min_node_count: 1, total_max_node_count: 3 },
        node_config: { machine_type: "e2-standard-4", taint: [{ effect: "PREFER_NO_SCHEDULE" }] },
      },
    });
    expect(pools([], { highAvailability: true })).toMatchObject({
      system: { autoscaling: { total_min_node_count: 3 } },
    });
  });

  test("grow between their limits, in all zones together", () => {
    expect(pools([CPU], { highAvailability: true }).cpu).toMatchObject({
      autoscaling: { total_min_node_count: 2, total_max_node_count: 6, location_policy: "BALANCED" },
      node_locations: PRODUCTION.zones,
      initial_node_count: 1,
      lifecycle: { ignore_changes: ["initial_node_count"] },
      management: { auto_repair: true, auto_upgrade: true },
    });
  });

  test("are hardened, each of them", () => {
    for (const pool of Object.values(pools([CPU, GPU]))) {
      expect(pool.node_config).toMatchObject({
        image_type: "COS_CONTAINERD",
        disk_type: "pd-balanced",
        boot_disk_kms_key: expect.stringMatching(/\/cryptoKeys\/cluster$/),
        service_account: "acme-test-nodes@acme-ml-test.iam.gserviceaccount.com",
        workload_metadata_config: { mode: "GKE_METADATA" },
        shielded_instance_config: { enable_secure_boot: true, enable_integrity_monitoring: true },
        kubelet_config: { insecure_kubelet_readonly_port_enabled: "FALSE" },
        metadata: { "disable-legacy-endpoints": "true" },
        gvnic: { enabled: true },
        gcfs_config: { enabled: true },
      });
      expect(pool.network_config).toEqual({ enable_private_nodes: true });
    }
    expect(pools([], {}, DEVELOPMENT).system?.node_config).not.toHaveProperty("boot_disk_kms_key");
  });

  test("of spot machines have a twin on demand that comes second and starts empty", () => {
    const { gpu, "gpu-ondemand": twin } = pools([{ ...GPU, min: 1 }]);
    expect(gpu).toMatchObject({ autoscaling: { total_min_node_count: 1 }, node_config: { spot: true } });
    expect(twin).toMatchObject({
      autoscaling: { total_min_node_count: 0, total_max_node_count: 4 },
      node_config: {
        spot: false,
        labels: { capacity: "on-demand" },
        taint: [{ key: "mlops/fallback", effect: "PREFER_NO_SCHEDULE" }, { key: "nvidia.com/gpu" }],
      },
    });
    expect(Object.keys(pools([CPU]))).toEqual(["cpu", "system"]);
  });

  test("with GPUs get drivers and a taint, and stand in every zone that has the GPU", () => {
    expect(pools([GPU]).gpu).toMatchObject({
      autoscaling: { total_min_node_count: 0, location_policy: "ANY" },
      node_locations: ["asia-northeast3-a", "asia-northeast3-b"],
      upgrade_settings: { max_surge: 0, max_unavailable: 1 },
      node_config: {
        machine_type: "g2-standard-8",
        guest_accelerator: [
          { type: "nvidia-l4", count: 1, gpu_driver_installation_config: { gpu_driver_version: "DEFAULT" } },
        ],
        taint: [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }],
      },
    });
  });

  test("of a GPU that no zone has are refused with the zones that have it", () => {
    const zones = ["asia-northeast3-c"];
    expect(() => pools([GPU], {}, { ...PRODUCTION, zones })).toThrow(
      /kubernetes\.pools\.gpu\.class: gpu-l4 is nvidia-l4, which none of asia-northeast3-c has .* Use the zones asia-northeast3-a, asia-northeast3-b/,
    );
    expect(() => pools([{ ...GPU, class: "gpu-h100" }])).toThrow(/Choose another class or region/);
  });

  test("cannot be called like the system's", () => {
    expect(() => pools([{ ...CPU, name: "system" }])).toThrow(/kubernetes\.pools\.system/);
  });

  test("take Hyperdisk where the machine takes nothing else", () => {
    const settings = { ...PRODUCTION, machineTypes: { "cpu-medium": "n4-standard-4" } } as const;
    expect(pools([CPU], {}, settings).cpu).toMatchObject({ node_config: { disk_type: "hyperdisk-balanced" } });
  });
});

describe("a cluster that is there already", () => {
  const existing = "projects/landing-zone/locations/asia-northeast3/clusters/shared";

  test("gets the pools, and is not touched itself", () => {
    const stack = compute({ existing, pools: [CPU] });
    expect(resources(stack, CLUSTER)).toEqual([]);
    expect(resources(stack, "google_binary_authorization_policy")).toEqual([]);
    expect(only(stack, POOL)).toMatchObject({ name: "cpu", cluster: existing, location: "asia-northeast3" });
    expect(stack?.output.endpoint?.value).toBe(`https://container.googleapis.com/v1/${existing}`);
  });

  test("makes nothing without pools, and is named in full", () => {
    expect(compute({ existing })?.resource).toEqual({});
    expect(() => compute({ existing: "shared" })).toThrow(
      /wanted is projects\/PROJECT\/locations\/PLACE\/clusters\/NAME/,
    );
  });
});

describe("images", () => {
  const policy = (settings: GcpSettings) => only(compute({}, settings), "google_binary_authorization_policy");

  test("are started in production only when this project's Cloud Build has built them", () => {
    expect(policy(PRODUCTION)).toMatchObject({
      global_policy_evaluation_mode: "ENABLE",
      default_admission_rule: {
        evaluation_mode: "REQUIRE_ATTESTATION",
        require_attestations_by: ["projects/acme-ml-test/attestors/built-by-cloud-build"],
        enforcement_mode: "ENFORCED_BLOCK_AND_AUDIT_LOG",
      },
    });
  });

  test("are only noted elsewhere", () => {
    expect(policy(DEVELOPMENT)).toMatchObject({
      default_admission_rule: { enforcement_mode: "DRYRUN_AUDIT_LOG_ONLY" },
    });
  });

  test("are refused altogether before the first is built, when there is no attestor yet", () => {
    const { default_admission_rule: rule } = policy({ ...PRODUCTION, images: {} });
    expect(rule).toMatchObject({ evaluation_mode: "ALWAYS_DENY" });
    expect(rule).not.toHaveProperty("require_attestations_by");
  });

  test("of outside come through the mirrors alone", () => {
    const { admission_whitelist_patterns: patterns } = policy(PRODUCTION);
    expect(patterns).toContainEqual({
      name_pattern: "asia-northeast3-docker.pkg.dev/acme-ml-test/acme-test-mirror-quay/**",
    });
    for (const { name_pattern } of patterns as { name_pattern: string }[]) {
      expect(name_pattern).toMatch(
        /^asia-northeast3-docker\.pkg\.dev\/acme-ml-test\/acme-test-mirror-[a-z0-9]+\/\*\*$/,
      );
    }
  });
});
