import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { UpReport } from "../../../cli/up";
import { listProcesses } from "../../../lib/local/runtime/processes";
import { type LocalEstate, listens } from "../../support/local-estate";

export function ending(estate: LocalEstate): void {
  const openPorts = async () => {
    const open = [];
    for (const [name, port] of Object.entries(estate.ports)) if (await listens(port)) open.push(name);
    return open;
  };
  const processes = async () =>
    (await listProcesses()).filter(({ command }) => command.includes(estate.directory)).map(({ command }) => command);

  test("`down` leaves no process and no open port", async () => {
    expect((await estate.mlops("down", "local")).code).toBe(0);
    expect(await openPorts()).toEqual([]);
    expect(await processes()).toEqual([]);
  });

  test("one layer can be deployed alone, and a plan without changes still revives what is down", async () => {
    const document = await estate.json<{ changed: boolean; parts: { part: string; change: string }[] }>([
      ...["deploy", "local", "--layer", "data"],
    ]);
    expect(document.changed).toBe(false);
    expect(document.parts).toContainEqual({ part: "database", change: "started" });
    expect(await listens(estate.ports.database)).toBe(true);
  });

  test("a layer's definitions that were lost on disk come back", async () => {
    rmSync(join(estate.directory, "layers"), { recursive: true });
    const report = await estate.json<UpReport>(["up", "local"]);
    expect(report.projects[0]?.prediction?.modelVersion).toBe("2");
  });

  test("`destroy` removes the estate and keeps its data; `up` brings both back together", async () => {
    expect((await estate.mlops("destroy", "local", "--yes")).code).toBe(0);
    expect(await openPorts()).toEqual([]);
    expect(readdirSync(join(estate.directory, "buckets/artifacts/models/diabetes")).length).toBeGreaterThanOrEqual(2);
    const report = await estate.json<UpReport>(["up", "local"]);
    expect(report.projects[0]).toMatchObject({ version: "2", release: null });
  });

  test("`destroy --purge` leaves no data, no process and no port", async () => {
    expect((await estate.mlops("destroy", "local", "--purge", "--yes")).code).toBe(0);
    expect(existsSync(join(estate.directory, "database"))).toBe(false);
    expect(existsSync(join(estate.directory, "secrets.json"))).toBe(false);
    expect(await openPorts()).toEqual([]);
    expect(await processes()).toEqual([]);
  });
}
