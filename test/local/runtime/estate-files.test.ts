import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import lockfile from "proper-lockfile";
import { UserError } from "../../../lib/core/errors";
import { createLocalOperator } from "../../../lib/local/operator";
import type { LayerDefinition, PartDefinition } from "../../../lib/local/parts";
import { diskProblem, folderProblem, ownerProblem } from "../../../lib/local/runtime/checks";
import { runtimeContext } from "../../../lib/local/runtime/context";
import { compareVersions, nodeCheck } from "../../../lib/local/runtime/doctor";
import { explainFileError } from "../../../lib/local/runtime/files";
import {
  deployedLayers,
  forgetLayer,
  recordedLayer,
  recordLayer,
  restoreRecords,
} from "../../../lib/local/runtime/layers";
import { withEstateLock } from "../../../lib/local/runtime/lock";
import { jupyterSettings } from "../../../lib/local/runtime/notebooks";
import {
  type AccountProbe,
  chooseAccount,
  commandAs,
  unprivilegedUser,
} from "../../../lib/local/runtime/postgres-account";
import { programsOf } from "../../../lib/local/runtime/programs";
import { provisionInput } from "../../../lib/local/runtime/provision-layer";
import { differingFiles } from "../../../lib/local/runtime/restore";
import { ensureSecrets, writePgpass } from "../../../lib/local/runtime/secrets";
import { stateOf } from "../../../lib/local/runtime/status";
import { isOwnEntry, purgeEstate } from "../../../lib/local/runtime/stop";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "mlops-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const context = () => runtimeContext({ codeRoot: "/code", workspace: folder, environment: "local", directory: folder });
const layer = (name: string): LayerDefinition => ({
  version: 1,
  environment: "local",
  layer: name,
  directory: ".",
  parts: [],
});

