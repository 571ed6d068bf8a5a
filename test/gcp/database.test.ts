/** The metadata database on Google Cloud, and how identities get into it. */
import { DATABASES, type MetadataDatabaseProps } from "../../lib/contracts/metadata-database";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const KEYS = "projects/acme-ml-test/locations/asia-northeast3/keyRings/acme-test-ml/cryptoKeys";
const SMALL: MetadataDatabaseProps = { class: "db-small" };

/** The layer `data` with a database, the layer `ml` with identities that may connect. */
function database(
  { props = SMALL, workloads = [] }: { props?: MetadataDatabaseProps; workloads?: readonly string[] } = {},
  settings: GcpSettings = PRODUCTION,
) {
  const stacks = onGcp(
    ({ platform, layer }) => {
      const server = platform.metadataDatabase(layer("data"), "Database", props);
      for (const workload of workloads) {
        const identity = platform.workloadIdentity(layer("ml"), workload, { workload });
        server.grants.connect(identity);
        server.grants.connect(identity);
      }
      DATABASES.map((name) => layer("ml").addOutput(name, server.uri(name), "address"));
      expect(server.passwordReference).toBeNull();
      expect(server.port).toBe(5432);
    },
    settings,
    { assume: true },
  );
  return stacks;
}

const instance = (props: Partial<MetadataDatabaseProps> = {}, settings: GcpSettings = PRODUCTION) =>
  only(database({ props: { ...SMALL, ...props } }, settings).data, "google_sql_database_instance");

it("the server is reached inside the network only, by clients that show a certificate, through the Auth Proxy or a connector", () => {
  expect(instance()).toMatchObject({
    settings: {
      connector_enforcement: "REQUIRED",
      ip_configuration: {
        ipv4_enabled: false,
        private_network: "projects/acme-ml-test/global/networks/acme-test-ml",
        allocated_ip_range: "acme-test-managed",
        ssl_mode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
        enable_private_path_for_google_cloud_services: false,
      },
    },
  });
});

it("in a network that somebody brings, the server takes an address of whatever range is leased there", () => {
  const network = "projects/acme-net/global/networks/shared";
  const { settings } = instance({}, { ...PRODUCTION, existing: { network } });
  expect(settings).toMatchObject({ ip_configuration: { private_network: network } });
  expect(settings).not.toMatchObject({ ip_configuration: { allocated_ip_range: expect.anything() } });
});

it("it is the newest PostgreSQL, on the machine of the size class, encrypted by the environment's key", () => {
  expect(instance({ class: "db-medium" })).toMatchObject({
    database_version: "POSTGRES_18",
    encryption_key_name: `${KEYS}/database`,
    settings: { tier: "db-custom-4-16384", edition: "ENTERPRISE" },
  });
});

it.each([
  [true, "REGIONAL"],
  [false, "ZONAL"],
])("with highAvailability: %s it is %s", (highAvailability, availability_type) => {
  expect(instance({ highAvailability })).toMatchObject({ settings: { availability_type } });
});

it("it is backed up each day, can be put back to any second of a week, and its backups outlive it", () => {
  expect(instance({ backupRetentionDays: 30 })).toMatchObject({
    settings: {
      retain_backups_on_delete: true,
      backup_configuration: {
        enabled: true,
        location: "asia-northeast3",
        point_in_time_recovery_enabled: true,
        transaction_log_retention_days: 7,
        backup_retention_settings: { retained_backups: 30, retention_unit: "COUNT" },
      },
    },
  });
});

it("no more days of logs are kept than backups", () => {
  expect(instance({ backupRetentionDays: 3 })).toMatchObject({
    settings: { backup_configuration: { transaction_log_retention_days: 3 } },
  });
});

it.each([
  [undefined, true],
  [false, false],
])("with deletionProtection: %s its deletion is refused by Terraform and by everything else: %s", (given, refused) => {
  expect(instance({ deletionProtection: given })).toMatchObject({
    deletion_protection: refused,
    settings: { deletion_protection_enabled: refused },
  });
  const { data } = database({ props: { ...SMALL, deletionProtection: given } });
  expect(only(data, "google_secret_manager_secret")).toMatchObject({ deletion_protection: refused });
});

