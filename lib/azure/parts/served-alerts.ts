/** What people are told of predictions. Does not load the engine. */
import type { MonitoringProps } from "../../contracts/monitoring";
import { type AlertCondition, type AlertRow, percent, round } from "./alert-row";
import type { AzureNames } from "./names";
import { failedShare, type Served, servedMetrics, slowSeconds } from "./served-metrics";

/** Minutes that shares and percentiles are of. */
const MINUTES = 5;

/**
 * How many times faster than evenly the errors that are allowed are used up: in a month's two days at this rate nothing is
 * left. https://sre.google/workbook/alerting-on-slos/
 */
const FAST_BURN = 14.4;

/** Alerts of whatever serves production. */
export function servedRows(names: AzureNames, props: MonitoringProps): readonly AlertRow[] {
  const served = servedMetrics(names, props.production);
  if (served === undefined) return props.production === "instance" ? [machineRow(names)] : [];
  const { environment } = names.settings;
  const { alerts, availabilityObjective } = props;
  const rollback = `\`mlops release list ${environment}\`, then \`mlops release ${environment} PROJECT --rollback\``;
  const rows: AlertRow[] = [
    {
      id: "ErrorRate",
      title: `Predictions fail (more than ${percent(alerts.maxErrorRate)})`,
      severity: "CRITICAL",
      when: failing(served, MINUTES, alerts.maxErrorRate),
      next: `A release of the last hour is the first suspect: ${rollback}. Otherwise read the model servers' logs.`,
    },
    {
      id: "Latency",
      title: `Predictions are slow (95th percentile above ${alerts.maxP95Ms} ms)`,
      severity: "ERROR",
      when: slow(served, alerts.maxP95Ms),
      next: "Compare with the number of requests and replicas on the dashboard: more load than replicas wants a higher serving.production.replicas.max; the same load is a slower model.",
    },
    {
      id: "FastBurn",
      title: `The errors that ${percent(availabilityObjective)} allow in a month are used up too fast`,
      severity: "CRITICAL",
      when: failing(served, 60, burning(availabilityObjective)),
      next: `Stop releases, and undo the last one if it is of the last hour: ${rollback}.`,
    },
  ];
  return alerts.noTrafficMinutes === 0 ? rows : [...rows, silenceRow(served, alerts.noTrafficMinutes)];
}

function failing(served: Served, minutes: number, share: number): AlertCondition {
  if ("series" in served) return { promql: `${failedShare(served.series, minutes)} > ${share}`, forMinutes: MINUTES };
  const { requests, failed } = served.lines;
  const counted = `summarize requests = count(), failures = countif(${failed})`;
  return { query: `${requests} | ${counted} | where todouble(failures) > requests * ${share}`, minutes };
}

function slow(served: Served, milliseconds: number): AlertCondition {
  if ("series" in served) {
    return { promql: `${slowSeconds(served.series)} > ${round(milliseconds / 1000)}`, forMinutes: MINUTES };
  }
  const { requests, milliseconds: column } = served.lines;
  return {
    query: `${requests} | summarize p95 = percentile(${column}, 95) | where p95 > ${milliseconds}`,
    minutes: MINUTES,
  };
}

function silenceRow(served: Served, minutes: number): AlertRow {
  const when: AlertCondition =
    "series" in served
      ? { promql: `(sum(increase(${served.series.requests}[${minutes}m])) or vector(0)) < 1`, forMinutes: 0 }
      : {
          // The window of such an alert is the next longer one that Azure has.
          query: `${served.lines.requests} | where TimeGenerated > ago(${minutes}m) | summarize requests = count() | where requests < 1`,
          minutes,
        };
  return {
    id: "NoTraffic",
    title: `No prediction for ${minutes} minutes`,
    severity: "WARNING",
    when,
    next: "Ask for a prediction yourself. If that works, the clients have stopped; if not, follow the address: name, load balancer, servers.",
  };
}

/**
 * Share of failures at which the errors that are allowed burn fast. Nothing burns faster than everything failing: below a
 * goal of about 0.965 the warning comes when half of all predictions fail.
 */
function burning(goal: number): number {
  return round(Math.min(FAST_BURN * (1 - goal), 0.5));
}

/** A machine of its own has no numbers of its requests; that it runs can be seen. */
function machineRow(names: AzureNames): AlertRow {
  const name = names.name("virtualMachine", "serving");
  return {
    id: "MachineDown",
    title: "The machine that serves production does not run",
    severity: "CRITICAL",
    when: {
      // https://learn.microsoft.com/en-us/azure/virtual-machines/monitor-vm-reference
      metric: {
        of: names.id("Microsoft.Compute/virtualMachines", name),
        namespace: "Microsoft.Compute/virtualMachines",
        name: "VmAvailabilityMetric",
        aggregation: "Average",
        operator: "LessThan",
        threshold: 1,
        minutes: MINUTES,
      },
    },
    next: `Read its boot diagnostics, then start it: \`az vm start --name ${name} --resource-group ${names.resourceGroup}\`.`,
  };
}
