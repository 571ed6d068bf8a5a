/** Metrics of a model over labelled answers, by the names projects use. */

export type Metric = (predictions: readonly number[], labels: readonly number[]) => number;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const residuals = (predictions: readonly number[], labels: readonly number[]) =>
  predictions.map((value, index) => value - (labels[index] ?? Number.NaN));

const mse: Metric = (predictions, labels) => mean(residuals(predictions, labels).map((r) => r * r));

/** Every metric that a release can compute again from answers. */
export const METRICS: Readonly<Record<string, Metric>> = {
  mse,
  rmse: (predictions, labels) => Math.sqrt(mse(predictions, labels)),
  mae: (predictions, labels) => mean(residuals(predictions, labels).map(Math.abs)),
  r2: (predictions, labels) => {
    const middle = mean(labels);
    return 1 - mse(predictions, labels) / mean(labels.map((label) => (label - middle) ** 2));
  },
  /** Predictions are classes, or scores of class 1 cut at 0.5. */
  accuracy: (predictions, labels) => mean(predictions.map((value, i) => (Math.round(value) === labels[i] ? 1 : 0))),
};

/** The metric over answers; null when there are none, NaN when the labels do not fit. */
export function metricOver(name: string, predictions: readonly number[], labels: readonly number[]): number | null {
  const metric = METRICS[name];
  if (!metric || predictions.length === 0) return null;
  return predictions.length === labels.length ? metric(predictions, labels) : Number.NaN;
}

/** Whether a value reaches its target. */
export function reaches(value: number, target: number, direction: "lower" | "higher"): boolean {
  return direction === "lower" ? value <= target : value >= target;
}
