import fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { run, tool, workspace } from "./support";

jest.setTimeout(60_000);

describe("the commands on an environment on Azure", () => {
  /** The shipped environments with one word changed. */
  function onAzure(): string {
    const folder = workspace();
    const file = path.join(folder, "environments", "dev.yaml");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/^cloud: gcp.*$/m, "cloud: azure"));
    return folder;
  }
  const alone = () => ({
    PATH: `${tool("az", "#!/bin/sh\nexit 1\n")}:${process.env.PATH}`,
    HOME: process.env.HOME,
    HTTPS_PROXY: "http://127.0.0.1:9",
  });

  test.each([
    [["down", "dev"], /not stopped as a whole/],
    [["restore", "dev", "x"], /az postgres flexible-server restore/],
    [["release", "dev", "diabetes"], /az pipelines list/],
    [["release", "list", "dev"], /no public address/],
    [["pipeline", "run", "dev", "diabetes"], /queue retrain/],
    [["destroy", "dev", "--purge"], /mlops destroy dev, without --purge/],
  ])("refuse %j with what does it instead, with exit code 3", async (args, words) => {
    const { code, stderr } = await run(onAzure(), args, { env: alone() });
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(words) });
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("doctor says how to log in, and asks nobody before", async () => {
    const { code, stdout } = await run(onAzure(), ["doctor", "dev"], { env: alone() });
    expect(code).toBe(1);
    expect(stdout).toMatch(/problem {2}login: .*az login --tenant 1b2c3d4e-0000-4000-8000-000000000001/);
    expect(stdout).not.toMatch(/subscription/);
  });

  test("bootstrap looks, shows and writes nothing with --dry-run", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.method ?? "");
      const { pathname } = new URL(request.url ?? "/", "http://x");
      const known = pathname.endsWith("/token")
        ? { access_token: "t", expires_in: 3600 }
        : /^\/subscriptions\/[\w-]+$/.test(pathname)
          ? { state: "Enabled" }
          : pathname.endsWith("/providers")
            ? { value: [] }
            : null;
      response.writeHead(known === null ? 404 : 200).end(JSON.stringify(known ?? { error: { code: "NotFound" } }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const env = {
        ...alone(),
        ARM_CLIENT_ID: "c",
        ARM_CLIENT_SECRET: "s",
        ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: address,
        ARM_RESOURCE_MANAGER_ENDPOINT: address,
      };
      const { code, stdout, stderr } = await run(onAzure(), ["bootstrap", "dev", "--dry-run"], { env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(
        /create {2}resource providers: register \d+ of \d+[\s\S]*Microsoft\.App[\s\S]*nothing was written/,
      );
      expect(asked.filter((method) => ["PUT", "PATCH", "DELETE"].includes(method))).toEqual([]);
    } finally {
      server.close();
    }
  });
});
