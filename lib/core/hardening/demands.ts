/** What a rule may demand of a value. Does not load the engine. */
import { asMap, blocks, type HardeningContext, type Resource } from "../hardening";

/** What is demanded of one value. */
export interface Demand {
  /** In words: "true", "one of …". */
  readonly wanted: string;
  /** What to write, where that is shorter. @default - the words of `wanted` */
  readonly set?: string;
  /** Whether a value (undefined when it is missing) is as demanded. */
  readonly holds: (value: unknown, context: HardeningContext) => boolean;
  /** Values that are not, made from one that is. Each rule is proved by them. */
  readonly wrong: (value: unknown, context: HardeningContext) => readonly unknown[];
  /** Whether leaving it out is as demanded. @default false */
  readonly optional?: boolean;
}

/** For what asks a demand that does not look at the environment. */
export const EVERY: HardeningContext = { production: true, ownKeys: true };

/** Exactly this value, written out even where it is the provider's default. */
export function is(wanted: string | number | boolean): Demand {
  const other = typeof wanted === "boolean" ? !wanted : typeof wanted === "number" ? wanted + 1 : `NOT_${wanted}`;
  return { wanted: JSON.stringify(wanted), holds: (value) => value === wanted, wrong: () => [other] };
}

/** One of these values. */
export function oneOf(...wanted: readonly string[]): Demand {
  return {
    wanted: `one of ${wanted.join(", ")}`,
    holds: (value) => wanted.some((each) => each === value),
    wrong: () => ["OTHER"],
  };
}

/** True in production; elsewhere the choice is written out. */
export const trueInProduction: Demand = {
  wanted: "true in production, and written out everywhere",
  set: "true",
  holds: (value, { production }) => (production ? value === true : typeof value === "boolean"),
  wrong: (_, { production }) => (production ? [false] : ["false"]),
};

/** False in production; elsewhere the choice is written out. */
export const falseInProduction: Demand = {
  wanted: "false in production, and written out everywhere",
  set: "false",
  holds: (value, { production }) => (production ? value === false : typeof value === "boolean"),
  wrong: (_, { production }) => (production ? [true] : ["true"]),
};

/** A text of this form. */
export function text(form: RegExp, wanted: string, ...wrong: readonly string[]): Demand {
  return { wanted, holds: (value) => typeof value === "string" && form.test(value), wrong: () => wrong };
}

/** Any text that is not empty. */
export function filled(wanted: string): Demand {
  return text(/./, wanted, "");
}

/** Name of a key, or a reference to one. */
export const ownKey: Demand = text(
  /\/cryptoKeys\/[\w-]+$|^\$\{google_kms_crypto_key\./,
  "a key of the environment",
  "",
  "default",
);

/** An image by digest. */
export const byDigest: Demand = text(
  /@sha256:[0-9a-f]{32,64}$/,
  "an image by digest (NAME@sha256:…)",
  "image",
  "image:latest",
);

/** Mail address or name of an own service account: not one of Google's default ones, which may edit the project. */
export const ownAccount: Demand = {
  wanted: "a service account of its own",
  holds: (value) => typeof value === "string" && value !== "" && !DEFAULT_ACCOUNT.test(value),
  wrong: () => ["", "100000000009-compute@developer.gserviceaccount.com", "acme@appspot.gserviceaccount.com"],
};

/** https://cloud.google.com/iam/docs/service-account-types#default */
const DEFAULT_ACCOUNT =
  /-compute@developer\.gserviceaccount\.com|@appspot\.gserviceaccount\.com|@cloudbuild\.gserviceaccount\.com/;

/** A whole number, also as text. */
export function number(least: number, most = Number.MAX_SAFE_INTEGER): Demand {
  const wanted = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  const over = most === Number.MAX_SAFE_INTEGER ? [] : [most + 1];
  return {
    wanted,
    holds: (value) => typeof value !== "boolean" && value !== "" && Number(value) >= least && Number(value) <= most,
    wrong: () => [least - 1, ...over],
  };
}

/** A duration in seconds as Google writes it: `86400s`. */
export function seconds(least: number, most = Number.MAX_SAFE_INTEGER): Demand {
  const { wanted, holds } = number(least, most);
  return {
    wanted: `${wanted} seconds, written like 86400s`,
    holds: (value, context) => /^\d+s$/.test(String(value)) && holds(String(value).slice(0, -1), context),
    wrong: () => [`${least - 1}s`, ...(most === Number.MAX_SAFE_INTEGER ? [] : [`${most + 1}s`])],
  };
}

/** Not there at all. */
export function absent(example: unknown): Demand {
  return { wanted: "nothing", optional: true, holds: (value) => value === undefined, wrong: () => [example] };
}

/** A list that holds each of these values. */
export function includes(...wanted: readonly string[]): Demand {
  const list = (value: unknown) => (Array.isArray(value) ? value : []);
  return {
    wanted: `a list with ${wanted.join(", ")}`,
    holds: (value) => wanted.every((each) => list(value).includes(each)),
    wrong: (value) => wanted.map((each) => list(value).filter((entry) => entry !== each)),
  };
}

/** At least one block like this (a path that ends in `[]`). */
export function someBlock(wanted: string, like: (block: Resource) => boolean): Demand {
  return {
    wanted,
    holds: (value) => blocks(value).some(like),
    wrong: (value) => [blocks(value).filter((block) => !like(block))],
  };
}

/** No block like this (a path that ends in `[]`). */
export function noBlock(wanted: string, like: (block: Resource) => boolean, example: Resource): Demand {
  return {
    wanted,
    optional: true,
    holds: (value) => !blocks(value).some(like),
    wrong: (value) => [[...blocks(value), example]],
  };
}

/** Something about the whole of a value that has more than one form. */
export function shape(
  wanted: string,
  holds: (value: Resource) => boolean,
  wrong: (value: Resource) => readonly unknown[],
): Demand {
  return { wanted, holds: (value) => holds(asMap(value)), wrong: (value) => wrong(asMap(value)) };
}

/** The same, where leaving it out is fine: judged only when it is there. */
export function whenThere(demand: Demand): Demand {
  return {
    ...demand,
    optional: true,
    holds: (value, context) => value === undefined || demand.holds(value, context),
    wrong: (value, context) => (value === undefined ? [] : demand.wrong(value, context)),
  };
}
