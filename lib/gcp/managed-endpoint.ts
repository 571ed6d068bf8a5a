import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServable } from "../core/google-serving-limits";
import { handOver } from "../core/outputs";
import { releaseOwned } from "../core/release-owned";
import { Construct, Fn } from "../framework";
import { BigqueryDataset, ComputeAddress, VertexAiEndpoint } from "./bindings";
import { GcpHost } from "./dns";
import type { GcpEstate } from "./estate";
import { endpointNumber } from "./parts/served-metrics";
import { GcpServingSettings } from "./serving-settings";

const DAY_MS = 86_400_000;

/**
 * Production on Vertex AI. Private endpoints are reached through Private Service Connect: the address and its name stand
 * here, the forwarding rule between the address and the endpoint is made by the first release, because Vertex AI names
 * what it points to only when a model is deployed.
 * https://cloud.google.com/vertex-ai/docs/predictions/private-service-connect
 */
export class GcpManagedEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ModelEndpointProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    requireServable(props);
    const { logging, expose, auth } = props;
    new GcpServingSettings(this, "Settings", { place: "production", logging }, estate);
    const number = endpointNumber(estate);
    const endpoint = new VertexAiEndpoint(this, "Endpoint", {
      name: number,
      displayName: estate.name("vertexEndpoint", "serving"),
      description: "What clients of production call",
      location: estate.settings.region,
      region: estate.settings.region,
      labels: estate.labels(this),
      ...this.encryption(),
      ...this.logging(),
      ...(expose === "public"
        ? { dedicatedEndpointEnabled: true }
        : {
            privateServiceConnectConfig: {
              enablePrivateServiceConnect: true,
              projectAllowlist: [estate.settings.project],
              enableSecurePrivateServiceConnect: auth === "iam",
            },
          }),
      lifecycle: { ignoreChanges: releaseOwned("google_vertex_ai_endpoint") },
    });
    const base = expose === "public" ? this.publicBase(endpoint, number) : this.privateBase(number);
    this.uri = `${base}/v1/${estate.location}/endpoints/${number}:predict`;
  }

  private encryption() {
    const kmsKeyName = this.estate.key("ml");
    return kmsKeyName === undefined ? {} : { encryptionSpec: { kmsKeyName } };
  }

  /**
   * Vertex AI logs whole requests. Where inputs must be left out, it logs none, and the scoring app's own log is all
   * there is, as on every other target.
   */
  private logging() {
    const { sample, retentionDays, redact } = this.props.logging;
    if (redact.length > 0 || sample === 0) return {};
    const { project, region, production } = this.estate.settings;
    const key = this.estate.key("storage");
    const dataset = new BigqueryDataset(this, "Requests", {
      datasetId: this.estate.name("dataset", "requests"),
      friendlyName: "Requests and predictions",
      description: "A sample of what clients asked the production endpoint, and of its answers",
      location: region,
      defaultPartitionExpirationMs: retentionDays * DAY_MS,
      maxTimeTravelHours: "168",
      deleteContentsOnDestroy: !production,
      labels: this.estate.labels(this),
      ...(key === undefined ? {} : { defaultEncryptionConfiguration: { kmsKeyName: key } }),
    });
    return {
      predictRequestResponseLoggingConfig: {
        enabled: true,
        samplingRate: sample,
        bigqueryDestination: { outputUri: `bq://${project}.${dataset.datasetId}` },
      },
    };
  }

  private publicBase(endpoint: VertexAiEndpoint, number: string): string {
    const { region, projectNumber } = this.estate.settings;
    return `https://${handOver(this, {
      key: "servingEndpointHost",
      // With or without the scheme: the documents of the service and of the provider differ.
      value: Fn.trimprefix(endpoint.dedicatedEndpointDns, "https://"),
      example: `${number}.${region}-${projectNumber}.prediction.vertexai.goog`,
      description: "Host name that Vertex AI gave the production endpoint",
    })}`;
  }

  private privateBase(number: string): string {
    const { region, projectNumber } = this.estate.settings;
    const host = `${number}-${region}-${projectNumber}.prediction.p.vertexai.goog`;
    const { address } = new ComputeAddress(this, "Address", {
      name: this.estate.name("address", "serving"),
      description: "What clients of production call",
      region,
      addressType: "INTERNAL",
      purpose: "GCE_ENDPOINT",
      subnetwork: this.estate.subnet("endpoints"),
      labels: this.estate.labels(this),
    });
    new GcpHost(this, "Host", { host, address, visibility: "private", role: "serving" }, this.estate);
    return `https://${host}`;
  }
}
