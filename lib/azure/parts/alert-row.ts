/** What an alert is. Does not load the engine. */

/** How bad it is: somebody must act now, today, or may look when there is time. */
export type Severity = "CRITICAL" | "ERROR" | "WARNING";

/** A number that Azure has of a resource, and when it is wrong. */
export interface MetricCondition {
  /** Id of the resource. */
  readonly of: string;
  /** `Microsoft.ServiceBus/namespaces`. */
  readonly namespace: string;
  readonly name: string;
  readonly aggregation: "Average" | "Maximum" | "Minimum" | "Total";
  readonly operator: "GreaterThan" | "LessThan";
  readonly threshold: number;
  /** Minutes that are looked at. */
  readonly minutes: number;
  /** Dimensions that it is split by, with the values that count; `*` is each of them. @default - not split */
  readonly split?: Readonly<Record<string, string>>;
}

/** When somebody is told. */
export type AlertCondition =
  /** PromQL that gives a series while something is wrong. */
  | { readonly promql: string; readonly forMinutes: number }
  /** Kusto that gives a row while something is wrong, of so many minutes. */
  | { readonly query: string; readonly minutes: number }
  | { readonly metric: MetricCondition }
  /** Azure says that a resource does not work. */
  | { readonly health: string };

/** One alert. */
export interface AlertRow {
  /** Id of the construct. */
  readonly id: string;
  /** What is wrong, in a few words: the subject of the mail. */
  readonly title: string;
  readonly severity: Severity;
  readonly when: AlertCondition;
  /** What the reader does next. */
  readonly next: string;
}

/** A share as people write it. */
export function percent(share: number): string {
  return `${round(share * 100)} %`;
}

/** Without the dust of binary fractions. */
export function round(value: number): number {
  return Number(value.toPrecision(12));
}
