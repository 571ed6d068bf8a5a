import fc from "fast-check";
import { DEFINITION, delivery, devops, GITHUB, MAIN, type Made, pipelines, RULES, variables } from "./delivery-support";
import { DEVELOPMENT, onAzure, only, resources } from "./support";

describe("the source", () => {
  test("is a repository reached by a connection that a person has authorised", () => {
    const { stack, connection } = delivery();
    expect(connection).toMatch(/^https:\/\/dev\.azure\.com\/acme\/.*serviceendpoint\/endpoints\/1b2c3d4e-.*a2$/);
    expect(resources(stack, DEFINITION)[0]?.repository).toMatchObject({
      repo_type: "GitHub",
      repo_id: "acme/ml-projects",
      service_connection_id: "1b2c3d4e-0000-4000-8000-0000000000a2",
    });
    expect(
      Object.keys(stack?.resource ?? {}).filter((type) => /serviceendpoint_(github|bitbucket)/.test(type)),
    ).toEqual([]);
  });

  test("on Azure Repos needs no connection, and is known by its id", () => {
    const azureRepos = { host: "azureRepos", repository: "acme/ml" } as const;
    const { stack } = delivery(
      { source: azureRepos },
      devops({ repositoryId: "1b2c3d4e-0000-4000-8000-0000000000a3" }),
    );
    const [first] = resources(stack, DEFINITION);
    expect(first?.repository).toMatchObject({ repo_type: "TfsGit", repo_id: "1b2c3d4e-0000-4000-8000-0000000000a3" });
    expect(first?.repository).not.toHaveProperty("service_connection_id");
    expect(() => delivery({ source: azureRepos })).toThrow(/devops\.repositoryId: is missing.*az repos show/);
  });

  test("that Azure Pipelines cannot read is refused with what works instead", () => {
    expect(() => delivery({ source: { host: "gitlab", repository: "acme/ml" } })).toThrow(
      /delivery\.source\.host: is gitlab.*Use github, bitbucket or azureRepos/,
    );
    expect(() => delivery({}, devops({ sourceConnection: undefined }))).toThrow(/devops\.sourceConnection: is missing/);
  });

  test("may be missing: then code triggers nothing", () => {
    const { stack, triggers: none } = delivery({ source: undefined });
    expect(stack?.resource).toEqual({});
    expect(none).toEqual({});
  });

  test("without Azure DevOps is lacking, with the reason", () => {
    onAzure(
      ({ platform, layer }) => {
        const made = platform.delivery(layer("delivery"), "Source", { source: GITHUB, rules: [MAIN] });
        expect(made).toEqual({ lacking: expect.stringContaining("clouds.azure.devops is not given") });
      },
      { ...DEVELOPMENT, devops: undefined },
    );
  });
});

describe("a pipeline", () => {
  test("starts with its branch or tag and nothing else", () => {
    const started = Object.values(pipelines({ rules: RULES })).flatMap(({ ci_trigger: trigger }) => trigger ?? []);
    const filters = started.map(
      (trigger) => (trigger as { override: { branch_filter: unknown } }).override.branch_filter,
    );
    expect(filters).toEqual([
      { include: ["refs/heads/main"] },
      { include: ["refs/heads/release/1.0"] },
      { include: ["refs/tags/v*"] },
    ]);
  });

  test("starts with its branch whatever that is called, and no star is added", () => {
    const NAME = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}(\/[A-Za-z0-9._-]{1,8}){0,2}$/);
    fc.assert(
      fc.property(NAME, (branch) => {
        const made = Object.values(pipelines({ rules: [{ ...MAIN, branch }] }));
        expect(JSON.stringify(made)).toContain(JSON.stringify({ include: [`refs/heads/${branch}`] }));
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test("is known by its branch or tag", () => {
    expect(Object.keys(delivery({ rules: RULES }).triggers)).toEqual(["main", "release/1.0", "v*"]);
    expect(new Set(Object.keys(pipelines({ rules: RULES }))).size).toBe(6);
  });

  test("is left alone by changes that only touch what is skipped", () => {
    const skip = ["docs/**", "**/*.ipynb"];
    const made = pipelines({ skip });
    const filter = { include: ["/"], exclude: skip };
    expect(made["push-main"]?.ci_trigger).toMatchObject({ override: { path_filter: filter } });
    expect(made["pull-request"]?.pull_request_trigger).toMatchObject({ override: { path_filter: filter } });
  });

  test("tells its file where things are, and what is decided for it nobody may override", () => {
    const made = pipelines({ rules: RULES });
    expect(variables(made["push-main"])).toEqual({
      ENVIRONMENT: "test",
      AGENT_POOL: "Azure Pipelines",
      SERVICE_CONNECTION: "acme-test-azure",
      DEPLOYMENT: "acme-test-automatic",
      DEPLOY: "onMerge",
      AFTER_GOOD_RUNS: "0",
    });
    const overridable = Object.values(made).flatMap(({ variable }) => variable as Made[]);
    expect(overridable.filter(({ allow_override: allowed }) => allowed !== false)).toEqual([]);
  });

  test("of pull requests has no right in Azure, and for strangers waits until somebody asked", () => {
    const { stack } = delivery({ rules: [MAIN, { ...MAIN, branch: "develop" }] });
    const check = resources(stack, DEFINITION).find(({ name }) => name === "acme-test-pull-request");
    expect(check).toMatchObject({
      repository: { yml_path: "azure-pipelines/checks.yml" },
      pull_request_trigger: {
        comment_required: "NonTeamMembers",
        forks: { enabled: true, share_secrets: false },
        override: { branch_filter: { include: ["refs/heads/main", "refs/heads/develop"] } },
      },
    });
    expect(variables(check)).toEqual({ ENVIRONMENT: "test", AGENT_POOL: "Azure Pipelines" });
    expect(check).not.toHaveProperty("variable_groups");
    const permits = resources(stack, "azuredevops_pipeline_authorization");
    const own = permits.filter(({ pipeline_id: id }) => String(id).includes("pull-request"));
    expect(own.map(({ resource_id: id }) => id)).toEqual(["1b2c3d4e-0000-4000-8000-0000000000a2"]);
  });

  test("of pull requests on Azure Repos is a policy of each branch", () => {
    const settings = devops({ repositoryId: "1b2c3d4e-0000-4000-8000-0000000000a3" });
    const { stack } = delivery({ source: { host: "azureRepos", repository: "acme/ml" }, skip: ["docs/**"] }, settings);
    expect(only(stack, "azuredevops_branch_policy_build_validation")).toMatchObject({
      blocking: true,
      settings: {
        filename_patterns: ["*", "!/docs/**"],
        scope: [{ repository_ref: "refs/heads/main", match_type: "Exact" }],
      },
    });
  });

  test("of pull requests is left out where only tags deliver", () => {
    expect(Object.keys(pipelines({ rules: [RULES[2]] })).sort()).toEqual([
      "release",
      "retrain",
      expect.stringMatching(/^tag-v-/),
    ]);
  });

  test("may be started by hand for a retraining or a release, which nothing else starts", () => {
    for (const what of ["retrain", "release"]) {
      const made = pipelines({ rules: RULES })[what];
      expect(made).toMatchObject({ repository: { yml_path: `azure-pipelines/${what}.yml` }, queue_status: "enabled" });
      expect(made).not.toHaveProperty("ci_trigger");
      expect(variables(made).DEPLOYMENT).toBe("acme-test-approved");
    }
  });
});
