import fs from "node:fs";
import { told } from "../../cli/apply-progress";
import { planText } from "../../cli/deployment";
import { refuseGuarded, refuseLosses } from "../../cli/plan-gate";
import { withoutPreventDestroy } from "../../cli/prevent-destroy";
import { type ResourceChange, readPlan } from "../../cli/stack";
import { UserError } from "../../lib/core/errors";
import { PROTECTED_TYPES } from "../../lib/core/protected";
import { run, temporary, tool, workspace } from "./support";

jest.setTimeout(60_000);

describe("the gate before an apply", () => {
  const database: ResourceChange = {
    address: "google_sql_database_instance.Database",
    action: "replace",
    forcedBy: ["region"],
  };
  const through = (changes: readonly ResourceChange[], losses: readonly string[] | "all" = []) => {
    try {
      refuseLosses(
        { name: "dev-data" },
        { changes, outputsChange: false, changed: true },
        { losses, command: "mlops deploy dev" },
      );
    } catch (error) {
      if (error instanceof UserError) return error;
    }
    return null;
  };

  test("refuses to replace what holds data, with the setting that forces it and the way to approve", () => {
    const error = through([database]);
    expect(error?.exitCode).toBe(3);
    expect(error?.message).toMatch(
      /dev-data google_sql_database_instance\.Database: would be destroyed and made anew.*because region cannot be changed in place/,
    );
    expect(error?.message).toMatch(
      /put that setting back[\s\S]*mlops deploy dev again as before with --approve google_sql_database_instance\.Database/,
    );
  });

  test("says why something is destroyed", () => {
    const error = through([
      { address: "google_storage_bucket.Old", action: "delete", reason: "delete_because_no_resource_config" },
    ]);
    expect(error?.message).toMatch(/because nothing in the configuration makes it any more/);
  });

  test("names every loss at once, and once how all of them are approved", () => {
    expect(through([database, { address: "google_kms_crypto_key.K", action: "delete" }])?.problems).toHaveLength(3);
  });

  test("lets through what was approved by its address, and only that", () => {
    expect(through([database], [database.address])).toBeNull();
    expect(through([database], ["google_sql_database_instance.Other"])).not.toBeNull();
    expect(through([database], "all")).toBeNull();
  });

  test("has nothing against changes that lose no data", () => {
    expect(
      through([
        { ...database, action: "update" },
        { address: "google_cloud_run_v2_service.S", action: "delete" },
      ]),
    ).toBeNull();
  });

  test("knows no type of this machine, so that nothing changes there", () => {
    expect([...PROTECTED_TYPES].filter((type) => type.startsWith("terraform_"))).toEqual([]);
  });

  test("refuses to begin a destruction that a guard would stop half way", () => {
    const plan = {
      changes: [{ ...database, action: "delete" as const, guarded: true }],
      outputsChange: false,
      changed: true,
    };
    expect(() => refuseGuarded([{ stack: "dev-data", plan }], "dev")).toThrow(
      /guarded against deletion.*metadata\.deletionProtection: false in environments\/dev\.yaml/,
    );
  });

  test("names for a lock the setting of what it locks", () => {
    const scope = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
    const before = { lock_level: "CanNotDelete", scope };
    const document = {
      resource_changes: [{ address: "azurerm_management_lock.Lock", change: { actions: ["delete"], before } }],
    };
    const plan = readPlan(JSON.stringify(document));
    expect(plan.changes).toEqual([
      { address: "azurerm_management_lock.Lock", action: "delete", guarded: true, guards: "azurerm_storage_account" },
    ]);
    expect(() => refuseGuarded([{ stack: "dev-data", plan }], "dev")).toThrow(/storage\.deletionProtection: false/);
  });

  test("knows a key that is written in the words of Azure's API", () => {
    const before = { type: "Microsoft.KeyVault/vaults/keys@2024-11-01" };
    const document = { resource_changes: [{ address: "azapi_resource.Key", change: { actions: ["delete"], before } }] };
    const [change] = readPlan(JSON.stringify(document)).changes;
    const plan = { changes: [{ ...change, guarded: true }] as ResourceChange[], outputsChange: false, changed: true };
    expect(() => refuseGuarded([{ stack: "dev-foundation", plan }], "dev")).toThrow(/Keys stay/);
  });

  test("finds what Terraform itself would refuse, in stacks that are written to be looked at", () => {
    const outdir = temporary();
    const stack = { name: "dev-data", synthesizedStackPath: "cdk.tf.json" };
    const resource = {
      azurerm_storage_account: {
        Data: { name: "a", lifecycle: { prevent_destroy: true, ignore_changes: ["tags"] } },
        Other: { name: "b" },
      },
    };
    const file = `${outdir}/${stack.synthesizedStackPath}`;
    fs.writeFileSync(file, JSON.stringify({ resource }));
    const guarded = withoutPreventDestroy({ outdir, stacks: [stack] });
    expect([...(guarded.get("dev-data") ?? [])]).toEqual(["azurerm_storage_account.Data"]);
    expect(JSON.parse(fs.readFileSync(file, "utf8")).resource.azurerm_storage_account).toEqual({
      Data: { name: "a", lifecycle: { prevent_destroy: false, ignore_changes: ["tags"] } },
      Other: { name: "b" },
    });
  });
});

