import { blocks, type HardeningRule, type Resource } from "../hardening";
import { falseInProduction, is, noBlock, oneOf, ownAccount, ownKey, shape, text, trueInProduction } from "./demands";

const ENDPOINT = "google_vertex_ai_endpoint";
const NOTEBOOK = "google_workbench_instance";
const MACHINE = "google_compute_instance";
const FLOWS = "google_composer_environment";

const underOwnKey = (type: string, id: string): HardeningRule => ({
  id,
  type,
  path: "encryption_spec.kms_key_name",
  demand: ownKey,
  only: "ownKeys",
  why: "It can be set at creation only.",
  refs: ["CKV_GCP_92", "CKV_GCP_96", "CKV2_GCP_24", "CKV2_GCP_25", "CKV2_GCP_26"],
});

const VERTEX: readonly HardeningRule[] = [
  underOwnKey("google_vertex_ai_dataset", "vertex-dataset-key"),
  underOwnKey(ENDPOINT, "vertex-endpoint-key"),
  underOwnKey("google_vertex_ai_tensorboard", "vertex-tensorboard-key"),
  {
    id: "vertex-endpoint-private",
    type: ENDPOINT,
    path: "",
    demand: shape(
      "network, or private_service_connect_config with enable_private_service_connect true",
      ({ network, private_service_connect_config }) =>
        Boolean(network) ||
        blocks(private_service_connect_config).some((config) => config.enable_private_service_connect === true),
      ({ network: _n, private_service_connect_config: _p, ...endpoint }) => [endpoint],
    ),
    only: "production",
    why: "The model would answer to the internet.",
    refs: ["CKV2_GCP_33"],
    setting: "serving.production.expose: internal",
  },
  {
    id: "feature-store-force-destroy",
    type: "google_vertex_ai_feature_online_store",
    path: "force_destroy",
    demand: falseInProduction,
    why: "Terraform would delete the views with the store.",
    refs: [],
  },
];

const NOTEBOOKS: readonly HardeningRule[] = [
  {
    id: "notebook-no-public-address",
    type: NOTEBOOK,
    path: "gce_setup.disable_public_ip",
    demand: is(true),
    why: "A notebook runs whatever is typed, and would be reached from everywhere.",
    refs: ["CKV2_GCP_27"],
  },
  ...["boot_disk", "data_disks"].flatMap((name): HardeningRule[] => [
    {
      id: `notebook-${name.replace("_", "-")}-encryption`,
      type: NOTEBOOK,
      path: `gce_setup.${name}.disk_encryption`,
      demand: is("CMEK"),
      only: "ownKeys",
      why: "Copies of the data stand on the notebook's disks.",
      refs: ["CKV2_GCP_28"],
    },
    {
      id: `notebook-${name.replace("_", "-")}-key`,
      type: NOTEBOOK,
      path: `gce_setup.${name}.kms_key`,
      demand: ownKey,
      only: "ownKeys",
      why: "Copies of the data stand on the notebook's disks.",
      refs: ["CKV2_GCP_28"],
    },
  ]),
  ...["enable_secure_boot", "enable_vtpm", "enable_integrity_monitoring"].map(
    (name): HardeningRule => ({
      id: `notebook-${name.replace(/^enable_/, "").replace(/_/g, "-")}`,
      type: NOTEBOOK,
      path: `gce_setup.shielded_instance_config.${name}`,
      demand: is(true),
      // NVIDIA's drivers are not signed for it: https://cloud.google.com/compute/docs/gpus/install-drivers-gpu#secure-boot
      where: name === "enable_secure_boot" ? hasNoGpu : undefined,
      // Drivers of GPUs are not signed for this image: https://cloud.google.com/compute/docs/gpus/install-drivers-gpu#secure-boot
      ...(name === "enable_secure_boot" ? { where: withoutGpu } : {}),
      why: "A changed boot would not be noticed.",
      refs: ["CIS GCP 4.8"],
    }),
  ),
  {
    id: "notebook-account",
    type: NOTEBOOK,
    path: "gce_setup.service_accounts.email",
    demand: ownAccount,
    why: "Whoever types in the notebook could edit the project.",
    refs: ["CIS GCP 4.1"],
  },
];

/** A notebook on an ordinary machine. */
function withoutGpu({ gce_setup }: Resource): boolean {
  return blocks(gce_setup).every(({ accelerator_configs }) => accelerator_configs === undefined);
}

