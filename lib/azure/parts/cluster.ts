/** A cluster's upgrades and add-ons, as values. Does not load the engine. */
import type { ClusterProps } from "../../contracts/cluster";
import type { AzureNames } from "./names";

/**
 * AKS has nothing between its newest versions and the one before. A version that is chosen is kept, with its patches.
 * https://learn.microsoft.com/en-us/azure/aks/auto-upgrade-cluster
 */
const CHANNELS = { rapid: "rapid", regular: "stable", stable: "stable" } as const;

/** When Azure may upgrade: a time that is weekend from Los Angeles to Seoul. Nodes have the day after. */
const WINDOW = { frequency: "Weekly", interval: 1, duration: 6, startTime: "08:00", utcOffset: "+00:00" } as const;
const HOURS = [8, 9, 10, 11, 12, 13];

/** Hours between two looks for images that nothing uses and that are vulnerable. */
const CLEAN_IMAGES_HOURS = 168;

/** How new versions come in. */
export function clusterUpgrades({ version, upgrades = "regular" }: ClusterProps) {
  return {
    ...(version === undefined ? {} : { kubernetesVersion: version }),
    automaticUpgradeChannel: version === undefined ? CHANNELS[upgrades] : "patch",
    nodeOsUpgradeChannel: "NodeImage",
    maintenanceWindow: {
      allowed: ["Saturday", "Sunday"].map((day) => ({ day, hours: HOURS })),
    },
    maintenanceWindowAutoUpgrade: { ...WINDOW, dayOfWeek: "Saturday" },
    maintenanceWindowNodeOs: { ...WINDOW, dayOfWeek: "Sunday" },
  };
}

/** What the cluster has besides Kubernetes. */
export function clusterAddOns({ logs, settings }: AzureNames) {
  return {
    azurePolicyEnabled: true,
    httpApplicationRoutingEnabled: false,
    imageCleanerEnabled: true,
    imageCleanerIntervalHours: CLEAN_IMAGES_HOURS,
    keyVaultSecretsProvider: { secretRotationEnabled: true, secretRotationInterval: "2m" },
    omsAgent: { logAnalyticsWorkspaceId: logs, msiAuthForMonitoringEnabled: true },
    // Figures in the form of Prometheus, to the workspace that the telemetry names.
    monitorMetrics: {},
    // Paid by the core; it watches nodes for intruders. https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-containers-introduction
    ...(settings.production ? { microsoftDefender: { logAnalyticsWorkspaceId: logs } } : {}),
    storageProfile: {
      blobDriverEnabled: true,
      diskDriverEnabled: true,
      fileDriverEnabled: false,
      snapshotControllerEnabled: true,
    },
    workloadAutoscalerProfile: { kedaEnabled: false, verticalPodAutoscalerEnabled: true },
    autoScalerProfile: {
      // Spot pools before their twins, by the priorities in the cluster; without those at random.
      expander: "priority",
      balanceSimilarNodeGroups: true,
      // Empty nodes are given back soon.
      scaleDownUnneeded: "5m",
      scaleDownDelayAfterAdd: "5m",
    },
  };
}