describe("a plan", () => {
  const change = (type: string, more: object) =>
    readPlan(JSON.stringify({ resource_changes: [{ address: `${type}.x`, ...more }] })).changes[0];

  test("keeps what forces a replacement, and Terraform's reason", () => {
    expect(
      change("google_sql_database_instance", {
        action_reason: "replace_because_cannot_update",
        change: { actions: ["delete", "create"], replace_paths: [["settings", 0, "edition"]] },
      }),
    ).toEqual({
      address: "google_sql_database_instance.x",
      action: "replace",
      forcedBy: ["settings.0.edition"],
      reason: "replace_because_cannot_update",
    });
  });

  test("knows what is guarded by what stands, not by what is wanted", () => {
    const before = { deletion_protection: true };
    expect(change("google_container_cluster", { change: { actions: ["delete"], before } })).toMatchObject({
      guarded: true,
    });
    expect(change("google_container_cluster", { change: { actions: ["update"], before } })).not.toHaveProperty(
      "guarded",
    );
  });
});

describe("the text of a plan", () => {
  const plan = { changes: [], outputsChange: false, changed: false };
  const layers = [{ layer: "ml" as const, stack: "dev-ml", plan, applied: false }];
  const read = { stack: "dev-ml", from: "dev-data", key: "host", example: "10.0.0.2" };

  test("names each value that is only assumed, once, and none of layers that were not planned", () => {
    const elsewhere = { ...read, stack: "dev-serving", key: "port" };
    expect(planText(layers, [read, read, elsewhere])).toBe("ml: no changes\nassumed: host of dev-data = 10.0.0.2");
  });
});

describe("while a cloud layer is applied", () => {
  const event = (type: string, seconds: number) => ({
    type,
    hook: { resource: { addr: "google_container_cluster.C" }, action: "create", elapsed_seconds: seconds },
  });

  test("each resource is a line, and one that takes long is heard of every half minute", () => {
    expect(told(event("apply_complete", 12), "gcp")).toBe("google_container_cluster.C: created (12 s)");
    expect(told(event("apply_progress", 10), "gcp")).toBeNull();
    expect(told(event("apply_progress", 130), "gcp")).toBeNull();
    expect(told(event("apply_progress", 150), "gcp")).toBe("google_container_cluster.C: still creating (2 min 30 s)");
  });

  test("and on this machine nothing is said of it", () => {
    expect(told(event("apply_complete", 12), "local")).toBeNull();
  });
});

describe("the commands on an environment in a cloud", () => {
  /** Without a way to anybody: what is refused beforehand must not ask. */
  const alone = () => ({
    ...process.env,
    PATH: `${tool("gcloud", "#!/bin/sh\nexit 1\n")}:${process.env.PATH}`,
    HTTPS_PROXY: "http://127.0.0.1:9",
  });

  test.each([
    [["down", "dev"], /nothing on Google Cloud is stopped for a while/],
    [["restore", "dev", "x"], /gcloud sql backups restore/],
    [["release", "dev", "diabetes"], /gcloud builds triggers list/],
    [["release", "list", "dev"], /no public address/],
    [["pipeline", "run", "dev", "diabetes"], /retrain topic/],
    [["destroy", "dev", "--purge"], /mlops destroy dev, without --purge/],
  ])("refuse %j with what does it instead, with exit code 3", async (args, words) => {
    const { code, stderr } = await run(workspace(), args, { env: alone() });
    expect(code).toBe(3);
    expect(stderr).toMatch(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("doctor says how to log in, and asks nobody before", async () => {
    const { code, stdout } = await run(workspace(), ["doctor", "dev"], { env: alone() });
    expect(code).toBe(1);
    expect(stdout).toMatch(/problem {2}login: .*gcloud auth login && gcloud auth application-default login/);
    expect(stdout).not.toMatch(/project/);
  });

  test("doctor tells apart whom gcloud and whom Terraform know", async () => {
    const folder = temporary();
    const script =
      '#!/bin/sh\ncase "$*" in "config get account") echo kim@acme.example ;; version) echo 1 ;; *) exit 1 ;; esac\n';
    tool("gcloud", script, folder);
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = await run(workspace(), ["doctor", "dev"], { env });
    expect(stdout).toMatch(
      /gcloud is logged in as kim@acme\.example, but Terraform is not.*gcloud auth application-default login/,
    );
  });

  test("bootstrap of this machine says that it needs none", async () => {
    const folder = workspace();
    const before = fs.readdirSync(folder);
    const { code, stdout } = await run(folder, ["bootstrap", "local"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "cloud: local needs no set-up. Next: mlops up local\n" });
    expect(fs.readdirSync(folder)).toEqual(before);
  });
});
