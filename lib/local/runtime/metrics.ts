/** Reads Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */

/** One sample line. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Every sample of a scrape; comments and lines of another form are skipped. */
export function parseMetrics(text: string): MetricSample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels, value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name, labels: parseLabels(labels ?? ""), value: parseValue(value) }];
  });
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    if (name !== undefined && value !== undefined) {
      labels[name] = value.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
    }
  }
  return labels;
}

function parseValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}

/** Sum over the samples of a name whose labels fit; null when there is none. */
export function sumOf(
  samples: readonly MetricSample[],
  name: string,
  fits: (labels: Readonly<Record<string, string>>) => boolean = () => true,
): number | null {
  const found = samples.filter((sample) => sample.name === name && fits(sample.labels));
  return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
}

/** The cumulative buckets of a histogram, added up over its other labels, ascending by `le`. */
export function bucketsOf(
  samples: readonly MetricSample[],
  name: string,
  fits: (labels: Readonly<Record<string, string>>) => boolean = () => true,
): { readonly le: number; readonly count: number }[] {
  const counts = new Map<number, number>();
  for (const sample of samples) {
    if (sample.name !== `${name}_bucket` || !fits(sample.labels)) continue;
    const le = parseValue(sample.labels.le ?? "");
    counts.set(le, (counts.get(le) ?? 0) + sample.value);
  }
  return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}
