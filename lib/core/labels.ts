/** Standard labels (Google Cloud, Kubernetes) and tags (Azure). Does not load the engine. */
import type { Layer } from "../contracts/layers";
import { UserError } from "./errors";
import { shortHash } from "./hash";

/** What a cloud takes as labels. */
export interface LabelRule {
  /** Labels per resource. */
  readonly maxCount: number;
  /** Characters. */
  readonly maxKey: number;
  /** Characters. */
  readonly maxValue: number;
  readonly key: RegExp;
  /** What `key` means, in words. */
  readonly keyWanted: string;
  /** What may not stand in a value. */
  readonly badInValue: RegExp;
  readonly lowerCase: boolean;
  /** Values must begin and end with a letter or digit, or be empty. */
  readonly trimValue: boolean;
  /** Beginnings of keys that the cloud keeps for itself. */
  readonly reservedPrefixes: readonly string[];
  readonly source: string;
}

/** The limits of labels, by who reads them. */
export const LABEL_RULES = {
  gcp: {
    maxCount: 64,
    maxKey: 63,
    maxValue: 63,
    key: /^[a-z][a-z0-9_-]*$/,
    keyWanted: "a lower-case letter, then lower-case letters, digits, _ and -",
    badInValue: /[^a-z0-9_-]/g,
    lowerCase: true,
    trimValue: false,
    reservedPrefixes: ["goog"],
    source: "https://cloud.google.com/resource-manager/docs/labels-overview",
  },
  azure: {
    maxCount: 50,
    // Storage accounts take 128 characters, other resources 512; the smaller one fits everywhere.
    maxKey: 128,
    maxValue: 256,
    key: /^[^<>%&\\?/]+$/,
    keyWanted: "no < > % & \\ ? or /",
    badInValue: /[\p{Cc}]/gu,
    lowerCase: false,
    trimValue: false,
    reservedPrefixes: ["microsoft", "azure", "windows"],
    source: "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources",
  },
  kubernetes: {
    // No limit is documented; 50 keeps an object readable.
    maxCount: 50,
    maxKey: 63,
    maxValue: 63,
    key: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    keyWanted: "letters, digits, - _ and ., beginning and ending with a letter or digit",
    badInValue: /[^A-Za-z0-9._-]/g,
    lowerCase: false,
    trimValue: true,
    reservedPrefixes: ["kubernetes.io/", "k8s.io/"],
    source: "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
  },
} as const satisfies Record<string, LabelRule>;

/** Who reads the labels: a cloud, or Kubernetes. */
export type LabelDialect = keyof typeof LABEL_RULES;

/** Keys that every labelled resource carries. */
export const REQUIRED_LABELS = ["organisation", "environment", "layer", "owner", "managed-by"] as const;

/** What the standard labels say. */
export interface LabelProps {
  readonly organisation: string;
  readonly environment: string;
  readonly layer: Layer;
  /** Who answers for it: a mail address or a team's name. */
  readonly owner: string;
  /** Labels beyond the standard ones. @default - none */
  readonly additional?: Readonly<Record<string, string>>;
}

/** The labels of a resource, in the form that the cloud takes. Keys are sorted. */
export function labelsFor(dialect: LabelDialect, props: LabelProps): Record<string, string> {
  const { organisation, environment, layer, owner, additional = {} } = props;
  const labels: Record<string, string> = {
    ...additional,
    organisation,
    environment,
    layer,
    owner,
    "managed-by": "mlops-blueprint",
  };
  const problems = labelProblems(dialect, labels);
  for (const key of REQUIRED_LABELS) {
    if (key in additional) problems.push(`label ${key} is a standard one and cannot be set`);
  }
  if (problems.length > 0) throw new UserError(problems.map((message) => ({ message })));
  const keys = Object.keys(labels).sort();
  return Object.fromEntries(keys.map((key) => [key, labelValue(dialect, labels[key] ?? "")]));
}

/** What the cloud refuses about the keys and the number of labels; values are made to fit by {@link labelValue}. */
export function labelProblems(dialect: LabelDialect, labels: Readonly<Record<string, string>>): string[] {
  const rule: LabelRule = LABEL_RULES[dialect];
  const keys = Object.keys(labels);
  const problems: string[] = [];
  if (keys.length > rule.maxCount) {
    problems.push(`${keys.length} labels, ${dialect} takes ${rule.maxCount} (${rule.source})`);
  }
  const seen = new Map<string, string>();
  for (const key of keys) {
    if (key.length > rule.maxKey)
      problems.push(`label key ${key} has ${key.length} characters, at most ${rule.maxKey}`);
    if (!rule.key.test(key))
      problems.push(`label key ${JSON.stringify(key)} is refused by ${dialect}: ${rule.keyWanted}`);
    const reserved = rule.reservedPrefixes.find((prefix) => key.toLowerCase().startsWith(prefix));
    if (reserved) problems.push(`label key ${key} begins with ${reserved}, which ${dialect} keeps for itself`);
    // Azure's tag names are case-insensitive: two that differ in case only would be one.
    const twin = seen.get(key.toLowerCase());
    if (twin) problems.push(`label keys ${twin} and ${key} differ in case only`);
    seen.set(key.toLowerCase(), key);
  }
  return problems;
}

/** A value as the cloud takes it: `ml@acme.example` is `ml_at_acme_example` on Google Cloud. Too long ones end in a digest. */
export function labelValue(dialect: LabelDialect, value: string): string {
  const rule: LabelRule = LABEL_RULES[dialect];
  let text = rule.lowerCase ? value.toLowerCase() : value;
  text = text.replace(rule.badInValue, (bad) => (bad === "@" ? "_at_" : "_"));
  if (rule.trimValue) text = text.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
  if (text.length <= rule.maxValue) return text;
  const hash = shortHash(value);
  // The cut may go through a character that takes two places; the half of it is no text.
  const head = text.slice(0, rule.maxValue - hash.length - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${head}-${hash}`;
}
