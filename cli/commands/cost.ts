import type { Environment } from "../../environments/schema";
import { UserError } from "../../lib/core/errors";
import { IMAGE_NAMES } from "../../lib/core/images";
import type { Column, Estimate, NotPriced } from "../../operations/cost/estimate";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { estimateOf, withAllImages } from "../cost";
import { loadEnvironment, withScratch } from "../estate";
import { table } from "../output";

interface Options {
  readonly assume?: readonly string[];
  readonly busy?: boolean;
}

/** Clouds as people call them. */
const CLOUD_NAMES = { gcp: "Google Cloud", azure: "Azure" } as const;

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--busy", "order by what it costs at its largest")
    .option("--assume <key=value...>", "change an assumption; the estimate lists them all")
    .addHelpText(
      "after",
      examples(
        ["mlops cost dev", "a month, idle and at its largest, in USD"],
        ["mlops cost prod --assume bucketGiB=2000", "with more data than is assumed"],
        ["mlops cost prod --json", "every meter with its price, source and day"],
      ),
    )
    .action(
      act<Options>(async (context, words, { assume = [], busy = false }) => {
        const { parseChanges } = await import("../../operations/cost/assumptions");
        const changes = parseChanges(assume);
        const environment = await loadEnvironment(context, word(words, 0));
        const { name, cloud } = environment;
        if (cloud === "local") {
          const nothing = { idle: 0, busy: 0 };
          context.output.result(
            { environment: name, cloud, currency: "USD", total: nothing },
            `${name} runs on this machine and costs nothing here.`,
          );
          return undefined;
        }
        if (cloud === "kubernetes") throw unknownCost(environment);
        const by: Column = busy ? "busy" : "idle";
        const made = await withScratch(context, withAllImages(environment), { assume: true }, (synthesized) =>
          estimateOf(environment, synthesized, { changes, by }),
        );
        if (made === null) throw unknownCost(environment);
        const assumedImages = IMAGE_NAMES.filter((image) => environment.images[image] === undefined);
        context.output.result({ ...made, assumedImages }, text(made, assumedImages));
        return undefined;
      }),
    );
};

function unknownCost({ name, cloud }: Environment): UserError {
  return new UserError({
    where: `environment ${name}`,
    message: `got cloud ${cloud}: what a cluster costs that somebody already has is not known here`,
    fix: "Estimate an environment with cloud: gcp or cloud: azure",
  });
}

/** The estimate for people. */
function text(made: Estimate, assumedImages: readonly string[]): string {
  const { environment, cloud, region, hours, prices } = made;
  const days = prices ? `list prices of ${prices.oldest} to ${prices.newest}` : "no price used";
  return [
    `${environment} on ${CLOUD_NAMES[cloud]} in ${region}: USD a month of ${hours} hours, ${days}`,
    costs(made),
    [
      "Idle: pools at their least, services without requests. Busy: everything at its largest, all month.",
      ...budgetLines(made),
      ...(assumedImages.length > 0 ? [`Counted as if they were built: the images ${assumedImages.join(", ")}.`] : []),
    ].join("\n"),
    notPriced(made),
    ["Not counted, because no resource states it:", ...made.notCounted.map((what) => `  ${what}`)].join("\n"),
    `Assumed by month; --assume KEY=VALUE changes one:\n${assumptions(made)}`,
  ].join("\n\n");
}

function costs({ layers, total }: Estimate): string {
  const money = [total, ...layers.map(({ usd }) => usd)].flatMap(({ idle, busy }) => [idle, busy]).map(usd);
  const width = Math.max(...money.map(({ length }) => length));
  const cells = (amount: Estimate["total"]) => [usd(amount.idle).padStart(width), usd(amount.busy).padStart(width)];
  const rows = layers
    .filter(({ usd: { idle, busy } }) => idle > 0 || busy > 0)
    .flatMap(({ layer, usd: amount, parts }) => [
      [layer, ...cells(amount)],
      ...parts
        .filter(({ usd: { idle, busy } }) => idle > 0 || busy > 0)
        .map((part) => [`  ${part.part}`, ...cells(part.usd)]),
    ]);
  return table(["PART", "IDLE".padStart(width), "BUSY".padStart(width)], [...rows, ["TOTAL", ...cells(total)]]);
}

function usd(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function budgetLines({ budget }: Estimate): readonly string[] {
  if (budget === undefined) return [];
  const { monthly, currency, over } = budget;
  if (over === undefined) return [`The budget is ${usd(monthly)} ${currency}, which is not compared with USD.`];
  const says = (column: Column) =>
    over[column] > 0 ? `${column} exceeds it by ${usd(over[column])}` : `${column} is within it`;
  return [`The budget is ${usd(monthly)} ${currency} a month: ${says("idle")}, ${says("busy")}.`];
}

function notPriced({ share, notPriced }: Estimate): string {
  const all = share.priced + share.notPriced;
  const priced = `Priced: ${share.priced} of ${all} resources that can cost money (${share.percent} %); ${share.free} more are free.`;
  if (notPriced.length === 0) return priced;
  const byReason = new Map<string, NotPriced[]>();
  for (const one of notPriced) {
    const key = `${one.type}: ${one.why}`;
    byReason.set(key, [...(byReason.get(key) ?? []), one]);
  }
  const lines = [...byReason].flatMap(([key, resources]) => [
    `  ${key}`,
    `    ${resources.map((one) => `${one.layer}/${one.path}${elsewhere(one)}`).join(", ")}`,
  ]);
  return [priced, "Not priced, so the totals are too low by:", ...lines].join("\n");
}

/** ` (us-central1: idle 1.00, busy 2.00)` */
function elsewhere({ missing }: NotPriced): string {
  const regions = [...new Set(missing.flatMap((one) => Object.keys(one.elsewhere)))];
  const said = regions.map((region) => {
    const amounts = missing.flatMap((one) => one.elsewhere[region] ?? []);
    const sum = (column: Column) => usd(amounts.reduce((total, amount) => total + amount[column], 0));
    return `${region}: idle ${sum("idle")}, busy ${sum("busy")}`;
  });
  return said.length > 0 ? ` (${said.join("; ")})` : "";
}

function assumptions({ assumptions }: Estimate): string {
  const rows = assumptions.map(({ key, value, unit, meaning, idle, changed }) => [
    `  ${key}`,
    String(value),
    unit,
    `${meaning}${idle ? "" : "; busy only"}${changed ? " (changed)" : ""}`,
  ]);
  return table(["  KEY", "VALUE", "UNIT", "MEANING"], rows);
}
