import { BASE, load, onGcp, problems, removeFolders, wrong } from "./workspace";

afterEach(removeFolders);

describe("what a cloud cannot do", () => {
  test("is refused in the environment's own file, with what works", () => {
    expect(
      wrong(
        "orchestrator: kubeflow\nserving: { production: { target: kubernetes } }\nmetadata: { highAvailability: true }",
      ),
    ).toEqual([
      "local.yaml:2:15: orchestrator: cloud local cannot do kubeflow: pipelines run by kfp's local runner. Write managed, or remove it",
      "local.yaml:3:34: serving.production.target: cloud local cannot do kubernetes: production is two processes behind the gateway. Write process, or remove it",
      "local.yaml:4:31: metadata.highAvailability: cloud local cannot do true: there is one machine. Write false, or remove it",
    ]);
    expect(onGcp("serving: { qa: { target: process } }")).toEqual([
      "a.yaml:3:26: serving.qa.target: cloud gcp cannot do process: processes are for cloud: local. Write container, or remove it",
    ]);
    expect(
      problems({ "a.yaml": "cloud: kubernetes\nclouds: { kubernetes: { context: kind } }\norchestrator: managed\n" }),
    ).toEqual([
      "a.yaml:3:15: orchestrator: cloud kubernetes cannot do managed: a cluster brings no managed orchestrator. Write kubeflow, or remove it",
    ]);
  });

  test("is replaced and listed where base.yaml asks for it", () => {
    const base = `${BASE}orchestrator: kubeflow\nserving: { production: { host: predict.acme.example } }\nbudget: { monthly: 1, currency: USD }\n`;
    const environment = load({ "base.yaml": base });
    expect(environment.orchestrator).toBe("managed");
    expect(environment.serving.production).toMatchObject({ target: "process", auth: "none" });
    expect(environment.serving.production.host).toBeUndefined();
    expect(environment.budget).toBeUndefined();
    expect(environment.substitutions.map(({ path }) => path)).toEqual([
      "orchestrator",
      "serving.qa.target",
      "serving.production.target",
      "serving.production.auth",
      "serving.production.host",
      "budget",
    ]);
  });
});
