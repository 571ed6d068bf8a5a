import type { NotebooksProps } from "../../lib/contracts/notebooks";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

function notebooks(props: NotebooksProps = {}, settings: GcpSettings = PRODUCTION) {
  const { ml } = onGcp(({ platform, layer }) => {
    layer("ml").addOutput("uri", platform.notebooks(layer("ml"), "Notebooks", props).uri, "Looked at below.");
  }, settings);
  return ml;
}

const setup = (props?: NotebooksProps, settings?: GcpSettings) =>
  only(notebooks(props, settings), "google_workbench_instance").gce_setup as Record<string, unknown>;

test("notebooks have no public address and are reached through Google's proxy", () => {
  expect(setup()).toMatchObject({
    disable_public_ip: true,
    enable_ip_forwarding: false,
    network_interfaces: [{ subnet: expect.stringMatching(/-nodes$/) }],
  });
  expect(notebooks()?.output.uri?.value).toMatch(/^https:\/\/\$\{google_workbench_instance\..*proxy_uri\}$/);
});

test("notebooks stop when nobody uses them, after an hour unless told", () => {
  expect(setup()).toMatchObject({ metadata: { "idle-timeout-seconds": "3600" } });
  expect(setup({ idleShutdownMinutes: 30 })).toMatchObject({ metadata: { "idle-timeout-seconds": "1800" } });
  // A stopped instance is not started again by the next deployment.
  expect(only(notebooks(), "google_workbench_instance")).not.toHaveProperty("desired_state");
});

test("nobody is root, and nothing is downloaded from production's notebooks", () => {
  expect(setup()).toMatchObject({
    metadata: {
      "notebook-disable-root": "true",
      "notebook-disable-downloads": "true",
      "notebook-disable-nbconvert": "true",
    },
  });
  expect(setup({}, DEVELOPMENT)).toMatchObject({
    metadata: { "notebook-disable-root": "true", "notebook-disable-downloads": "false" },
  });
});

test("disks are encrypted with the environment's key where it has one", () => {
  const cmek = { disk_encryption: "CMEK", kms_key: expect.stringMatching(/\/cryptoKeys\/ml$/) };
  expect(setup()).toMatchObject({ boot_disk: cmek, data_disks: cmek });
  expect(setup({}, DEVELOPMENT)).toMatchObject({ boot_disk: { disk_encryption: "GMEK" } });
});

test("a GPU comes with the class, and without secure boot, which its drivers do not pass", () => {
  expect(setup()).toMatchObject({
    machine_type: "e2-standard-2",
    shielded_instance_config: { enable_secure_boot: true },
  });
  expect(setup({ class: "gpu-t4" })).toMatchObject({
    machine_type: "n1-standard-4",
    accelerator_configs: [{ type: "NVIDIA_TESLA_T4", core_count: "1" }],
    shielded_instance_config: { enable_secure_boot: false, enable_vtpm: true, enable_integrity_monitoring: true },
  });
  expect(() => setup({ class: "gpu-h100" })).toThrow(/notebooks\.class: is gpu-h100.*Use gpu-a100/);
});

test("notebooks run as an account of their own that reads data and submits jobs", () => {
  const stack = notebooks();
  expect(setup()).toMatchObject({
    service_accounts: [{ email: "acme-test-notebooks@acme-ml-test.iam.gserviceaccount.com" }],
  });
  expect(
    resources(stack, "google_project_iam_member")
      .map(({ role }) => role)
      .sort(),
  ).toEqual(["roles/aiplatform.user", "roles/logging.logWriter"]);
  const buckets = resources(stack, "google_storage_bucket_iam_member");
  expect(new Set(buckets.map(({ role }) => role))).toEqual(new Set(["roles/storage.objectViewer"]));
});
