/** What everything else on Google Cloud stands on: APIs, keys, secrets, accounts. */

import { KEY_USES } from "../../lib/contracts/encryption-key";
import { GcpEstate } from "../../lib/gcp/estate";
import { keyUsers, SERVICE_AGENTS, serviceAgent, serviceAgents } from "../../lib/gcp/parts/service-agents";
import { SERVICES, servicesFor } from "../../lib/gcp/parts/services";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const NUMBER = PRODUCTION.projectNumber;
const NONE = Object.fromEntries(
  Object.keys(PRODUCTION.features).map((name) => [name, false]),
) as unknown as GcpSettings["features"];

/** The foundation as the stack makes it. */
const foundation = (settings: GcpSettings = PRODUCTION) =>
  onGcp(({ platform, layer }) => {
    for (const use of KEY_USES) platform.encryptionKey(layer("foundation"), `Key-${use}`, { use });
    platform.secretStore(layer("foundation"), "Secrets").secret("webhook-token");
  }, settings).foundation;

describe("APIs", () => {
  it("are enabled as the switches ask, and stay enabled when the environment is destroyed", () => {
    const enabled = resources(foundation(), "google_project_service");
    expect(enabled.map(({ service }) => service).sort()).toEqual(Object.keys(SERVICES).sort());
    for (const service of enabled) {
      expect(service).toMatchObject({ disable_on_destroy: false, disable_dependent_services: false });
    }
  });

  it("of parts that are switched off are left alone", () => {
    const names = servicesFor(NONE);
    for (const name of ["composer", "dataflow", "datafusion", "dataproc", "notebooks"]) {
      expect(names).not.toContain(`${name}.googleapis.com`);
    }
    expect(servicesFor({ ...NONE, notebooks: true })).toContain("notebooks.googleapis.com");
  });

  it("of Dataproc come with Data Fusion, which runs its pipelines on it", () => {
    expect(servicesFor({ ...NONE, dataIntegration: true })).toContain("dataproc.googleapis.com");
  });
});

describe("agents of services", () => {
  it("have addresses that follow from the project's number", () => {
    expect(serviceAgent("storage", NUMBER)).toBe(`service-${NUMBER}@gs-project-accounts.iam.gserviceaccount.com`);
    expect(serviceAgent("bigquery", NUMBER)).toBe(`bq-${NUMBER}@bigquery-encryption.iam.gserviceaccount.com`);
    const addresses = serviceAgents(NUMBER, PRODUCTION.features).map(({ email }) => email);
    expect(new Set(addresses).size).toBe(Object.keys(SERVICE_AGENTS).length);
    for (const address of addresses)
      expect(address).toMatch(/^[a-z]+-100000000009@[a-z-]+\.iam\.gserviceaccount\.com$/);
  });

  it("of services that are switched off are not asked for", () => {
    expect(serviceAgents(NUMBER, NONE).map(({ name }) => name)).not.toContain("composer");
    expect(serviceAgents(NUMBER, { ...NONE, workflowEngine: true }).map(({ name }) => name)).toContain("composer");
  });

  it("use a key only when they can exist before it, because a grant to nobody is refused", () => {
    for (const { origin, keys } of Object.values(SERVICE_AGENTS)) {
      if (origin === "firstUse") expect(keys).toEqual([]);
    }
  });

  it("let Cloud Storage publish its events, and Vertex AI come in by a door of the network, and no more", () => {
    expect(resources(foundation(), "google_project_iam_member")).toEqual([
      expect.objectContaining({
        role: "roles/pubsub.publisher",
        member: `serviceAccount:${serviceAgent("storage", NUMBER)}`,
      }),
      expect.objectContaining({
        role: expect.stringContaining("google_project_iam_custom_role"),
        member: `serviceAccount:${serviceAgent("vertexAi", NUMBER)}`,
      }),
    ]);
    expect(only(foundation(), "google_project_iam_custom_role")).toMatchObject({
      permissions: [
        "compute.networkAttachments.get",
        "compute.networkAttachments.update",
        "compute.regionOperations.get",
      ],
    });
  });
});

