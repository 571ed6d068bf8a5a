/** The queue of retrain events on Azure. */
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

describe("the queue of retrain events", () => {
  const events = (settings: AzureSettings = PRODUCTION) => {
    let reference = "";
    const stacks = onAzure(({ platform, layer }) => {
      const topic = platform.eventTopic(layer("data"), "Retrain");
      topic.grants.publish(platform.workloadIdentity(layer("serving"), "Pipelines", { workload: "pipelines" }));
      reference = topic.reference;
    }, settings);
    return { data: stacks.data, serving: stacks.serving, reference };
  };
  const namespaceOf = (settings?: AzureSettings) => only(events(settings).data, "azurerm_servicebus_namespace");

  it("drops what it has seen within a day, and keeps what could not be delivered or waited a week", () => {
    expect(only(events().data, "azurerm_servicebus_queue")).toMatchObject({
      name: "retrain",
      requires_duplicate_detection: true,
      duplicate_detection_history_time_window: "P1D",
      default_message_ttl: "P7D",
      dead_lettering_on_message_expiration: true,
      max_delivery_count: 10,
      lock_duration: "PT5M",
    });
  });

  it.each([
    ["production", PRODUCTION],
    ["development", DEVELOPMENT],
  ])("takes no keys in %s", (_, settings) => {
    expect(namespaceOf(settings)).toMatchObject({ local_auth_enabled: false, minimum_tls_version: "1.2" });
  });

  it("is in production reached in the network and by Azure's own services only, and encrypted by the environment's key", () => {
    const { data } = events();
    expect(only(data, "azurerm_servicebus_namespace")).toMatchObject({
      sku: "Premium",
      capacity: 1,
      premium_messaging_partitions: 1,
      public_network_access_enabled: false,
      network_rule_set: { public_network_access_enabled: false, trusted_services_allowed: true },
      customer_managed_key: {
        key_vault_key_id: expect.stringMatching(/\.vault\.azure\.net\/keys\/events$/),
        identity_id: expect.stringMatching(/\/acme-test-encryption$/),
        infrastructure_encryption_enabled: true,
      },
    });
    expect(only(data, "azurerm_private_endpoint")).toMatchObject({
      private_service_connection: { subresource_names: ["namespace"] },
      private_dns_zone_group: {
        private_dns_zone_ids: [expect.stringMatching(/\/privatelink\.servicebus\.windows\.net$/)],
      },
    });
  });

  it("is encrypted by Azure's keys where production has none of its own", () => {
    expect(namespaceOf({ ...PRODUCTION, ownKeys: false })).not.toHaveProperty("customer_managed_key");
  });

  it("costs little elsewhere", () => {
    const { data } = events(DEVELOPMENT);
    expect(only(data, "azurerm_servicebus_namespace")).toMatchObject({
      sku: "Standard",
      public_network_access_enabled: true,
    });
    expect(resources(data, "azurerm_private_endpoint")).toEqual([]);
  });

  it("is written to by whom that is granted to, by a role on it alone", () => {
    const { serving, reference } = events();
    expect(reference).toMatch(/\/providers\/Microsoft\.ServiceBus\/namespaces\/[a-z0-9-]+\/queues\/retrain$/);
    expect(only(serving, "azurerm_role_assignment")).toMatchObject({
      scope: reference,
      role_definition_name: "Azure Service Bus Data Sender",
    });
  });

  it("has its use and its administration logged", () => {
    expect(only(events().data, "azurerm_monitor_diagnostic_setting")).toMatchObject({
      enabled_log: [{ category_group: "allLogs" }],
      log_analytics_workspace_id: expect.stringContaining("Microsoft.OperationalInsights"),
    });
  });
});
