/** The MySQL server that Kubeflow Pipelines keeps its own metadata in. */
import type { Environment } from "../../environments/schema";
import type { MetadataDatabaseProps } from "../../lib/contracts/metadata-database";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { synthesize } from "../../stacks/synth";
import { temporaryFolder } from "../support/folders";
import { environments } from "./mutation";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

jest.setTimeout(60_000);

const KEYS = "projects/acme-ml-test/locations/asia-northeast3/keyRings/acme-test-ml/cryptoKeys";

/** The layer `data` with a metadata database and the server beside it; the layer `ml`, which reads its address. */
function store(given: Partial<MetadataDatabaseProps> = {}, settings: GcpSettings = PRODUCTION) {
  const props: MetadataDatabaseProps = { class: "db-small", pipelineStore: true, ...given };
  return onGcp(
    ({ platform, layer }) => {
      const { pipelineStoreUri } = platform.metadataDatabase(layer("data"), "Database", props);
      layer("ml").addOutput("store", pipelineStoreUri ?? "none", "address");
    },
    settings,
    { assume: true },
  );
}

const NAME = "acme-test-pipeline-store";

function ofStore(type: string, given: Partial<MetadataDatabaseProps> = {}, settings: GcpSettings = PRODUCTION) {
  const all = store(given, settings).data?.resource[type] ?? {};
  const found = Object.entries(all).filter(([id]) => id.startsWith("Database_PipelineStore_"));
  return found.map(([, body]) => body as Record<string, unknown>);
}

const server = (given: Partial<MetadataDatabaseProps> = {}, settings: GcpSettings = PRODUCTION) => {
  const [instance, ...more] = ofStore("google_sql_database_instance", given, settings);
  expect(more).toEqual([]);
  return { ...instance };
};

it("is not made unless it is asked for", () => {
  const { data, ml } = store({ pipelineStore: false });
  expect(only(data, "google_sql_database_instance")).toMatchObject({ database_version: "POSTGRES_18" });
  expect(JSON.stringify(data)).not.toMatch(/MYSQL|pipeline-store/);
  expect(ml?.output?.store?.value).toBe("none");
});

it("is a version on which users still get the only password that ML Metadata can log in with", () => {
  expect(server()).toMatchObject({
    name: NAME,
    database_version: "MYSQL_8_0",
    settings: {
      database_flags: expect.arrayContaining([
        { name: "default_authentication_plugin", value: "mysql_native_password" },
      ]),
    },
  });
});

it.each([
  ["local_infile", "off"],
  ["cloudsql_iam_authentication", "on"],
  ["skip_show_database", "on"],
])("runs with %s=%s", (name, value) => {
  expect(server()).toMatchObject({ settings: { database_flags: expect.arrayContaining([{ name, value }]) } });
});

it("takes no flag that is for PostgreSQL", () => {
  expect(JSON.stringify(server().settings)).not.toMatch(/pgaudit|log_checkpoints|cloudsql\.iam_authentication/);
});