it("its disk grows by itself, and Terraform does not shrink it back", () => {
  expect(instance({ storageGiB: 50 })).toMatchObject({
    settings: { disk_autoresize: true, disk_size: 50 },
    lifecycle: { ignore_changes: ["settings[0].disk_size"] },
  });
});

it("development meets an update before production does", () => {
  expect(instance()).toMatchObject({ settings: { maintenance_window: { update_track: "week5" } } });
  expect(instance({}, DEVELOPMENT)).toMatchObject({ settings: { maintenance_window: { update_track: "canary" } } });
});

it.each([
  ["cloudsql.iam_authentication", "on"],
  ["cloudsql.enable_pgaudit", "on"],
  ["pgaudit.log", "ddl,role"],
  ["log_checkpoints", "on"],
  ["log_connections", "on"],
  ["log_disconnections", "on"],
  ["log_duration", "on"],
  ["log_hostname", "on"],
  ["log_lock_waits", "on"],
  ["log_min_error_statement", "error"],
  ["log_min_duration_statement", "-1"],
  ["log_statement", "ddl"],
  ["log_temp_files", "0"],
  ["log_executor_stats", "off"],
  ["log_parser_stats", "off"],
  ["log_planner_stats", "off"],
  ["log_statement_stats", "off"],
])("the server runs with %s=%s", (name, value) => {
  expect(instance()).toMatchObject({ settings: { database_flags: expect.arrayContaining([{ name, value }]) } });
});

it("passwords are long, and queries are watched without their clients' addresses", () => {
  expect(instance()).toMatchObject({
    settings: {
      password_validation_policy: {
        enable_password_policy: true,
        complexity: "COMPLEXITY_DEFAULT",
        min_length: 16,
        disallow_username_substring: true,
      },
      insights_config: { query_insights_enabled: true, record_client_address: false },
    },
  });
});

it("it has a database for tracking and one for the ledger, which Terraform gives up rather than deletes", () => {
  const databases = resources(database().data, "google_sql_database");
  expect(databases.map(({ name }) => name)).toEqual(["ledger", "mlflow"]);
  for (const { deletion_policy } of databases) expect(deletion_policy).toBe("ABANDON");
});

it("a database's address names the user of the workload it is for, and no password", () => {
  const { output } = database().ml ?? {};
  expect(output?.mlflow?.value).toBe("postgresql://acme-test-tracking%40acme-ml-test.iam@10.20.64.3:5432/mlflow");
  expect(output?.ledger?.value).toBe("postgresql://acme-test-trigger%40acme-ml-test.iam@10.20.64.3:5432/ledger");
});

describe("an identity that may connect", () => {
  const { ml } = database({ workloads: ["tracking", "pipelines"] });

  it("gets the two roles it needs, on this server only", () => {
    const bound = resources(ml, "google_project_iam_member");
    expect(bound).toHaveLength(4);
    for (const { condition } of bound) {
      expect(condition).toMatchObject({
        expression:
          'resource.name == "projects/acme-ml-test/instances/acme-test-metadata" && resource.service == "sqladmin.googleapis.com"',
      });
    }
    expect(new Set(bound.map(({ role }) => role))).toEqual(
      new Set(["roles/cloudsql.client", "roles/cloudsql.instanceUser"]),
    );
  });

  it("gets a user that logs in by IAM, once its account is there", () => {
    const users = resources(ml, "google_sql_user");
    expect(users.map(({ name }) => name)).toEqual([
      "acme-test-pipelines@acme-ml-test.iam",
      "acme-test-tracking@acme-ml-test.iam",
    ]);
    for (const user of users) {
      expect(user).toMatchObject({ type: "CLOUD_IAM_SERVICE_ACCOUNT", deletion_policy: "ABANDON" });
      expect(user).not.toHaveProperty("password");
      expect(user.depends_on).toHaveLength(2);
    }
  });

  it("is on the list of the job that gives rights inside the databases, each in its own", () => {
    const job = JSON.stringify(only(ml, "google_cloud_run_v2_job"));
    const { name } = only(ml, "google_cloud_run_v2_job");
    expect(name).toBe("acme-test-database-access-ml");
    const list = [
      { user: "acme-test-pipelines@acme-ml-test.iam", database: "ledger" },
      { user: "acme-test-tracking@acme-ml-test.iam", database: "mlflow" },
    ];
    expect(job).toContain(JSON.stringify({ name: "DATABASE_ACCESS", value: JSON.stringify(list) }));
  });
});

