/** QA on Azure, and what each way of serving cannot do there. */
import { azureServingProblems } from "../../lib/core/azure-serving-limits";
import { LOGGING, NAMES, production, qa, type WISHES, type Wish, wish } from "./serving-support";
import { DEVELOPMENT, only, PRODUCTION, resources } from "./support";

interface App {
  readonly template: { readonly container: readonly { readonly env: readonly { name: string; value?: string }[] }[] };
}

describe("QA", () => {
  test("is a container app that is nothing while nobody asks, unless told otherwise", () => {
    const { stack, uri } = qa();
    expect(only(stack, "azurerm_container_app")).toMatchObject({
      name: "acme-test-qa",
      template: {
        min_replicas: 0,
        max_replicas: 2,
        container: [{ image: NAMES.image("serving"), cpu: 0.5, memory: "1Gi" }],
      },
    });
    expect(uri).toMatch(/^https:\/\/\$\{azurerm_container_app\..*\.ingress\[0\]\.fqdn\}$/);
    expect(only(qa("container").stack, "azurerm_container_app")).toEqual(only(stack, "azurerm_container_app"));
  });

  test("serves what a release puts there: image, model and traffic are left alone, everything else is not", () => {
    const app = only(qa().stack, "azurerm_container_app");
    expect(app).toMatchObject({
      revision_mode: "Multiple",
      lifecycle: {
        ignore_changes: [
          "template[0].container[0].image",
          "template[0].container[0].env[0].value",
          "ingress[0].traffic_weight",
        ],
      },
    });
    const [container] = (app as unknown as App).template.container;
    expect(container?.env[0]).toEqual({ name: "SERVING_MODEL", value: "" });
  });

  test("is told how predictions are logged as text, and where to", () => {
    const logging = { sample: 0.1, retentionDays: 7, redact: ["age"] };
    const [container] = (only(qa("container", PRODUCTION, logging).stack, "azurerm_container_app") as unknown as App)
      .template.container;
    const env = Object.fromEntries(container?.env.map(({ name, value }) => [name, value]) ?? []);
    expect(JSON.parse(env.SERVING_SETTINGS ?? "")).toEqual({ logging });
    expect(env).toMatchObject({
      SERVING_SLOT: "qa",
      SERVING_LOGS: NAMES.containerUri("prediction-logs"),
      AZURE_CLIENT_ID: expect.stringContaining(".client_id}"),
    });
  });

  test("waits for its identity's right to pull the image", () => {
    const { stack } = qa();
    expect(only(stack, "azurerm_role_assignment")).toMatchObject({ scope: NAMES.registryId });
    expect(only(stack, "azurerm_container_app").depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^azurerm_user_assigned_identity\./),
        expect.stringMatching(/^azurerm_role_assignment\./),
      ]),
    );
  });

  test("is one container that always runs where that is asked for, inside the network, with identity, limits and probes", () => {
    const { stack, uri } = qa("instance");
    const identity = NAMES.identity("serving");
    expect(only(stack, "azurerm_container_group")).toMatchObject({
      ip_address_type: "Private",
      subnet_ids: [NAMES.subnet("containers")],
      dns_config: { nameservers: ["168.63.129.16"] },
      identity: { type: "UserAssigned", identity_ids: [identity] },
      image_registry_credential: [{ server: NAMES.imagePrefix, user_assigned_identity_id: identity }],
      container: [
        {
          image: NAMES.image("serving"),
          cpu_limit: 0.5,
          memory_limit: 1,
          liveness_probe: { http_get: [{ path: "/healthz", port: 8080 }] },
          readiness_probe: { http_get: [{ path: "/healthz", port: 8080 }] },
        },
      ],
      lifecycle: { ignore_changes: ["container[0].image", "container[0].secure_environment_variables"] },
    });
    expect(JSON.stringify(stack)).not.toContain('"environment_variables"');
    expect(JSON.stringify(stack)).not.toContain('"password"');
    expect(resources(stack, "azurerm_container_app")).toEqual([]);
    expect(uri).toMatch(/^http:\/\/\$\{azurerm_container_group\..*\.ip_address\}:8080$/);
  });

  test("cannot be such a container in a network without a way out", () => {
    expect(() => qa("instance", { ...DEVELOPMENT, internet: false })).toThrow(
      "Container Instances inside a network reach out by a NAT gateway only",
    );
    expect(() => qa("container", { ...DEVELOPMENT, internet: false })).not.toThrow();
  });
});

describe("what cannot be done is refused by name", () => {
  const refused: readonly [Partial<Wish> & { readonly target: keyof typeof WISHES }, string, RegExp][] = [
    [{ target: "kubernetes", expose: "public", host: undefined }, "host", /certificate/],
    [{ target: "managed", auth: "oidc" }, "auth", /tokens of Entra only/],
    [{ target: "managed", auth: "none" }, "auth", /tokens of Entra only/],
    [{ target: "managed", host: "a.example" }, "host", /own name only/],
    [{ target: "serverless", expose: "public" }, "expose", /no public address/],
    [{ target: "serverless", auth: "iam" }, "auth", /registers in Entra/],
    [{ target: "serverless", host: "a.example" }, "host", /certificate/],
    [{ target: "serverless", class: "cpu-medium" }, "class", /at most 4 processors with 8 GiB/],
    [{ target: "serverless", class: "gpu-t4" }, "class", /without a GPU/],
    [{ target: "instance", expose: "public" }, "expose", /no public address/],
    [{ target: "instance", auth: "iam" }, "auth", /nothing on a single machine asks/],
    [{ target: "instance", replicas: { min: 1, max: 2 } }, "replicas", /one replica/],
    [{ target: "instance", class: "gpu-t4" }, "class", /processors only/],
  ];

  test.each(refused)("%j", ({ target, ...changes }, key, message) => {
    const given = wish(target, changes);
    const [problem, ...more] = azureServingProblems(given);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ where: `serving.production.${key}`, message: expect.stringMatching(message) });
    expect(problem?.fix).toMatch(/^(Use|Give|Leave)/);
    expect(() => production(given)).toThrow(message);
  });

  test.each(["kubernetes", "managed", "serverless", "instance"] as const)(
    "%s can do what it is there for",
    (target) => {
      expect(azureServingProblems(wish(target))).toEqual([]);
      expect(() => production(wish(target), PRODUCTION, LOGGING)).not.toThrow();
    },
  );

  test("a machine in a network without a way out, which it needs for its container runtime", () => {
    expect(() => production(wish("instance"), { ...DEVELOPMENT, internet: false })).toThrow(/Ubuntu's archive/);
  });
});
