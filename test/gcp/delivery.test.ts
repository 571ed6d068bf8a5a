import fc from "fast-check";
import type { DeliveryProps } from "../../lib/contracts/delivery";
import { MIRROR_NAMES } from "../../lib/gcp/parts/mirrors";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { rolesOf } from "./roles";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const GITHUB = { host: "github", repository: "acme/ml-projects", connection: "acme" } as const;
const MAIN = { branch: "main", environment: "test", deploy: "onMerge" } as const;
const TRIGGER = "google_cloudbuild_trigger";

/** The delivery layer with a source; what the platform says of it. */
function delivery(props: Partial<DeliveryProps> = {}, settings: GcpSettings = DEVELOPMENT) {
  let made = { connection: "", triggers: {} as Readonly<Record<string, string>> };
  const { delivery: stack } = onGcp(({ platform, layer }) => {
    const { connection, triggers } = platform.delivery(layer("delivery"), "Source", {
      source: GITHUB,
      rules: [MAIN],
      ...props,
    });
    made = { connection, triggers };
  }, settings);
  return { stack, ...made };
}

/** Triggers by name. */
function triggers(props?: Partial<DeliveryProps>, settings?: GcpSettings): Record<string, Record<string, unknown>> {
  const found = resources(delivery(props, settings).stack, TRIGGER);
  return Object.fromEntries(found.map((trigger) => [String(trigger.name).replace("acme-test-", ""), trigger]));
}

describe("the source", () => {
  test("is a repository in a connection that a person has authorised", () => {
    const { stack, connection } = delivery();
    expect(connection).toBe("projects/acme-ml-test/locations/asia-northeast3/connections/acme");
    expect(only(stack, "google_cloudbuildv2_repository")).toMatchObject({
      parent_connection: connection,
      remote_uri: "https://github.com/acme/ml-projects.git",
    });
    expect(resources(stack, "google_cloudbuildv2_connection")).toEqual([]);
  });

  test("has the connection that doctor names, when the config names none", () => {
    const { connection } = delivery({ source: { host: "gitlab", repository: "acme/ml-projects" } });
    expect(connection).toBe("projects/acme-ml-test/locations/asia-northeast3/connections/acme-test-source");
  });

  test("may name its connection in full, which stands in the environment's project and region", () => {
    const named = (connection: string) => delivery({ source: { ...GITHUB, connection } }).connection;
    const own = "projects/acme-ml-test/locations/asia-northeast3/connections/acme";
    expect(named(own)).toBe(own);
    expect(() => named("projects/shared/locations/us-central1/connections/github")).toThrow(
      /delivery\.source\.connection: is projects\/shared.*Authorise a connection there/,
    );
  });

  test("on Azure Repos is refused with what works instead", () => {
    expect(() => delivery({ source: { host: "azureRepos", repository: "acme/ml" } })).toThrow(
      /delivery\.source\.host: is azureRepos.*Use github, gitlab, bitbucket or secureSourceManager/,
    );
  });

  test("may be missing: then code triggers nothing", () => {
    const { stack, triggers: none } = delivery({ source: undefined });
    expect(stack?.resource).toEqual({});
    expect(none).toEqual({});
  });

  test("on Secure Source Manager reads its triggers from a file of its own", () => {
    const {
      stack,
      connection,
      triggers: files,
    } = delivery({ source: { host: "secureSourceManager", repository: "acme/ml" } });
    expect(resources(stack, TRIGGER)).toEqual([]);
    expect(connection).toBe("projects/acme-ml-test/locations/asia-northeast3/instances/acme-test-source");
    expect(files).toEqual({
      main: "projects/acme-ml-test/locations/asia-northeast3/repositories/ml/.cloudbuild/triggers.yaml",
    });
    expect(rolesOf(stack, "builds")).toContain(
      "roles/securesourcemanager.repoReader on secure_source_manager_repository",
    );
  });

  test("on another environment's Secure Source Manager is used, not made", () => {
    const { stack, connection } = delivery({
      source: {
        host: "secureSourceManager",
        repository: "acme/ml",
        connection: "projects/dev/locations/us-central1/instances/x",
      },
    });
    expect(connection).toBe("projects/dev/locations/us-central1/instances/x");
    expect(resources(stack, "google_secure_source_manager_instance")).toEqual([]);
    expect(only(stack, "google_secure_source_manager_instance_iam_member")).toMatchObject({
      project: "dev",
      location: "us-central1",
      instance_id: "x",
    });
  });
});

