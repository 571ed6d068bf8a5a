/** What an environment costs in a month, from its synthesized stacks and the price sheet. Offline. */
import { type AssumedRow, assumed, assumptionTable, type Changes, type Quantity } from "./assumptions";
import { EVERYWHERE, type Price } from "./price";
import { type Resource, regionOf, resourcesOf, type StackDocument } from "./resources";
import { type PaidCloud, SHEETS, treatmentOf } from "./sheets";
import { type CostContext, HOURS, type Treatment } from "./use";

/** What an estimate is made from. */
export interface EstimateProps {
  readonly environment: string;
  readonly cloud: PaidCloud;
  readonly region: string;
  readonly stacks: readonly StackDocument[];
  /** Assumptions that were changed. @default - none */
  readonly changes?: Changes;
  /** The sheet. @default - the built-in one */
  readonly prices?: readonly Price[];
  /** What the environment may cost in a month. @default - not watched */
  readonly budget?: { readonly monthly: number; readonly currency: string };
}

/** One meter of a resource that has a price. USD. */
export interface CostLine {
  readonly sku: string;
  readonly unit: string;
  readonly price: number;
  readonly quantity: Quantity;
  readonly usd: Quantity;
  readonly source: string;
  readonly date: string;
}

/** One meter that has no price in the resource's region. */
export interface MissingPrice {
  readonly sku: string;
  readonly region: string;
  readonly quantity: Quantity;
  /** What it would cost where its price is known. For information: in no total. */
  readonly elsewhere: Readonly<Record<string, Quantity>>;
}

/** What one resource costs. */
export interface ResourceCost {
  readonly address: string;
  readonly type: string;
  readonly path: string;
  readonly usd: Quantity;
  readonly lines: readonly CostLine[];
}

/** A part of a layer: largest resource first. */
export interface PartCost {
  readonly part: string;
  readonly usd: Quantity;
  readonly resources: readonly ResourceCost[];
}

/** A layer: largest part first. */
export interface LayerCost {
  readonly layer: string;
  readonly usd: Quantity;
  readonly parts: readonly PartCost[];
}

/** A resource that costs money, some or all of which is not in the totals. */
export interface NotPriced {
  readonly address: string;
  readonly type: string;
  readonly layer: string;
  readonly path: string;
  readonly why: string;
  readonly missing: readonly MissingPrice[];
}

/** How the totals stand to the budget. */
export interface BudgetCheck {
  readonly monthly: number;
  readonly currency: string;
  /** How much more than the budget; negative when within. Absent when its currency is not the sheet's. */
  readonly over?: Quantity;
}

/** The estimate. Its form as JSON is stable: fields may be added, none changes its meaning. */
export interface Estimate {
  readonly environment: string;
  readonly cloud: PaidCloud;
  readonly region: string;
  readonly currency: "USD";
  readonly hours: number;
  readonly total: Quantity;
  /** Resources that can cost money: with all their prices, and without some. `percent` is of those with. */
  readonly share: {
    readonly priced: number;
    readonly notPriced: number;
    readonly percent: number;
    readonly free: number;
  };
  /** Days of the oldest and the newest price that was used; absent when none was. */
  readonly prices?: { readonly oldest: string; readonly newest: string };
  readonly budget?: BudgetCheck;
  readonly layers: readonly LayerCost[];
  readonly notPriced: readonly NotPriced[];
  readonly notCounted: readonly string[];
  readonly assumptions: readonly AssumedRow[];
}

/** Which column is looked at. */
export type Column = keyof Quantity;

const NOTHING: Quantity = { idle: 0, busy: 0 };

/** Works out an estimate. @param by column that decides what comes first */
export function estimate(props: EstimateProps, by: Column = "idle"): Estimate {
  const { environment, cloud, region, stacks, changes = {} } = props;
  const resources = resourcesOf(stacks);
  const context: CostContext = { region, resources, assume: (key) => assumed(key, changes) };
  const sheet = new Map(grouped(props.prices ?? SHEETS[cloud].prices, ({ sku }) => sku));
  const weighed = resources.map((resource) => weigh(resource, treatmentOf(cloud, resource.type), { context, sheet }));
  const paid = weighed.filter(({ free }) => !free);
  const notPriced = paid.flatMap((one) => one.notPriced ?? []);
  const total = sum(paid.map(({ usd }) => usd));
  const dates = paid.flatMap(({ lines }) => lines.map(({ date }) => date)).sort();
  const [oldest, newest] = [dates[0], dates.at(-1)];
  return {
    environment,
    cloud,
    region,
    currency: "USD",
    hours: HOURS,
    total: cents(total),
    share: share({ priced: paid.length - notPriced.length, notPriced: notPriced.length, all: resources.length }),
    ...(oldest && newest ? { prices: { oldest, newest } } : {}),
    ...(props.budget ? { budget: againstBudget(total, props.budget) } : {}),
    layers: byLayer(paid, by),
    notPriced,
    notCounted: SHEETS[cloud].notCounted,
    assumptions: assumptionTable(cloud, changes),
  };
}

interface Weighed {
  readonly resource: Resource;
  readonly free: boolean;
  /** Not rounded. */
  readonly usd: Quantity;
  readonly lines: readonly CostLine[];
  readonly notPriced?: NotPriced;
}

