/** Who on the internet reaches what the cluster serves. */
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { DEVELOPMENT, onAzure, PRODUCTION, resources } from "./support";

const network = (settings: AzureSettings) =>
  onAzure(
    ({ platform, layer }) => void platform.network(layer("network"), "Network", { cidr: "10.20.0.0/16" }),
    settings,
  ).network;

describe("clients on the internet", () => {
  const doors = (settings: AzureSettings) =>
    resources(network(settings), "azurerm_network_security_group").flatMap(({ name, security_rule }) =>
      (security_rule as Record<string, unknown>[])
        .filter(({ direction, source_address_prefix: from }) => direction === "Inbound" && from === "Internet")
        .map(({ destination_port_ranges: ports }) => ({ name, ports })),
    );

  it("reach nothing", () => {
    expect(doors(DEVELOPMENT)).toEqual([]);
  });

  it("reach what the cluster serves, where it serves to everybody, by its ports alone", () => {
    expect(doors({ ...DEVELOPMENT, publicServing: true })).toEqual([
      { name: expect.stringContaining("nodes"), ports: ["80", "443"] },
    ]);
  });

  it("need a waiver in production", () => {
    const stacks = () =>
      onAzure(
        ({ platform, layer }) => void platform.network(layer("network"), "Network", { cidr: "10.20.0.0/16" }),
        { ...PRODUCTION, publicServing: true },
        { production: true },
      );
    expect(stacks).toThrow(/nsg-serves-inside: .*serving\.production\.expose: internal/);
  });
});