it("is reached, encrypted and cared for like the metadata database beside it", () => {
  const [metadata, beside] = [
    resources(store().data, "google_sql_database_instance").find(({ name }) => name === "acme-test-metadata"),
    server(),
  ];
  const common = ({ settings, encryption_key_name, region, lifecycle, timeouts }: Record<string, unknown>) => {
    const { backup_configuration: _b, database_flags: _f, ...same } = settings as Record<string, unknown>;
    return { ...same, encryption_key_name, region, lifecycle, timeouts };
  };
  expect(common(beside)).toEqual(common({ ...metadata }));
  expect(beside).toMatchObject({
    encryption_key_name: `${KEYS}/database`,
    settings: {
      connector_enforcement: "REQUIRED",
      ip_configuration: { ipv4_enabled: false, ssl_mode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" },
      user_labels: { layer: "data", environment: "test" },
    },
  });
  expect(server({}, DEVELOPMENT)).not.toHaveProperty("encryption_key_name");
});

it("can be put back to any second of a week by its binary log, which is MySQL's own way", () => {
  const { settings } = server({ backupRetentionDays: 30 });
  expect(settings).toMatchObject({
    retain_backups_on_delete: true,
    backup_configuration: {
      enabled: true,
      binary_log_enabled: true,
      transaction_log_retention_days: 7,
      backup_retention_settings: { retained_backups: 30, retention_unit: "COUNT" },
    },
  });
  expect(settings).not.toHaveProperty("backup_configuration.point_in_time_recovery_enabled");
});

it.each([
  [true, "REGIONAL"],
  [false, "ZONAL"],
])("with highAvailability: %s it is %s", (highAvailability, availability_type) => {
  expect(server({ highAvailability })).toMatchObject({ settings: { availability_type } });
});

it.each([
  [undefined, true],
  [false, false],
])("with deletionProtection: %s the deletion of server and secret is refused: %s", (given, refused) => {
  expect(server({ deletionProtection: given })).toMatchObject({
    deletion_protection: refused,
    settings: { deletion_protection_enabled: refused },
  });
  const [secret] = ofStore("google_secret_manager_secret", { deletionProtection: given });
  expect(secret).toMatchObject({ secret_id: NAME, deletion_protection: refused });
});

it("has the databases that Kubeflow Pipelines expects, which Terraform gives up rather than deletes", () => {
  const databases = ofStore("google_sql_database");
  expect(databases.map(({ name }) => name).sort()).toEqual(["cachedb", "metadb", "mlpipeline"]);
  for (const { deletion_policy } of databases) expect(deletion_policy).toBe("ABANDON");
});

it("has one user, whose password is made up while deploying, another one than that of the metadata database", () => {
  const { data } = store();
  const MADE_UP = "${ephemeral.random_password.pipeline_store.result}";
  const { ephemeral } = { ...data } as Record<string, Record<string, object>>;
  expect(Object.keys(ephemeral?.random_password ?? {}).sort()).toEqual(["database_setup", "pipeline_store"]);
  const [user, ...others] = ofStore("google_sql_user");
  expect(others).toEqual([]);
  expect(user).toMatchObject({ name: "kubeflow", password_wo: MADE_UP, password_wo_version: 1 });
  expect(user).not.toHaveProperty("password");
  const [version] = ofStore("google_secret_manager_secret_version");
  expect(version).toMatchObject({ secret_data_wo: MADE_UP, secret_data_wo_version: 1 });
  expect(version).not.toHaveProperty("secret_data");
});

it("gives nobody a right, as long as there is nothing in the cluster that reads its password", () => {
  const members = ["google_project_iam_member", "google_secret_manager_secret_iam_member", "google_service_account"];
  for (const type of members) expect(ofStore(type)).toEqual([]);
});

it("is known by an address with the user and without the password", () => {
  expect(store().ml?.output?.store?.value).toBe("mysql://kubeflow@10.20.64.4:3306/mlpipeline");
});

describe("an environment", () => {
  const outputsOf = async (orchestrator: Environment["orchestrator"]) => {
    const [everything] = environments();
    if (everything === undefined) throw new Error("there is no environment with everything on");
    const environment: Environment = { ...everything, orchestrator };
    const options = { outdir: temporaryFolder(), assume: true, today: "2026-01-01" };
    const { environments: made } = await synthesize([environment], options);
    return made[environment.name]?.outputs;
  };

  it("with orchestrator: kubeflow has the server, and no pipelines yet: it says why", async () => {
    const outputs = await outputsOf("kubeflow");
    expect(outputs?.pipelineStoreUri).toMatchObject({ stack: "prod-data" });
    const reason = "Kubeflow Pipelines runs in the cluster's platform layer, which this version does not build yet";
    const { pipelinesUri, pipelinesFormat, tensorBoardReference, pipelineTriggerUri } = { ...outputs };
    for (const output of [pipelinesUri, pipelinesFormat, tensorBoardReference, pipelineTriggerUri])
      expect(output).toMatchObject({ stack: null, lacking: reason });
  });

  it("with orchestrator: managed has the cloud's own, and no server beside the metadata database", async () => {
    const outputs = await outputsOf("managed");
    expect(outputs?.pipelineStoreUri).toMatchObject({ stack: null, lacking: "switched off by orchestrator: managed" });
    expect(outputs?.pipelinesUri).not.toHaveProperty("lacking");
    expect(outputs?.pipelineTriggerUri).not.toHaveProperty("lacking");
  });
});
