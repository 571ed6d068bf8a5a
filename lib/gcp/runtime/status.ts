/** What stands in the project for an environment: found by its labels, told in no cloud's words. */
import type { PartStatus } from "../../contracts/operator";
import { type Json, object, objects, text } from "../../core/json";
import { labelValue } from "../../core/labels";
import type { GcpContext } from "./context";

type State = PartStatus["state"];

/** One kind of resource: where its list is, and how a row reads. */
interface Kind {
  readonly kind: string;
  readonly list: (context: GcpContext) => Promise<readonly Json[]>;
  readonly labels: (row: Json) => Json;
  readonly read: (row: Json) => Pick<PartStatus, "part" | "state"> & Partial<PartStatus>;
}

const short = (value: unknown) => text(value).split("/").at(-1) ?? "";
const orNull = (value: unknown) => text(value) || null;
const stateOf = (table: Readonly<Record<string, State>>, value: unknown): State => table[text(value)] ?? "starting";

/** https://cloud.google.com/run/docs/reference/rest/v2/Condition */
const RUN: Readonly<Record<string, State>> = { CONDITION_SUCCEEDED: "running", CONDITION_FAILED: "failed" };
/** https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/instances#SqlInstanceState */
const SQL: Readonly<Record<string, State>> = {
  RUNNABLE: "running",
  SUSPENDED: "stopped",
  STOPPED: "stopped",
  FAILED: "failed",
};
/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#status */
const GKE: Readonly<Record<string, State>> = {
  RUNNING: "running",
  RECONCILING: "running",
  STOPPING: "stopped",
  ERROR: "failed",
  DEGRADED: "failed",
};

const KINDS: readonly Kind[] = [
  {
    kind: "cluster",
    list: ({ client, settings }) =>
      client.list("container", `projects/${settings.project}/locations/-/clusters`, "clusters"),
    labels: ({ resourceLabels }) => object(resourceLabels) ?? {},
    read: (row) => ({
      part: text(row.name),
      state: stateOf(GKE, row.status),
      address: orNull(object(object(row.controlPlaneEndpointsConfig)?.dnsEndpointConfig)?.endpoint ?? row.endpoint),
      version: orNull(row.currentMasterVersion),
      since: orNull(row.createTime),
      detail: orNull(row.statusMessage),
    }),
  },
  {
    kind: "database",
    list: ({ client, settings }) => client.list("sql", `projects/${settings.project}/instances`, "items"),
    labels: ({ settings }) => object(object(settings)?.userLabels) ?? {},
    read: (row) => ({
      part: text(row.name),
      state: text(object(row.settings)?.activationPolicy) === "NEVER" ? "stopped" : stateOf(SQL, row.state),
      address: orNull(row.connectionName),
      version: orNull(row.databaseVersion),
      since: orNull(row.createTime),
    }),
  },
  {
    kind: "service",
    list: ({ client, settings }) =>
      client.list("run", `projects/${settings.project}/locations/${settings.region}/services`, "services"),
    labels: ({ labels }) => object(labels) ?? {},
    read: (row) => {
      const condition = object(row.terminalCondition) ?? {};
      return {
        part: short(row.name),
        state: stateOf(RUN, condition.state),
        address: orNull(row.uri),
        version: short(row.latestReadyRevision) || null,
        since: orNull(condition.lastTransitionTime),
        detail: orNull(condition.message),
      };
    },
  },
  {
    kind: "endpoint",
    list: ({ client, settings }) =>
      client.list("vertex", `projects/${settings.project}/locations/${settings.region}/endpoints`, "endpoints"),
    labels: ({ labels }) => object(labels) ?? {},
    read: (row) => {
      const models = objects(row.deployedModels);
      return {
        part: text(row.displayName) || short(row.name),
        state: models.length > 0 ? "running" : "stopped",
        address: orNull(row.name),
        version: models.map(({ displayName, id }) => text(displayName) || text(id)).join(", ") || null,
        since: orNull(row.createTime),
        detail: models.length > 0 ? null : "no model is deployed to it: a release does that",
      };
    },
  },
];

/** Every part that carries the environment's label, by layer and name. */
export async function estateStatus(context: GcpContext): Promise<readonly PartStatus[]> {
  const wanted = labelValue("gcp", context.settings.environment);
  const lists = await Promise.all(
    KINDS.map(async ({ list, labels, read }) => {
      const rows = await list(context);
      return rows.flatMap((row) => {
        const { environment, layer } = labels(row);
        return environment === wanted ? [complete(read(row), text(layer))] : [];
      });
    }),
  );
  return lists.flat().sort((a, b) => (a.layer + a.part < b.layer + b.part ? -1 : 1));
}

function complete(row: ReturnType<Kind["read"]>, layer: string): PartStatus {
  const healthy = row.state === "running";
  return {
    layer,
    healthy,
    address: null,
    version: null,
    since: null,
    restarts: 0,
    lastExit: null,
    detail: null,
    ...row,
  };
}