describe("secrets", () => {
  test("missing ones are made up, present ones stay, and only the owner reads the file", async () => {
    const first = await ensureSecrets(folder, ["a"]);
    const second = await ensureSecrets(folder, ["a", "b"]);
    expect(second.a).toBe(first.a);
    expect(second.b).not.toBe(second.a);
    expect(second.b?.length).toBeGreaterThanOrEqual(32);
    expect(statSync(path.join(folder, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  test("a password with a colon or a backslash is escaped for libpq", async () => {
    await writePgpass(folder, 5432, { mlflow: "a:b\\c" });
    expect(readFileSync(path.join(folder, "pgpass"), "utf8")).toBe("127.0.0.1:5432:*:mlflow:a\\:b\\\\c\n");
  });

  test("no program's command line or environment holds one", async () => {
    const secrets = await ensureSecrets(folder, ["database-mlflow", "notebooks-token"]);
    const parts = [
      { kind: "tracking", name: "tracking", port: 1, databasePort: 2, database: "mlflow", artifacts: "a" } as const,
      { kind: "notebooks", name: "notebooks", port: 3, idleShutdownMinutes: 5 } as const,
    ].map((part) => ({ layer: "ml", part }));
    const text = JSON.stringify(await programsOf(context(), parts, null));
    for (const value of Object.values(secrets)) expect(text).not.toContain(value);
    expect(text).toContain("PGPASSFILE");
  });
});

describe("layers", () => {
  test("come back in the order of the layers, whatever the order they were written in", async () => {
    for (const name of ["serving", "data", "ml"]) await recordLayer(folder, { digest: "1", definition: layer(name) });
    expect(deployedLayers(folder).map((definition) => definition.layer)).toEqual(["data", "ml", "serving"]);
  });

  test("a destroy that was superseded by a newer digest does not find its layer", async () => {
    await recordLayer(folder, { digest: "new", definition: layer("ml") });
    expect(recordedLayer(folder, "ml", "old")).toBeNull();
    expect(recordedLayer(folder, "ml", "new")).toMatchObject({ digest: "new" });
    await forgetLayer(folder, "ml");
    expect(recordedLayer(folder, "ml", "new")).toBeNull();
  });

  test.each(["", "{}", "null", '{"digest":"1","definition":{"layer":"ml"}}', '{"digest":'])(
    "a record that was spoiled (%s) is named with its cure, and not taken for a layer that is gone",
    (text) => {
      mkdirSync(path.join(folder, "layers"), { recursive: true });
      writeFileSync(path.join(folder, "layers", "ml.json"), text);
      expect(() => deployedLayers(folder)).toThrow(/ml\.json: is not the record of a layer.*Delete the file and run/);
    },
  );

  test("where clients call is told by what is deployed, with no config at hand", async () => {
    const operator = createLocalOperator({ codeRoot: "/c", workspace: "/w", environment: "local", directory: folder });
    expect(() => operator.serving.url).toThrow(/no gateway is deployed here.*mlops up local/);
    const gateway: PartDefinition = { kind: "gateway", name: "gateway", port: 4711, slots: [] };
    await recordLayer(folder, { digest: "1", definition: { ...layer("serving"), parts: [gateway] } });
    expect(operator.serving.url).toBe("http://127.0.0.1:4711");
  });

  test("records that were lost, or that another environment left, are written again; the others are not touched", async () => {
    await recordLayer(folder, { digest: "1", definition: { ...layer("ml"), environment: "twin" } });
    await restoreRecords({ directory: folder, definitions: [layer("ml"), layer("data")] });
    expect(deployedLayers(folder)).toEqual([layer("data"), layer("ml")]);
    await restoreRecords({ directory: folder, definitions: [] });
    expect(deployedLayers(folder)).toHaveLength(2);
  });

  test("what Terraform hands over is checked before anything is done", () => {
    expect(() => provisionInput({}, "/")).toThrow(/MLOPS_LAYER, MLOPS_DIGEST, MLOPS_WORKSPACE not set/);
    const env = { MLOPS_LAYER: '{"version":2}', MLOPS_DIGEST: "d", MLOPS_WORKSPACE: ".." };
    expect(() => provisionInput(env, "/a/b")).toThrow(/has version 2/);
    expect(provisionInput({ ...env, MLOPS_LAYER: '{"version":1}' }, "/a/b").workspace).toBe("/a");
  });
});

describe("what is checked before anything is touched", () => {
  test("too little space names what is free, what is needed and the cure", async () => {
    const problem = await diskProblem(path.join(folder, "not", "yet"), 1e12);
    expect(problem?.message).toMatch(/only \d+ MiB are free on this disk, 1000000000000 MiB are needed/);
    expect(await diskProblem(folder, 1)).toBeNull();
  });

  test("the folder of another environment is not taken over, but that of one that was renamed is", async () => {
    mkdirSync(path.join(folder, "environments"));
    writeFileSync(path.join(folder, "environments", "other.yaml"), "");
    expect(await ownerProblem(context())).toBeNull();
    writeFileSync(path.join(folder, "estate.json"), JSON.stringify({ version: 1, environment: "other" }));
    expect((await ownerProblem(context()))?.message).toMatch(/is the estate of the environment `other`/);
    rmSync(path.join(folder, "environments", "other.yaml"));
    expect(await ownerProblem(context())).toBeNull();
  });

  test("a folder whose lock cannot be written is told at once, and not waited for", async () => {
    const open = jest.spyOn(lockfile, "lock").mockRejectedValue(Object.assign(new Error("x"), { code: "EROFS" }));
    await expect(withEstateLock(folder, async () => "done")).rejects.toThrow(/the folder is read-only/);
    open.mockRestore();
    expect(await withEstateLock(folder, async () => "done")).toBe("done");
  });

  test("a file where the folder should be is one clear problem", async () => {
    writeFileSync(path.join(folder, "estate"), "");
    expect((await folderProblem(path.join(folder, "estate")))?.message).toMatch(/a file stands where/);
    expect(await folderProblem(path.join(folder, "fine"))).toBeNull();
  });

  test.each(["ENOSPC", "EROFS", "EACCES", "EPERM", "53100"])("%s is told in words", (code) => {
    const told = explainFileError(Object.assign(new Error(code), { code }), "/x");
    expect(told).toBeInstanceOf(UserError);
    expect((told as UserError).problems[0]?.fix).toBeTruthy();
  });

  test("versions are compared by their numbers", () => {
    expect(compareVersions("1.9.8", "1.11")).toBeLessThan(0);
    expect(compareVersions("1.11.0-rc1", "1.11")).toBe(0);
    expect([nodeCheck("20.18.0").ok, nodeCheck("20.19.0").ok, nodeCheck("22.1.0").ok]).toEqual([false, true, true]);
  });
});

describe("as whom PostgreSQL runs", () => {
  const passwd = "root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\nnobody:x:65534:65533::/:/bin/false\n";
  const probe = (change: Partial<AccountProbe>): AccountProbe => ({
    root: true,
    unshare: "/usr/bin/unshare",
    works: async () => true,
    passwd,
    systemFolder: "/var/lib/mlops-x",
    ...change,
  });

  test("an ordinary user simply runs it", async () => {
    expect(await chooseAccount(probe({ root: false }))).toEqual({ kind: "self" });
  });

  test("root runs it in a user namespace, as an unprivileged user that exists", async () => {
    const account = await chooseAccount(probe({}));
    expect(commandAs(account, ["postgres"]).argv).toEqual([
      "/usr/bin/unshare",
      "--user",
      "--map-user=65534",
      "--",
      "postgres",
    ]);
  });

  test.each([
    ["namespaces are forbidden", { works: async () => false }],
    ["there is no unshare", { unshare: null }],
  ])("from a system folder when %s", async (_, change) => {
    const account = await chooseAccount(probe(change));
    expect(account).toMatchObject({ kind: "system", folder: "/var/lib/mlops-x", uid: 65534, gid: 65533 });
    expect(commandAs(account, ["postgres"])).toEqual({ argv: ["postgres"], uid: 65534, gid: 65533 });
  });

  test("with nobody to be, the cure is named", async () => {
    await expect(chooseAccount(probe({ passwd: "root:x:0:0::/:/bin/sh" }))).rejects.toThrow(
      /as a user other than root/,
    );
    expect(unprivilegedUser("nobody:x:0:0::/:/bin/sh")).toBeNull();
  });
});

describe("purging", () => {
  test("a folder without the estate's mark is left alone", async () => {
    writeFileSync(path.join(folder, "thesis.txt"), "years of work");
    await expect(purgeEstate(context())).rejects.toThrow(/does not look like an estate/);
    expect(readFileSync(path.join(folder, "thesis.txt"), "utf8")).toBe("years of work");
  });

  test("only what the estate made goes", async () => {
    writeFileSync(path.join(folder, "estate.json"), '{"version":1,"environment":"local"}');
    writeFileSync(path.join(folder, "thesis.txt"), "years of work");
    mkdirSync(path.join(folder, "buckets", "artifacts"), { recursive: true });
    mkdirSync(path.join(folder, "database.previous"));
    await purgeEstate(context());
    expect(statSync(path.join(folder, "thesis.txt")).isFile()).toBe(true);
    for (const name of ["buckets", "database.previous", "estate.json"]) {
      expect(() => statSync(path.join(folder, name))).toThrow(/ENOENT/);
    }
  });

  test("another environment's estate is refused", async () => {
    writeFileSync(path.join(folder, "estate.json"), '{"version":1,"environment":"other"}');
    await expect(purgeEstate(context())).rejects.toThrow(/environment `other`/);
  });

  test("names that merely look alike are not the estate's", () => {
    expect(["database", "database.new", "state"].every(isOwnEntry)).toBe(true);
    expect(["databases", "my-database", "src"].some(isOwnEntry)).toBe(false);
  });
});

describe("small decisions", () => {
  test("a program's state in the words of the contract", () => {
    const of = (state: "RUNNING" | "BACKOFF" | "FATAL" | "EXITED", healthy: boolean) =>
      stateOf({ state }, healthy, false);
    expect([of("RUNNING", true), of("RUNNING", false), of("BACKOFF", false)]).toEqual([
      "running",
      "starting",
      "starting",
    ]);
    expect([of("FATAL", false), of("EXITED", false)]).toEqual(["failed", "stopped"]);
    expect([stateOf(undefined, false, true), stateOf(undefined, false, false)]).toEqual(["failed", "stopped"]);
  });

  test("a backup's files are compared both ways", () => {
    const file = (name: string, sha256: string) => ({ path: name, bytes: 1, sha256 });
    const manifest = [file("a", "1"), file("b", "2"), file("c", "3")];
    expect(differingFiles(manifest, manifest)).toEqual([]);
    expect(differingFiles(manifest, [file("a", "1"), file("b", "x"), file("d", "4")])).toEqual(["b", "c", "d"]);
  });

  test("Jupyter listens on this machine only, with a token, and ends when idle", () => {
    const settings = jupyterSettings(
      { kind: "notebooks", name: "notebooks", port: 8, idleShutdownMinutes: 30 },
      "/w",
      "t",
    );
    expect(settings).toMatchObject({
      ServerApp: { ip: "127.0.0.1", port: 8, port_retries: 0, shutdown_no_activity_timeout: 1800 },
      IdentityProvider: { token: "t" },
    });
  });
});
