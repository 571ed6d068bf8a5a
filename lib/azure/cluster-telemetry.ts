import { Construct } from "../framework";
import {
  MonitorDataCollectionEndpoint,
  MonitorDataCollectionRule,
  MonitorDataCollectionRuleAssociation,
  MonitorWorkspace,
} from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { AzureMonitorLink } from "./monitor-link";

/** What the control plane writes down. https://learn.microsoft.com/en-us/azure/aks/monitor-aks-reference#resource-logs */
const CONTROL_PLANE_LOGS = [
  "kube-audit-admin",
  "guard",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "cluster-autoscaler",
] as const;

/**
 * What containers write, and what happens to them. Figures go to Prometheus instead, which is a tenth of the price.
 * https://learn.microsoft.com/en-us/azure/azure-monitor/containers/container-insights-data-collection-configure
 */
const STREAMS = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory"];
/** Namespaces whose containers' lines are left out: the cluster's own parts, which the control plane's logs cover. */
const UNREAD = ["kube-system", "gatekeeper-system"];

/** What is watched. */
export interface ClusterTelemetryProps {
  /** Id of the cluster, whose add-ons for logs and figures are on. */
  readonly cluster: string;
  /** Whether the cluster is the environment's own: only then what it has done is logged here. @default true */
  readonly own?: boolean;
}

/** Where a cluster's logs and figures go, and that they do: the add-ons alone send nothing. */
export class AzureClusterTelemetry extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterTelemetryProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { production: linked } = estate.settings;
    const metrics = new MonitorWorkspace(this, "Metrics", {
      name: estate.name("metricsWorkspace", "ml"),
      ...estate.placed(this),
      publicNetworkAccessEnabled: !linked,
    });
    const endpoint = new MonitorDataCollectionEndpoint(this, "Endpoint", {
      name: estate.name("collectionEndpoint", "cluster"),
      ...estate.placed(this),
      kind: "Linux",
      description: "Where the cluster's agents send what they collect",
      publicNetworkAccessEnabled: !linked,
    });
    this.logs(endpoint.id);
    this.figures(endpoint.id, metrics.id);
    if (linked) {
      new AzureMonitorLink(this, "Link", { endpoint: endpoint.id, metrics: metrics.id }, estate);
      new MonitorDataCollectionRuleAssociation(this, "Configuration", {
        // The name that the service wants for an endpoint.
        name: "configurationAccessEndpoint",
        targetResourceId: props.cluster,
        dataCollectionEndpointId: endpoint.id,
      });
    }
    if (props.own === false) return;
    sendLogs(this, "ControlPlane", { of: props.cluster, logs: CONTROL_PLANE_LOGS, ownTables: true }, estate);
  }

  private logs(endpoint: string): void {
    const { estate } = this;
    const rule = new MonitorDataCollectionRule(this, "Logs", {
      name: estate.name("collectionRule", "logs"),
      ...estate.placed(this),
      kind: "Linux",
      dataCollectionEndpointId: endpoint,
      destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: estate.logs }] },
      dataFlow: [{ streams: STREAMS, destinations: ["logs"] }],
      dataSources: {
        extension: [
          {
            name: "ContainerInsightsExtension",
            extensionName: "ContainerInsights",
            streams: STREAMS,
            extensionJson: JSON.stringify({
              dataCollectionSettings: {
                enableContainerLogV2: true,
                interval: "1m",
                namespaceFilteringMode: "Exclude",
                namespaces: UNREAD,
              },
            }),
          },
        ],
      },
    });
    this.associate("LogsOfCluster", ["ContainerInsightsExtension", "logs"], rule.id);
  }

  private figures(endpoint: string, workspace: string): void {
    const { estate } = this;
    const streams = ["Microsoft-PrometheusMetrics"];
    const rule = new MonitorDataCollectionRule(this, "Figures", {
      name: estate.name("collectionRule", "figures"),
      ...estate.placed(this),
      kind: "Linux",
      dataCollectionEndpointId: endpoint,
      destinations: { monitorAccount: [{ name: "metrics", monitorAccountId: workspace }] },
      dataFlow: [{ streams, destinations: ["metrics"] }],
      dataSources: { prometheusForwarder: [{ name: "PrometheusDataSource", streams }] },
    });
    this.associate("FiguresOfCluster", ["ContainerInsightsMetricsExtension", "figures"], rule.id);
  }

  /** On a cluster that somebody else has, the usual name is taken: its own logs go by it. */
  private associate(id: string, [usual, role]: readonly [string, string], dataCollectionRuleId: string): void {
    const { cluster, own = true } = this.props;
    new MonitorDataCollectionRuleAssociation(this, id, {
      name: own ? usual : this.estate.name("collectionRule", role),
      targetResourceId: cluster,
      dataCollectionRuleId,
    });
  }
}
