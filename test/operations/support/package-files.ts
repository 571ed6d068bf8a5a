/** A small but whole model package: y = intercept + slope·size + 10 for category "b". */
import { packageDigest } from "../../../operations/package";

export interface Weights {
  readonly intercept: number;
  readonly slope: number;
}

export const LABEL_WEIGHTS: Weights = { intercept: 5, slope: 2 };

/** 60 rows, evenly spread, so that the holdout looks like the reference statistics below. */
export const ROWS = Array.from({ length: 60 }, (_, i) => ({ size: (i % 20) / 2, kind: i % 3 === 0 ? "b" : "a" }));

export const scoreOf = ({ intercept, slope }: Weights, row: { readonly size: number; readonly kind: string }) =>
  intercept + slope * row.size + (row.kind === "b" ? 10 : 0);

export const mseOf = (weights: Weights) =>
  ROWS.reduce((sum, row) => sum + (scoreOf(weights, row) - scoreOf(LABEL_WEIGHTS, row)) ** 2, 0) / ROWS.length;

/** The files of a package as values, so that a test can spoil one. */
export function packageDocuments(weights: Weights) {
  return {
    "manifest.json": {
      version: 1,
      project: "houses",
      model: "linear",
      python: "3.11",
      packages: { numpy: "2.3.5", Prometheus_Client: "0.22.1" },
      memoryMiB: 256,
      accelerator: null as string | null,
      metric: { name: "mse", direction: "lower" as "lower" | "higher" },
      target: "price",
    },
    "schema.json": {
      version: 1,
      features: [
        { name: "size", type: "number", required: true, min: 0, max: 10 },
        { name: "kind", type: "category", required: true, domain: ["a", "b"] },
      ],
    },
    "statistics.json": {
      version: 1,
      rows: 300,
      columns: [
        {
          name: "size",
          type: "number",
          count: 300,
          missing: 0,
          edges: [2.5, 5, 7.5],
          shares: [0.25, 0.25, 0.25, 0.25],
        },
        { name: "kind", type: "category", count: 300, missing: 0, shares: { a: 0.66, b: 0.34 } },
      ],
    },
    "model.json": { version: 1, kind: "linear", ...weights },
    "metrics.json": { version: 1, overall: { mse: mseOf(weights), rows: ROWS.length }, slices: [] },
    "golden.json": {
      version: 1,
      instances: ROWS.slice(0, 4),
      predictions: ROWS.slice(0, 4).map((row) => scoreOf(weights, row)),
    },
    "holdout.json": { version: 1, instances: ROWS, labels: ROWS.map((row) => scoreOf(LABEL_WEIGHTS, row)) },
  };
}

export type Documents = ReturnType<typeof packageDocuments>;

export function filesOf(documents: object): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(documents).map(([path, document]) => [path, Buffer.from(JSON.stringify(document))]),
  );
}

export const digestOf = (documents: object) => packageDigest(filesOf(documents));