describe("a trigger", () => {
  const RULES = [
    MAIN,
    { branch: "release/1.0", environment: "test", deploy: "automatic" },
    { tag: "v*", environment: "test", deploy: "approved", afterGoodRuns: 3 },
    { tag: "v1.0", environment: "test", deploy: "automatic" },
  ] as const;

  test("matches its branch or tag and nothing else", () => {
    const events = Object.values(triggers({ rules: RULES })).map(({ repository_event_config: config }) => config);
    const pushes = events.flatMap((event) => (event as { push?: { branch?: string; tag?: string } }).push ?? []);
    expect(pushes.map(({ branch, tag }) => branch ?? tag).sort()).toEqual([
      "^main$",
      "^release/1\\.0$",
      "^v.*$",
      "^v1\\.0$",
    ]);
  });

  test("matches its branch or tag whatever that is called, and no other", () => {
    const NAME = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}(\/[A-Za-z0-9._-]{1,8}){0,2}$/);
    const pattern = (rule: { branch: string } | { tag: string }) => {
      const made = Object.values(triggers({ rules: [{ ...rule, environment: "test", deploy: "automatic" }] }));
      const events = made.map(({ repository_event_config: event }) => event as { push?: typeof rule });
      const push = events.flatMap((event) => event.push ?? [])[0] ?? rule;
      return new RegExp("branch" in push ? push.branch : push.tag);
    };
    fc.assert(
      fc.property(NAME, NAME, fc.nat(), (name, other, at) => {
        const almost = `${name.slice(0, at % name.length)}#${name.slice((at % name.length) + 1)}`;
        for (const exact of [pattern({ branch: name }), pattern({ tag: name })]) {
          expect(exact.test(name)).toBe(true);
          expect(exact.test(other)).toBe(other === name);
          for (const wrong of [`${name}x`, `x${name}`, almost]) expect(exact.test(wrong)).toBe(false);
        }
        const beginning = pattern({ tag: `${name}*` });
        expect(beginning.test(other)).toBe(other.startsWith(name));
        expect(beginning.test(name + other)).toBe(true);
        expect(beginning.test(`x${name}`)).toBe(`x${name}`.startsWith(name));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test("is known by its branch or tag", () => {
    expect(Object.keys(delivery({ rules: RULES }).triggers)).toEqual(["main", "release/1.0", "v*", "v1.0"]);
    const names = resources(delivery({ rules: RULES }).stack, TRIGGER).map(({ name }) => name);
    expect(new Set(names).size).toBe(5);
  });

  test("waits for a person in production, and wherever the rule says so", () => {
    const approval = (settings: GcpSettings, deploy: "automatic" | "onMerge" | "approved") =>
      triggers({ rules: [{ ...MAIN, deploy }] }, settings)["push-main"]?.approval_config;
    expect(approval(DEVELOPMENT, "onMerge")).toEqual({ approval_required: false });
    expect(approval(DEVELOPMENT, "approved")).toEqual({ approval_required: true });
    expect(approval(PRODUCTION, "automatic")).toEqual({ approval_required: true });
  });

  test("is left alone by changes that only touch what is skipped", () => {
    for (const trigger of Object.values(triggers({ skip: ["docs/**", "**/*.ipynb"] })))
      expect(trigger.ignored_files).toEqual(["docs/**", "**/*.ipynb"]);
  });

  test("tells the build file where things are", () => {
    expect(triggers()["push-main"]).toMatchObject({
      filename: "cloudbuild.yaml",
      include_build_logs: "INCLUDE_BUILD_LOGS_WITH_STATUS",
      substitutions: {
        _ENVIRONMENT: "test",
        _REGION: "asia-northeast3",
        _DEPLOY: "onMerge",
        _AFTER_GOOD_RUNS: "0",
        _IMAGE_REGISTRY: "asia-northeast3-docker.pkg.dev/acme-ml-test/acme-test-images",
        _PACKAGES_URI: expect.stringMatching(/^gs:\/\/acme-test-packages-/),
        _PIPELINE_ROOT: expect.stringMatching(/^gs:\/\/acme-test-artifacts-\w+\/pipelines$/),
        _PIPELINE_ATTACHMENT: "projects/100000000009/regions/asia-northeast3/networkAttachments/acme-test-pipelines",
        _PIPELINES_PRINCIPAL: "serviceAccount:acme-test-pipelines@acme-ml-test.iam.gserviceaccount.com",
      },
    });
  });

  test("of pull requests runs under an account that can only log, and for strangers after somebody asked", () => {
    const { "pull-request": check } = triggers({ rules: [MAIN, { ...MAIN, branch: "develop" }] });
    expect(check).toMatchObject({
      filename: "cloudbuild.checks.yaml",
      service_account: expect.stringContaining("acme-test-checks@"),
      repository_event_config: {
        pull_request: {
          branch: "^(main|develop)$",
          comment_control: "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY",
        },
      },
    });
    expect(JSON.stringify(check?.substitutions)).not.toMatch(/gs:|docker/);
    expect(rolesOf(delivery().stack, "checks")).toEqual(["roles/logging.logWriter on project"]);
  });

  test("of pull requests is left out where only tags deliver", () => {
    expect(Object.keys(triggers({ rules: [{ tag: "v*", environment: "test", deploy: "approved" }] }))).toHaveLength(1);
  });

  test("runs under an account of its own with what a delivery needs", () => {
    expect(triggers()["push-main"]).toMatchObject({
      service_account: "projects/acme-ml-test/serviceAccounts/acme-test-builds@acme-ml-test.iam.gserviceaccount.com",
    });
    expect(rolesOf(delivery().stack, "builds")).toEqual([
      "roles/aiplatform.user on project",
      "roles/artifactregistry.writer on artifact_registry_repository",
      "roles/artifactregistry.writer on artifact_registry_repository",
      "roles/artifactregistry.writer on artifact_registry_repository",
      "roles/iam.serviceAccountUser on service_account",
      "roles/logging.logWriter on project",
      "roles/storage.objectUser on storage_bucket",
    ]);
  });
});

test("builds run inside the network where the config says so, without a public address", () => {
  const { stack } = delivery({ runner: "network" });
  expect(only(stack, "google_cloudbuild_worker_pool")).toMatchObject({
    worker_config: { no_external_ip: true },
    network_config: { peered_network: "projects/100000000009/global/networks/acme-test-ml" },
  });
  expect(resources(stack, TRIGGER)[0]?.substitutions).toMatchObject({
    _WORKER_POOL: expect.stringContaining("worker_pool"),
  });
  expect(rolesOf(stack, "builds")).toContain("roles/cloudbuild.workerPoolUser on project");
  // The mirrors are the only way to packages and images from there.
  const mirrors = MIRROR_NAMES.map(() => "roles/artifactregistry.reader on artifact_registry_repository");
  expect(rolesOf(stack, "checks")).toEqual([
    ...mirrors,
    "roles/cloudbuild.workerPoolUser on project",
    "roles/logging.logWriter on project",
  ]);
  expect(resources(delivery().stack, "google_cloudbuild_worker_pool")).toEqual([]);
});