describe("the job that gives rights inside the databases", () => {
  it("runs the tracking image as an account of its own, through the network, with the password from the secret store", () => {
    const { ml } = database({ workloads: ["tracking"] });
    expect(only(ml, "google_cloud_run_v2_job")).toMatchObject({
      deletion_protection: true,
      binary_authorization: { use_default: true },
      template: {
        template: {
          service_account: "acme-test-database-setup@acme-ml-test.iam.gserviceaccount.com",
          encryption_key: `${KEYS}/ml`,
          vpc_access: { egress: "ALL_TRAFFIC" },
          containers: [
            {
              image: expect.stringContaining("/acme-test-images/tracking@sha256:"),
              command: ["python"],
              args: ["-m", "database_access"],
              env: expect.arrayContaining([
                { name: "DATABASE_CONNECTION", value: "acme-ml-test:asia-northeast3:acme-test-metadata" },
                {
                  name: "DATABASE_PASSWORD",
                  value_source: { secret_key_ref: { secret: "acme-test-database-setup", version: "latest" } },
                },
              ]),
            },
          ],
        },
      },
    });
  });

  it("is left out while that image is not built", () => {
    const { ml } = database({ workloads: ["tracking"] }, { ...PRODUCTION, images: {} });
    expect(resources(ml, "google_cloud_run_v2_job")).toEqual([]);
    expect(resources(ml, "google_sql_user")).toHaveLength(1);
  });
});

describe("the one password", () => {
  const { data } = database();
  const MADE_UP = "${ephemeral.random_password.database_setup.result}";

  it("is made up while deploying, and goes to server and secret store by fields that are never kept", () => {
    const { ephemeral, terraform } = { ...data } as Record<string, Record<string, unknown>>;
    expect(ephemeral).toMatchObject({ random_password: { database_setup: { length: 40 } } });
    expect(terraform).toMatchObject({
      required_providers: { random: { source: "hashicorp/random", version: "3.7.2" } },
    });
    expect(only(data, "google_sql_user")).toMatchObject({
      name: "setup",
      password_wo: MADE_UP,
      password_wo_version: 1,
    });
    expect(only(data, "google_sql_user")).not.toHaveProperty("password");
    const version = only(data, "google_secret_manager_secret_version");
    expect(version).toMatchObject({ secret_data_wo: MADE_UP, secret_data_wo_version: 1 });
    expect(version).not.toHaveProperty("secret_data");
  });

  it("is not in the secret store long before the server has it", () => {
    const { depends_on } = only(data, "google_secret_manager_secret_version");
    expect(depends_on).toEqual([expect.stringMatching(/^google_sql_database_instance\./)]);
  });

  it("stands in a secret of the region, encrypted by the environment's key, that takes a week to destroy", () => {
    expect(only(data, "google_secret_manager_secret")).toMatchObject({
      secret_id: "acme-test-database-setup",
      version_destroy_ttl: "604800s",
      replication: {
        user_managed: {
          replicas: [
            {
              location: "asia-northeast3",
              customer_managed_encryption: { kms_key_name: `${KEYS}/secrets` },
            },
          ],
        },
      },
    });
  });

  it("is read by the account of the job alone", () => {
    const account = only(data, "google_service_account");
    expect(account).toMatchObject({ account_id: "acme-test-database-setup" });
    expect(only(data, "google_secret_manager_secret_iam_member")).toMatchObject({
      role: "roles/secretmanager.secretAccessor",
      member: expect.stringMatching(/^\$\{google_service_account\.[^}]+\.member\}$/),
    });
    expect(only(data, "google_project_iam_member")).toMatchObject({
      role: "roles/cloudsql.client",
      condition: { title: "only acme-test-metadata" },
    });
  });
});