const MACHINES: readonly HardeningRule[] = [
  {
    id: "machine-no-public-address",
    type: MACHINE,
    path: "network_interface[]",
    demand: noBlock(
      "no interface with access_config or ipv6_access_config",
      ({ access_config, ipv6_access_config }) => access_config !== undefined || ipv6_access_config !== undefined,
      { access_config: [{}] },
    ),
    why: "The machine would have an address in the internet.",
    refs: ["CKV_GCP_40", "CIS GCP 4.9"],
  },
  ...["enable_secure_boot", "enable_vtpm", "enable_integrity_monitoring"].map(
    (name): HardeningRule => ({
      id: `machine-${name.replace(/^enable_/, "").replace(/_/g, "-")}`,
      type: MACHINE,
      path: `shielded_instance_config.${name}`,
      demand: is(true),
      why: "A changed boot would not be noticed.",
      refs: ["CKV_GCP_39", "CIS GCP 4.8"],
    }),
  ),
  {
    id: "machine-account",
    type: MACHINE,
    path: "service_account.email",
    demand: ownAccount,
    why: "It would run as an account that may edit the project.",
    refs: ["CKV_GCP_30", "CIS GCP 4.1"],
  },
  {
    id: "machine-disk-key",
    type: MACHINE,
    path: "boot_disk.kms_key_self_link",
    demand: ownKey,
    only: "ownKeys",
    why: "The model and its logs stand on the disk.",
    refs: ["CKV_GCP_38", "CIS GCP 4.7"],
  },
  {
    id: "machine-project-keys",
    type: MACHINE,
    path: "metadata.block-project-ssh-keys",
    demand: text(/^true$/i, '"true"', "false"),
    why: "A key that somebody put on the project opens every machine.",
    refs: ["CKV_GCP_32", "CIS GCP 4.3"],
  },
  {
    id: "machine-serial-port",
    type: MACHINE,
    path: "metadata.serial-port-enable",
    demand: {
      wanted: "nothing, or false",
      optional: true,
      holds: (value) => value === undefined || /^false$/i.test(String(value)),
      wrong: () => ["true"],
    },
    why: "The console is open to every address with a key.",
    refs: ["CKV_GCP_35", "CIS GCP 4.5"],
  },
  {
    id: "machine-deletion-protection",
    type: MACHINE,
    path: "deletion_protection",
    demand: trueInProduction,
    why: "A rename would take what it serves away.",
    refs: [],
  },
  {
    id: "machine-no-forwarding",
    type: MACHINE,
    path: "can_ip_forward",
    demand: {
      wanted: "nothing, or false",
      optional: true,
      holds: (value) => value === undefined || value === false,
      wrong: () => [true],
    },
    why: "It could answer in another machine's name.",
    refs: ["CKV_GCP_36", "CIS GCP 4.6"],
  },
];

const SWITCHES: readonly HardeningRule[] = [
  {
    id: "flows-private",
    type: FLOWS,
    path: "config.enable_private_environment",
    demand: is(true),
    why: "Workers would have addresses in the internet.",
    refs: [],
  },
  {
    id: "flows-account",
    type: FLOWS,
    path: "config.node_config.service_account",
    demand: ownAccount,
    why: "Flows would run as an account that may edit the project.",
    refs: [],
  },
  {
    id: "flows-key",
    type: FLOWS,
    path: "config.encryption_config.kms_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "It can be set at creation only.",
    refs: [],
  },
  {
    id: "data-flows-private",
    type: "google_data_fusion_instance",
    path: "private_instance",
    demand: is(true),
    why: "Its machines would have addresses in the internet.",
    refs: ["CKV_GCP_87"],
  },
  {
    id: "data-flows-key",
    type: "google_data_fusion_instance",
    path: "crypto_key_config.key_reference",
    demand: ownKey,
    only: "ownKeys",
    why: "It can be set at creation only.",
    refs: [],
  },
  {
    id: "data-flows-logs",
    type: "google_data_fusion_instance",
    path: "enable_stackdriver_logging",
    demand: is(true),
    why: "Nobody could say what a flow did.",
    refs: ["CKV_GCP_104"],
  },
  {
    id: "batch-account",
    type: "google_dataproc_batch",
    path: "environment_config.execution_config.service_account",
    demand: ownAccount,
    why: "It would run as an account that may edit the project.",
    refs: [],
  },
  {
    id: "batch-key",
    type: "google_dataproc_batch",
    path: "environment_config.execution_config.kms_key",
    demand: ownKey,
    only: "ownKeys",
    why: "Copies of the data stand on the workers' disks.",
    refs: ["CKV_GCP_91"],
  },
  {
    id: "source-private",
    type: "google_secure_source_manager_instance",
    path: "private_config.is_private",
    demand: is(true),
    only: "production",
    why: "The source code would be reached from everywhere.",
    refs: [],
  },
  {
    id: "admission-default",
    type: "google_binary_authorization_policy",
    path: "default_admission_rule.evaluation_mode",
    demand: oneOf("ALWAYS_DENY", "REQUIRE_ATTESTATION"),
    why: "Any image could be run, whoever built it.",
    refs: [],
  },
  {
    id: "admission-enforced",
    type: "google_binary_authorization_policy",
    path: "default_admission_rule.enforcement_mode",
    demand: is("ENFORCED_BLOCK_AND_AUDIT_LOG"),
    only: "production",
    why: "An image that nobody attested would only be written to a log.",
    refs: [],
  },
];

function hasNoGpu({ gce_setup }: Resource): boolean {
  return !blocks(gce_setup).some(({ accelerator_configs }) => blocks(accelerator_configs).length > 0);
}

/** Models, notebooks, machines and the services that are switched on one by one. */
export const GOOGLE_ML: readonly HardeningRule[] = [...VERTEX, ...NOTEBOOKS, ...MACHINES, ...SWITCHES];
