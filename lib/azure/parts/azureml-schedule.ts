/** Bodies of Azure ML's schedules: what runs a pipeline at set times, and what watches a model. Does not load the engine. */

/** When a schedule is due. */
export interface CronTrigger {
  readonly triggerType: "Cron";
  /** Five fields. */
  readonly expression: string;
  /** Name of a Windows time zone, https://learn.microsoft.com/en-us/azure/machine-learning/how-to-schedule-pipeline-job#time-zones. */
  readonly timeZone: string;
}

/** Starts a pipeline. */
export interface CreateJobAction {
  readonly actionType: "CreateJob";
  readonly jobDefinition: {
    readonly jobType: "Pipeline";
    readonly experimentName: string;
    readonly settings: { readonly default_compute: string };
    readonly jobs: Readonly<
      Record<
        string,
        {
          readonly name: string;
          readonly type: "pipeline";
          readonly componentId: string;
          readonly inputs: Readonly<Record<string, { readonly value: string; readonly job_input_type: "literal" }>>;
        }
      >
    >;
  };
}

/** A schedule of either kind. */
export interface ScheduleBody<Action extends object> {
  readonly properties: {
    readonly displayName: string;
    readonly description: string;
    readonly isEnabled: true;
    readonly trigger: CronTrigger;
    readonly action: Action;
  };
}

/** What is due, and when. */
export interface Due {
  readonly displayName: string;
  readonly description: string;
  readonly expression: string;
  readonly timeZone: string;
}

function scheduled<Action extends object>(
  { displayName, description, expression, timeZone }: Due,
  action: Action,
): ScheduleBody<Action> {
  const trigger = { triggerType: "Cron", expression, timeZone } as const;
  return { properties: { displayName, description, isEnabled: true, trigger, action } };
}

/** The pipeline that a schedule runs. */
export interface ScheduledPipeline {
  readonly project: string;
  /** Id of the pipeline component's version: the one that the project's batch endpoint answers with. */
  readonly component: string;
  /** Name of the compute that its steps run on, `serverless` among them. */
  readonly compute: string;
  /** Inputs that are not the component's defaults, as text. @default - none */
  readonly inputs?: Readonly<Record<string, string>>;
}

/**
 * A schedule that runs the pipeline which is published behind the project's endpoint. It names the component and not the endpoint: of
 * the action `InvokeBatchEndpoint` the API says nothing but that there is one (its definition is documented as "TBD", and no library
 * of Microsoft's can write it).
 */
export function pipelineScheduleBody(
  due: Due,
  { project, component, compute, inputs = {} }: ScheduledPipeline,
): ScheduleBody<CreateJobAction> {
  const literals = Object.entries(inputs).map(([name, value]) => [name, { value, job_input_type: "literal" as const }]);
  return scheduled(due, {
    actionType: "CreateJob",
    jobDefinition: {
      jobType: "Pipeline",
      experimentName: project,
      settings: { default_compute: compute },
      jobs: {
        run: { name: "run", type: "pipeline", componentId: component, inputs: Object.fromEntries(literals) },
      },
    },
  });
}

/** Where a monitor reads. */
export interface MonitorInput {
  readonly jobInputType: "uri_folder" | "mltable" | "uri_file";
  /** `azureml:NAME:VERSION` of a data asset. */
  readonly uri: string;
  readonly dataContext: "model_inputs" | "model_outputs" | "training";
}

/** What was served lately. */
export interface RollingInput extends MonitorInput {
  readonly inputDataType: "Rolling";
  /** ISO 8601: `P7D`. */
  readonly windowSize: string;
  readonly windowOffset: string;
  /** Id of a component that reads what the endpoint collected. @default - the data is a table as it is */
  readonly preprocessingComponentId?: string;
}

/** What a distance is measured by, and how far is too far. */
export interface DriftThreshold {
  readonly dataType: "Numerical" | "Categorical";
  readonly metric: "PopulationStabilityIndex" | "JensenShannonDistance";
  readonly threshold: { readonly value: number };
}

