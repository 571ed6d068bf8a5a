/** Bodies of Azure ML's managed online endpoints. Does not load the engine. */

/** What clients of a model call. */
export interface OnlineEndpointBody {
  readonly properties: {
    readonly authMode: "AADToken";
    readonly publicNetworkAccess: "Enabled" | "Disabled";
    readonly description: string;
  };
}

/** An endpoint that takes Entra tokens only. Traffic is moved by releases, so it is never part of the body. */
export function onlineEndpointBody(description: string, expose: "internal" | "public"): OnlineEndpointBody {
  const publicNetworkAccess = expose === "public" ? "Enabled" : "Disabled";
  return { properties: { authMode: "AADToken", publicNetworkAccess, description } };
}

/** A question that is asked of a container again and again. Times are ISO 8601. */
export interface Probe {
  readonly initialDelay: string;
  readonly period: string;
  readonly timeout: string;
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

/** Part of the requests or answers that is kept. */
export interface Collected {
  readonly dataCollectionMode: "Enabled";
  /** Share, 0 to 1. */
  readonly samplingRate: number;
}

/** A version of a model behind an endpoint. */
export interface OnlineDeploymentBody {
  readonly sku: { readonly name: "Default"; readonly capacity: number };
  readonly properties: {
    readonly endpointComputeType: "Managed";
    readonly instanceType: string;
    /** Id of an environment's version. */
    readonly environmentId: string;
    readonly environmentVariables: Readonly<Record<string, string>>;
    /** Id of a model's version. @default - the image fetches its model */
    readonly model?: string;
    readonly appInsightsEnabled: boolean;
    /** Only in workspaces without a managed network, which decides it otherwise. @default - the workspace's */
    readonly egressPublicNetworkAccess?: "Enabled" | "Disabled";
    readonly livenessProbe: Probe;
    readonly readinessProbe: Probe;
    readonly requestSettings: { readonly requestTimeout: string; readonly maxConcurrentRequestsPerInstance: number };
    readonly scaleSettings: { readonly scaleType: "Default" };
    /** https://learn.microsoft.com/en-us/azure/machine-learning/concept-data-collection. @default - nothing is collected */
    readonly dataCollector?: {
      readonly collections: Readonly<Record<"model_inputs" | "model_outputs", Collected>>;
      readonly rollingRate: "Hour";
    };
  };
}

/** What differs from one deployment to the next. */
export interface OnlineDeployment {
  readonly instanceType: string;
  readonly instances: number;
  readonly environment: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly model?: string;
  /** Share of requests that Azure ML collects for its monitors, 0 to 1. @default 0 */
  readonly collect?: number;
}

/** The server is up in seconds and says so within two. */
const PROBE: Probe = {
  initialDelay: "PT10S",
  period: "PT10S",
  timeout: "PT2S",
  failureThreshold: 30,
  successThreshold: 1,
};

/** A deployment in the words of the API. Instances are a first value: autoscaling and releases own them afterwards. */
export function onlineDeploymentBody(deployment: OnlineDeployment): OnlineDeploymentBody {
  const { instanceType, instances, environment, variables, model, collect = 0 } = deployment;
  const collected: Collected = { dataCollectionMode: "Enabled", samplingRate: collect };
  return {
    sku: { name: "Default", capacity: instances },
    properties: {
      endpointComputeType: "Managed",
      instanceType,
      environmentId: environment,
      environmentVariables: variables,
      model,
      appInsightsEnabled: true,
      livenessProbe: PROBE,
      readinessProbe: PROBE,
      requestSettings: { requestTimeout: "PT5S", maxConcurrentRequestsPerInstance: 40 },
      scaleSettings: { scaleType: "Default" },
      ...(collect > 0
        ? {
            dataCollector: {
              collections: { model_inputs: collected, model_outputs: collected },
              rollingRate: "Hour" as const,
            },
          }
        : {}),
    },
  };
}