describe("keys", () => {
  const key = (rotationDays: number) =>
    onGcp(
      ({ platform, layer }) =>
        void platform.encryptionKey(layer("foundation"), "Key", { use: "storage", rotationDays }),
    );

  it("stand in one ring, are rotated, and are made of hardware and undeletable in production", () => {
    expect(only(foundation(), "google_kms_key_ring")).toMatchObject({
      name: "acme-test-ml",
      location: "asia-northeast3",
      lifecycle: { prevent_destroy: true },
    });
    const keys = resources(foundation(), "google_kms_crypto_key");
    expect(keys.map(({ name }) => name).sort()).toEqual([...KEY_USES].sort());
    for (const each of keys) {
      expect(each).toMatchObject({
        rotation_period: "7776000s",
        destroy_scheduled_duration: "2592000s",
        version_template: { protection_level: "HSM" },
        lifecycle: { prevent_destroy: true, ignore_changes: ["version_template"] },
        labels: { environment: "test", layer: "foundation" },
      });
    }
  });

  it("of other environments are software and may be destroyed", () => {
    for (const each of resources(foundation({ ...PRODUCTION, production: false }), "google_kms_crypto_key")) {
      expect(each).toMatchObject({
        version_template: { protection_level: "SOFTWARE" },
        lifecycle: { prevent_destroy: false },
      });
    }
  });

  it("are there only where the environment has keys of its own", () => {
    expect(resources(foundation(DEVELOPMENT), "google_kms_crypto_key")).toEqual([]);
  });

  it("rotate at least every 90 days and at most every day", () => {
    expect(only(key(90).foundation, "google_kms_crypto_key")).toMatchObject({ rotation_period: "7776000s" });
    expect(only(key(1).foundation, "google_kms_crypto_key")).toMatchObject({ rotation_period: "86400s" });
    for (const days of [0, 91, 1.5])
      expect(() => key(days)).toThrow(/rotationDays is .*, wanted are whole days from 1 to 90/);
  });

  it("have the name that other layers compute", () => {
    const estate = new GcpEstate(PRODUCTION);
    onGcp(({ platform, layer }) => {
      expect(platform.encryptionKey(layer("foundation"), "Key", { use: "events" })).toHaveProperty(
        "reference",
        estate.key("events"),
      );
    });
  });

  it("are used by exactly the services of their use, as users and not as owners", () => {
    const users = (use: (typeof KEY_USES)[number]) =>
      keyUsers(use, NUMBER, PRODUCTION.features).map(({ name }) => name);
    expect(users("secrets")).toEqual(["secretManager"]);
    expect(users("registry")).toEqual(["artifactRegistry"]);
    expect(users("database")).toEqual(["cloudSql"]);
    expect(users("events")).toEqual(["pubSub"]);
    expect(users("cluster")).toEqual(["compute", "kubernetesEngine"]);
    expect(users("storage")).toEqual(["bigquery", "sourceManager", "storage"]);
    const ml = (features: GcpSettings["features"]) => keyUsers("ml", NUMBER, features).map(({ name }) => name);
    expect(ml(NONE)).toEqual(["cloudRun", "vertexAi"]);
    expect(ml({ ...NONE, workflowEngine: true })).toEqual([
      "artifactRegistry",
      "cloudRun",
      "compute",
      "composer",
      "kubernetesEngine",
      "pubSub",
      "storage",
      "vertexAi",
    ]);
    expect(ml({ ...NONE, notebooks: true })).toEqual(["cloudRun", "compute", "notebooks", "vertexAi"]);
    const grants = resources(foundation(), "google_kms_crypto_key_iam_member");
    expect(grants).toHaveLength(KEY_USES.flatMap(users).length);
    for (const { role } of grants) expect(role).toBe("roles/cloudkms.cryptoKeyEncrypterDecrypter");
  });
});