/** Distance between what was trained on and what is served. */
export interface DataDriftSignal {
  readonly signalType: "DataDrift";
  readonly notificationTypes: readonly ["AmlNotification"];
  readonly productionData: RollingInput;
  readonly referenceData: MonitorInput & { readonly inputDataType: "Fixed" };
  readonly features: { readonly filterType: "AllFeatures" };
  readonly metricThresholds: readonly DriftThreshold[];
}

/** Watches a model, https://learn.microsoft.com/en-us/azure/machine-learning/how-to-monitor-model-performance. */
export interface CreateMonitorAction {
  readonly actionType: "CreateMonitor";
  readonly monitorDefinition: {
    readonly computeConfiguration: {
      readonly computeType: "ServerlessSpark";
      readonly instanceType: string;
      readonly runtimeVersion: string;
      readonly computeIdentity: { readonly computeIdentityType: "AmlToken" };
    };
    readonly monitoringTarget: {
      readonly taskType: "Classification" | "Regression";
      /** `azureml:` and the id of an online deployment. */
      readonly deploymentId: string;
    };
    readonly signals: Readonly<Record<string, DataDriftSignal>>;
    readonly alertNotificationSettings: { readonly emailNotificationSettings: { readonly emails: readonly string[] } };
  };
}

/** Machines of a monitor's Spark job: the smallest there is. https://learn.microsoft.com/en-us/azure/machine-learning/apache-spark-azure-ml-concepts */
export const SPARK = { instanceType: "standard_e4s_v3", runtimeVersion: "3.4" } as const;

/** What a monitor watches, and who is told. */
export interface WatchedModel {
  /** Id of the online deployment. */
  readonly deployment: string;
  readonly task: "Classification" | "Regression";
  /** Data asset of the collected inputs, and the component that reads them. */
  readonly served: { readonly asset: string; readonly preprocessing?: string };
  /** Data asset of the training data, an mltable. */
  readonly trainedOn: string;
  /** Distance above which something has to be done. */
  readonly threshold: number;
  /** Days that are looked at together. */
  readonly windowDays: number;
  readonly emails: readonly string[];
}

/**
 * A schedule that measures drift by the population stability index. When a run of it finds too much, its status changes with a tag
 * that Event Grid sees (`azureml_modelmonitor_threshold_breached`).
 */
export function monitorScheduleBody(due: Due, watched: WatchedModel): ScheduleBody<CreateMonitorAction> {
  const { deployment, task, served, trainedOn, threshold, windowDays, emails } = watched;
  const distances = (["Numerical", "Categorical"] as const).map((dataType) => ({
    dataType,
    metric: "PopulationStabilityIndex" as const,
    threshold: { value: threshold },
  }));
  return scheduled(due, {
    actionType: "CreateMonitor",
    monitorDefinition: {
      computeConfiguration: {
        computeType: "ServerlessSpark",
        ...SPARK,
        computeIdentity: { computeIdentityType: "AmlToken" },
      },
      monitoringTarget: { taskType: task, deploymentId: `azureml:${deployment}` },
      signals: {
        drift: {
          signalType: "DataDrift",
          notificationTypes: ["AmlNotification"],
          productionData: {
            inputDataType: "Rolling",
            jobInputType: "uri_folder",
            uri: served.asset,
            dataContext: "model_inputs",
            windowSize: `P${windowDays}D`,
            windowOffset: "P0D",
            preprocessingComponentId: served.preprocessing,
          },
          referenceData: {
            inputDataType: "Fixed",
            jobInputType: "mltable",
            uri: trainedOn,
            dataContext: "training",
          },
          features: { filterType: "AllFeatures" },
          metricThresholds: distances,
        },
      },
      alertNotificationSettings: { emailNotificationSettings: { emails } },
    },
  });
}
