/** The flow of Data Factory that asks for a new model. Does not load the engine. */

/** What the flow starts, and as whom. */
export interface RetrainFlow {
  /** Id of the container apps job that sends the event. */
  readonly job: string;
  /** Its container as the job has it: whoever starts a job with another variable has to say the rest, too. */
  readonly container: {
    readonly name: string;
    readonly image: string;
    readonly args: readonly string[];
    readonly cpu: number;
    readonly memory: string;
    readonly env: readonly { readonly name: string; readonly value: string }[];
  };
  /** Name of the credential in the factory. */
  readonly credential: string;
  readonly project: string;
}

/** https://learn.microsoft.com/en-us/rest/api/resource-manager/containerapps/jobs/start */
const START_API = "2025-01-01";
const MANAGEMENT = "https://management.azure.com/";

/** What a person may give. `parameters`: settings of the run, as JSON. */
const PARAMETERS = { parameters: { type: "String", defaultValue: "{}" } } as const;

/**
 * The event as Data Factory writes it. A step that is tried again has the same run, so an event that is sent twice starts one pipeline.
 * https://learn.microsoft.com/en-us/azure/data-factory/control-flow-expression-language-functions
 */
function event(project: string): string {
  const parts = [
    `'{"project":"${project}","reason":"'`,
    "if(equals(pipeline().TriggerType, 'Manual'), 'manual', 'schedule')",
    `'","parameters":'`,
    "string(json(pipeline().parameters.parameters))",
    `',"dedupeKey":"workflow:'`,
    "pipeline().RunId",
    `'"}'`,
  ];
  return `@concat(${parts.join(", ")})`;
}

/**
 * The flow's one step: it starts the job that sends the event, by Azure's management API. The queue itself is out of a factory's reach where
 * it takes no connections from outside: a factory's network has private endpoints for some services, and Service Bus is none of them
 * (https://learn.microsoft.com/en-us/azure/data-factory/managed-virtual-network-private-endpoint#supported-data-sources-and-services).
 */
function ask({ job, container, credential, project }: RetrainFlow): object {
  const { cpu, memory, env, ...own } = container;
  return {
    name: "ask",
    type: "WebActivity",
    dependsOn: [],
    userProperties: [],
    policy: { timeout: "0.00:10:00", retry: 3, retryIntervalInSeconds: 30, secureInput: false, secureOutput: false },
    typeProperties: {
      method: "POST",
      url: `${MANAGEMENT.slice(0, -1)}${job}/start?api-version=${START_API}`,
      headers: { "Content-Type": "application/json" },
      body: {
        containers: [
          { ...own, resources: { cpu, memory }, env: [...env, { name: "RETRAIN_EVENT", value: event(project) }] },
        ],
      },
      authentication: {
        type: "UserAssignedManagedIdentity",
        resource: MANAGEMENT,
        credential: { referenceName: credential, type: "CredentialReference" },
      },
    },
  };
}

/** The flow, https://learn.microsoft.com/en-us/azure/templates/microsoft.datafactory/factories/pipelines. */
export function retrainFlow(flow: RetrainFlow): object {
  return {
    properties: {
      description: "Asks for a new model",
      annotations: ["mlops"],
      concurrency: 1,
      parameters: PARAMETERS,
      activities: [ask(flow)],
    },
  };
}