describe("secrets", () => {
  it("stay in the region, under the environment's key, and come back for a week after their destruction", () => {
    expect(only(foundation(), "google_secret_manager_secret")).toMatchObject({
      secret_id: "acme-test-webhook-token",
      version_destroy_ttl: "604800s",
      deletion_protection: true,
      replication: {
        user_managed: {
          replicas: [
            {
              location: "asia-northeast3",
              customer_managed_encryption: { kms_key_name: new GcpEstate(PRODUCTION).key("secrets") },
            },
          ],
        },
      },
    });
  });

  it("are made after the key and the right to use it, which their text does not tell Terraform", () => {
    const { depends_on } = only(foundation(), "google_secret_manager_secret");
    expect(depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^google_kms_crypto_key\.Key-secrets/),
        expect.stringMatching(/^google_kms_crypto_key_iam_member\.Key-secrets/),
      ]),
    );
    expect(String(depends_on)).not.toContain("Key-storage");
  });

  it("can be deleted in development", () => {
    const secret = only(foundation(DEVELOPMENT), "google_secret_manager_secret");
    expect(secret).toMatchObject({ deletion_protection: false });
    expect(JSON.stringify(secret)).not.toContain("customer_managed_encryption");
  });

  it("of another project's vault are used where they are", () => {
    const settings = { ...PRODUCTION, existing: { vault: "projects/acme-vault" } };
    const stacks = onGcp(({ platform, layer }) => {
      const store = platform.secretStore(layer("foundation"), "Secrets");
      expect(store.uri).toBe("https://secretmanager.googleapis.com/v1/projects/acme-vault");
      const reader = platform.workloadIdentity(layer("ml"), "Reader", { workload: "pipelines" });
      store.grants.read(reader, "webhook-token");
    }, settings);
    expect(resources(stacks.foundation, "google_secret_manager_secret")).toEqual([]);
    expect(only(stacks.ml, "google_secret_manager_secret_iam_member")).toMatchObject({
      secret_id: "projects/acme-vault/secrets/acme-test-webhook-token",
      role: "roles/secretmanager.secretAccessor",
    });
  });
});

describe("order inside a layer", () => {
  it("waits for the resource of the whole name, not for one whose name begins the same", () => {
    const stacks = onGcp(({ platform, layer }) => {
      const store = platform.secretStore(layer("foundation"), "Secrets");
      store.secret("token");
      store.grants.read(platform.workloadIdentity(layer("foundation"), "Reader", { workload: "reader" }), "token-old");
    });
    const { depends_on } = only(stacks.foundation, "google_secret_manager_secret_iam_member");
    expect(depends_on).toEqual([
      expect.stringMatching(/^google_service_account\./),
      expect.stringMatching(/^google_secret_manager_secret\.Secrets_token-old_/),
    ]);
  });
});

describe("a workload's account", () => {
  const ml = (settings: GcpSettings = PRODUCTION) =>
    onGcp(({ platform, layer }) => {
      const store = platform.secretStore(layer("foundation"), "Secrets");
      const kubernetes = { namespace: "serving", serviceAccount: "api" };
      const identity = platform.workloadIdentity(layer("ml"), "Server", { workload: "serving", kubernetes });
      expect(identity).toMatchObject({
        principal: "serviceAccount:acme-test-serving@acme-ml-test.iam.gserviceaccount.com",
        serviceAccount: "api",
      });
      store.grants.read(identity, "webhook-token");
    }, settings).ml;

  it("is acted as by its Kubernetes service account and by nobody else", () => {
    expect(only(ml(), "google_service_account")).toMatchObject({ account_id: "acme-test-serving" });
    expect(only(ml(), "google_service_account_iam_member")).toMatchObject({
      role: "roles/iam.workloadIdentityUser",
      member: "serviceAccount:acme-ml-test.svc.id.goog[serving/api]",
    });
  });

  it("belongs to the pool of the project that the cluster is in", () => {
    const existing = { cluster: "projects/acme-clusters/locations/asia-northeast3/clusters/shared" };
    expect(only(ml({ ...PRODUCTION, existing }), "google_service_account_iam_member")).toMatchObject({
      member: "serviceAccount:acme-clusters.svc.id.goog[serving/api]",
    });
  });

  it("is made before whatever mentions its address, which its text does not tell Terraform", () => {
    expect(only(ml(), "google_secret_manager_secret_iam_member").depends_on).toEqual([
      expect.stringMatching(/^google_service_account\.Server/),
    ]);
  });
});