interface Scales {
  readonly context: CostContext;
  /** Rows by meter. */
  readonly sheet: ReadonlyMap<string, readonly Price[]>;
}

function weigh(resource: Resource, treatment: Treatment, { context, sheet }: Scales): Weighed {
  const { address, type, layer, path, attributes } = resource;
  const bare = { resource, free: false, usd: NOTHING, lines: [] };
  if ("free" in treatment) return { ...bare, free: true };
  const not = (why: string, missing: readonly MissingPrice[]) => ({ address, type, layer, path, why, missing });
  if ("unpriced" in treatment) return { ...bare, notPriced: not(treatment.unpriced, []) };
  const all = treatment.uses(attributes, context);
  // What is free in its form here, such as an address inside the network.
  if (all.length === 0) return { ...bare, free: true };
  const region = regionOf(attributes, context.region);
  const lines: CostLine[] = [];
  const missing: MissingPrice[] = [];
  for (const { sku, quantity } of all.filter(({ quantity }) => quantity.idle > 0 || quantity.busy > 0)) {
    const rows = sheet.get(sku) ?? [];
    const line = priced(rows, region, quantity) ?? priced(rows, EVERYWHERE, quantity);
    if (line === undefined) missing.push(without(sku, { region, quantity, rows }));
    else lines.push(line);
  }
  const usd = sum(lines.map((line) => line.usd));
  return missing.length === 0
    ? { ...bare, usd, lines }
    : { ...bare, usd, lines, notPriced: not(reason(missing, lines.length > 0), missing) };
}

/** What a quantity costs in a place; undefined where no row has a price for it. */
function priced(rows: readonly Price[], place: string, quantity: Quantity): CostLine | undefined {
  for (const { sku, unit, prices, source, date } of rows) {
    const price = prices[place];
    if (price !== undefined) return { sku, unit, price, quantity, usd: at(price, quantity), source, date };
  }
  return undefined;
}

interface Wanted {
  readonly region: string;
  readonly quantity: Quantity;
  readonly rows: readonly Price[];
}

function without(sku: string, { region, quantity, rows }: Wanted): MissingPrice {
  const known = rows
    .flatMap(({ prices }) => Object.entries(prices))
    .map(([place, price]) => [place, cents(at(price, quantity))]);
  return { sku, region, quantity, elsewhere: Object.fromEntries(known) };
}

function reason(missing: readonly MissingPrice[], partly: boolean): string {
  const nowhere = missing.filter(({ elsewhere }) => Object.keys(elsewhere).length === 0).map(({ sku }) => sku);
  const here = missing.filter(({ elsewhere }) => Object.keys(elsewhere).length > 0).map(({ sku }) => sku);
  const [region] = missing.map((one) => one.region);
  const words = [
    ...(nowhere.length > 0 ? [`no dated price at hand for ${nowhere.join(", ")}`] : []),
    ...(here.length > 0 ? [`no price in ${region} for ${here.join(", ")}`] : []),
  ];
  return `${words.join("; ")}${partly ? "; the rest is in the totals" : ""}`;
}

function share({
  priced,
  notPriced,
  all,
}: {
  readonly priced: number;
  readonly notPriced: number;
  readonly all: number;
}) {
  const paid = priced + notPriced;
  return { priced, notPriced, percent: paid === 0 ? 100 : Math.floor((priced / paid) * 100), free: all - paid };
}

function againstBudget(total: Quantity, { monthly, currency }: NonNullable<EstimateProps["budget"]>): BudgetCheck {
  if (currency !== "USD") return { monthly, currency };
  return { monthly, currency, over: cents({ idle: total.idle - monthly, busy: total.busy - monthly }) };
}

function byLayer(paid: readonly Weighed[], by: Column): readonly LayerCost[] {
  const layers = grouped(paid, ({ resource }) => resource.layer).map(([layer, inLayer]) => {
    const parts = grouped(inLayer, ({ resource }) => resource.part).map(([part, inPart]) => {
      const resources = inPart.map(({ resource: { address, type, path }, usd, lines }) => ({
        address,
        type,
        path,
        usd: cents(usd),
        lines: lines.map((line) => ({ ...line, usd: cents(line.usd) })),
      }));
      return { part, usd: cents(sum(inPart.map(({ usd }) => usd))), resources: largestFirst(resources, by) };
    });
    return { layer, usd: cents(sum(inLayer.map(({ usd }) => usd))), parts: largestFirst(parts, by) };
  });
  return largestFirst(layers, by);
}

function grouped<T>(items: readonly T[], of: (item: T) => string): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return [...groups];
}

function largestFirst<T extends { readonly usd: Quantity }>(items: readonly T[], by: Column): readonly T[] {
  const other = by === "idle" ? "busy" : "idle";
  return [...items].sort((a, b) => b.usd[by] - a.usd[by] || b.usd[other] - a.usd[other]);
}

function at(price: number, { idle, busy }: Quantity): Quantity {
  return { idle: price * idle, busy: price * busy };
}

function sum(quantities: readonly Quantity[]): Quantity {
  return quantities.reduce((total, { idle, busy }) => ({ idle: total.idle + idle, busy: total.busy + busy }), NOTHING);
}

function cents({ idle, busy }: Quantity): Quantity {
  const round = (usd: number) => Math.round(usd * 100) / 100 + 0;
  return { idle: round(idle), busy: round(busy) };
}
