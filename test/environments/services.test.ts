import { onGcp, removeFolders, wrong } from "./workspace";

afterEach(removeFolders);

describe("the repository whose CI deploys", () => {
  const repository = (host: string, name: string, more = "") =>
    `delivery: { infrastructure: { host: ${host}, repository: ${name} ${more}} }`;

  test("has as many parts as its host gives it", () => {
    expect(onGcp(repository("github", "acme/platform/extra"))).toEqual([
      "a.yaml:3:57: delivery.infrastructure.repository: got acme/platform/extra, wanted owner/repository, two parts, with host: github. Or write host: azureRepos",
    ]);
    const issuer = `, issuer: https://vstoken.dev.azure.com/1b2c3d4e-0000-4000-8000-0000000000a1 `;
    expect(onGcp(repository("azureRepos", "acme/platform", issuer))).toEqual([
      "a.yaml:3:61: delivery.infrastructure.repository: got acme/platform, wanted organisation/project/service connection, three parts, with host: azureRepos. Or write host: github",
    ]);
    expect(() => onGcp(repository("azureRepos", "acme/ml platform/google", issuer))).toThrow("accepted");
  });

  test("on Azure DevOps has an issuer of tokens", () => {
    expect(onGcp(repository("azureRepos", "acme/ml platform/google"))).toEqual([
      "a.yaml:3:13: delivery.infrastructure.issuer: missing, wanted the issuer of Azure DevOps's tokens, with host: azureRepos. The service connection shows it as its issuer",
    ]);
    expect(() => wrong(repository("azureRepos", "acme/ml platform/google"))).toThrow("accepted");
  });

  test.each(["repo:acme/*", "repo:acme/platform:ref:refs/heads/m?in"])("the subject %s is not exact", (subject) => {
    const wanted = "wanted an exact token subject, without * and ?";
    expect(onGcp(repository("github", "acme/platform", `, planSubjects: ["${subject}"] `))).toEqual([
      `a.yaml:3:88: delivery.infrastructure.planSubjects[0]: got "${subject}", ${wanted}`,
    ]);
    expect(onGcp(repository("github", "acme/platform", `, applySubjects: ["${subject}"] `))).toEqual([
      `a.yaml:3:89: delivery.infrastructure.applySubjects[0]: got "${subject}", ${wanted}`,
    ]);
  });

  test("a proposed change plans, and never deploys", () => {
    const subject = "repo:acme/platform:pull_request";
    expect(onGcp(repository("github", "acme/platform", `, applySubjects: ["${subject}"] `))).toEqual([
      `a.yaml:3:89: delivery.infrastructure.applySubjects[0]: got ${subject}, which every proposed change gets, wanted the token of a branch, a tag or a GitHub environment. Write it under planSubjects`,
    ]);
    expect(() => onGcp(repository("github", "acme/platform", `, planSubjects: ["${subject}"] `))).toThrow("accepted");
  });
});

test.each(["main.*", "^main$", "release/*", "(main|dev)"])("the branch %s is no exact name", (branch) => {
  const rule = `{ branch: "${branch}", environment: a, deploy: automatic }`;
  expect(onGcp(`delivery: { source: { host: github, repository: a/b }, rules: [${rule}] }`)).toEqual([
    `a.yaml:3:74: delivery.rules[0].branch: got "${branch}", wanted the exact name of a branch; no wildcards and no regular expressions`,
  ]);
});

describe("the workflow engine", () => {
  test("starts a project of the environment", () => {
    expect(wrong("projects: [diabetes]\nworkflowEngine: { enabled: true, project: diabtes }")).toEqual([
      "local.yaml:3:43: workflowEngine.project: got diabtes, wanted one of projects: diabetes. Did you mean diabetes?",
    ]);
    expect(wrong("projects: [{ name: diabetes }]\nworkflowEngine: { project: churn }")).toEqual([
      "local.yaml:3:28: workflowEngine.project: got churn, wanted one of projects: diabetes. Add churn to projects",
    ]);
    expect(wrong("workflowEngine: { enabled: true }")).toEqual([
      "local.yaml:2:28: workflowEngine.enabled: got true, but projects is empty: there is nothing that the flow could start",
    ]);
    expect(() => wrong("projects: [diabetes]\nworkflowEngine: { enabled: true }")).toThrow("accepted");
  });
});

test("the entity of a feature group is no feature, and a feature stands once", () => {
  expect(wrong("featureStore: { groups: { g: { entity: patient, features: [age, patient, age] } } }")).toEqual([
    "local.yaml:2:65: featureStore.groups.g.features[1]: got patient, which is the entity of the group. Remove it: the entity's column is there anyway",
    "local.yaml:2:74: featureStore.groups.g.features[2]: age stands here again",
  ]);
});

test.each(["sandbox", "development"])("an archive is not locked in tier %s, because that cannot be undone", (tier) => {
  expect(onGcp(`tier: ${tier}\nmonitoring: { archive: { locked: true } }`)).toEqual([
    `a.yaml:4:34: monitoring.archive.locked: got true in tier ${tier}, wanted false: a locked archive cannot be unlocked, shortened or deleted before its time is over, not even with the environment. Write false, or tier: staging or production`,
  ]);
  expect(() => onGcp("tier: staging\nmonitoring: { archive: { locked: true } }")).toThrow("accepted");
});

test("a key of a service account in the configuration is refused and not shown", () => {
  const key = '"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----\\n"';
  const found = onGcp(`labels: { "type": "service_account", ${key} }`);
  expect(found.some((line) => /labels\.private_key: looks like a private key; its value is not shown/.test(line))).toBe(
    true,
  );
  expect(found.join()).not.toContain("MIIE");
});
