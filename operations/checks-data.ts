/** The data check: the labelled holdout fits the model's schema, and looks like the data the model was trained on. */
import { z } from "zod";
import type { CheckSubject, Finding } from "./checks";
import type { Instance, PackageSchema } from "./package";

const columns = z.looseObject({
  rows: z.number().positive(),
  columns: z.array(
    z.discriminatedUnion("type", [
      z.looseObject({
        name: z.string(),
        type: z.literal("number"),
        /** Inner borders of the bins; n borders make n + 1 bins. A value on a border is in the upper bin. */
        edges: z.array(z.number()),
        shares: z.array(z.number().min(0)),
      }),
      z.looseObject({ name: z.string(), type: z.literal("category"), shares: z.record(z.string(), z.number().min(0)) }),
    ]),
  ),
});

type ColumnStatistics = z.infer<typeof columns>["columns"][number];

/** Share of a feature's values that may lie outside its range or domain. */
const MAX_OUTSIDE = 0.05;
/**
 * Population stability index above which two samples are called different; 0.25 is the customary bound of "a major
 * shift" (N. Siddiqi, Credit Risk Scorecards, 2006). What chance alone gives is added, see `allowedPsi`.
 */
const MAX_PSI = 0.25;

export function dataCheck({ contents }: Pick<CheckSubject, "contents">): Finding {
  const { schema, holdout, statistics } = contents;
  const details: Record<string, unknown> = { rows: holdout.instances.length };
  const problems = [...shapeProblems(schema, holdout.instances), ...labelProblems(holdout.labels)];
  const reference = columns.safeParse(statistics);
  if (!reference.success) problems.push("statistics.json of the package is missing or not in its form");
  else {
    const distances = distancesOf(schema, holdout.instances, reference.data);
    details.psi = distances;
    for (const { feature, psi, allowed } of distances) {
      if (!(psi <= allowed)) {
        problems.push(
          `${feature}: the holdout is not distributed as the training data (psi ${psi}, ${allowed} is allowed)`,
        );
      }
    }
  }
  details.problems = problems;
  if (problems.length > 0) return { ok: false, message: problems.slice(0, 5).join("; "), details };
  return { ok: true, message: `${holdout.instances.length} rows fit the schema and the training data`, details };
}

const featureOf = (instance: Instance, name: string, index: number): unknown =>
  (Array.isArray(instance) ? instance[index] : instance[name]) ?? null;

function shapeProblems({ features }: PackageSchema, instances: readonly Instance[]): string[] {
  const problems: string[] = [];
  for (const [index, { name, type, required, min, max, domain }] of features.entries()) {
    const values = instances.map((instance) => featureOf(instance, name, index));
    const present = values.filter((value) => value !== null);
    const missing = values.length - present.length;
    if (required && missing > 0) problems.push(`${name}: ${missing} values are missing`);
    const wanted = type === "number" || domain?.every((level) => typeof level === "number") ? "number" : "string";
    const wrong = present.filter(
      (value) => typeof value !== wanted || (wanted === "number" && !Number.isFinite(value)),
    );
    if (wrong.length > 0) problems.push(`${name}: ${wrong.length} values are not a finite ${wanted}`);
    const outside = present.filter((value) =>
      typeof value === "number"
        ? (typeof min === "number" && value < min) || (typeof max === "number" && value > max)
        : domain && !domain.includes(value as string),
    );
    if (outside.length > MAX_OUTSIDE * values.length)
      problems.push(`${name}: ${outside.length} values are outside its range`);
  }
  const known = new Set(features.map(({ name }) => name));
  const unknown = new Set(
    instances.flatMap((one) => (Array.isArray(one) ? [] : Object.keys(one).filter((key) => !known.has(key)))),
  );
  for (const name of unknown) problems.push(`${name}: is not a feature of the model`);
  return problems;
}

function labelProblems(labels: readonly number[]): string[] {
  if (labels.some((label) => !Number.isFinite(label))) return ["a label is not a finite number"];
  // Without any spread no metric tells a good model from a constant.
  return labels.length > 1 && labels.every((label) => label === labels[0]) ? ["all labels are equal"] : [];
}

interface Distance {
  readonly feature: string;
  readonly psi: number;
  readonly allowed: number;
}

function distancesOf(
  schema: PackageSchema,
  instances: readonly Instance[],
  reference: z.infer<typeof columns>,
): Distance[] {
  return schema.features.flatMap(({ name }, index) => {
    const column = reference.columns.find((candidate) => candidate.name === name);
    if (!column) return [{ feature: name, psi: Number.NaN, allowed: MAX_PSI }];
    const values = instances.map((instance) => featureOf(instance, name, index)).filter((value) => value !== null);
    if (values.length === 0) return [];
    const { expected, counts } = binned(column, values);
    const psi = psiOf(expected, counts);
    return [
      { feature: name, psi: round(psi), allowed: round(allowedPsi(expected.length, values.length, reference.rows)) },
    ];
  });
}

function binned(column: ColumnStatistics, values: readonly unknown[]): { expected: number[]; counts: number[] } {
  if (column.type === "number") {
    const counts = column.shares.map(() => 0);
    for (const value of values) {
      const bin = column.edges.filter((edge) => Number(value) >= edge).length;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return { expected: column.shares, counts };
  }
  const levels = Object.keys(column.shares);
  // Numbers that take few values are categories too; their text differs between languages.
  const at = (value: unknown) =>
    levels.findIndex((level) => level === String(value) || (typeof value === "number" && Number(level) === value));
  const places = values.map(at);
  const unseen = places.filter((place) => place < 0).length;
  const counts = levels.map((_, level) => places.filter((place) => place === level).length);
  return { expected: [...Object.values(column.shares), 0], counts: [...counts, unseen] };
}

/** Population stability index; half a row is added to each bin, because an empty one would make it infinite. */
export function psiOf(expected: readonly number[], counts: readonly number[]): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const smooth = (share: number) => (share * rows + 0.5) / (rows + 0.5 * counts.length);
  return counts.reduce((sum, count, bin) => {
    const [actual, wanted] = [smooth(count / rows), smooth(expected[bin] ?? 0)];
    return sum + (actual - wanted) * Math.log(actual / wanted);
  }, 0);
}

/** Two samples of one distribution have a psi of about (bins - 1)(1/n + 1/m); twice that is still chance. */
function allowedPsi(bins: number, rows: number, referenceRows: number): number {
  return MAX_PSI + 2 * Math.max(0, bins - 1) * (1 / rows + 1 / referenceRows);
}

const round = (value: number) => Number(value.toFixed(4));
