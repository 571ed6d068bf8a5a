/** The report of a swap for people. */
import type { Difference, PartReport, SideCost, SwapReport } from "../operations/swap/report";
import { table } from "./output";

/** Longest value that is shown in a line; `--json` has all of it. The end of a sentence is where its reason stands. */
const LONGEST = 400;

/** The whole report, the most important first. */
export function swapText(report: SwapReport): string {
  const { environment, from, to, place, contracts } = report;
  const counted = (verdict: PartReport["verdict"]) => contracts.filter((one) => one.verdict === verdict).length;
  const head = [
    `${environment}: cloud: ${from} → cloud: ${to}. Nothing is written and nothing is deployed by this report.`,
    `Where it stands: ${place.from} → ${place.to}.`,
    `${contracts.length} parts: ${counted("kept")} kept as they are, ${counted("changed")} changed, ${counted("lost")} lost, ${counted("gained")} gained, ${counted("off")} on neither side.`,
  ];
  return [
    head.join("\n"),
    section("Lost or different in what it does", contracts.flatMap(lostLines)),
    section(
      "Not portable: said for one cloud only",
      report.nonPortable.flatMap(({ where, path, value, because }) => [
        `${where} ${path}: ${short(value)}`,
        `  ${because}`,
      ]),
    ),
    section("Parts", contracts.filter(({ verdict }) => verdict !== "off").flatMap(partLines)),
    section(
      "Data that does not move by itself",
      report.data.flatMap(({ what, from: here, to: there, left, measure, move }) => [
        here === null && there === null
          ? what
          : `${what}: ${here ?? "see the old outputs"} → ${there ?? (left ? "nothing" : "known after the deployment")}`,
        `  how much: ${measure}`,
        `  move: ${move}`,
      ]),
    ),
    section("Cost, USD a month by list prices", costLines(report)),
    section(
      "Steps, in this order",
      report.steps.flatMap(({ step, command, back }, index) => [
        `${index + 1}. ${step}`,
        ...(command ? [`   ${command}`] : []),
        `   back: ${back}`,
      ]),
    ),
    staysUp(report),
  ]
    .filter((text) => text !== "")
    .join("\n\n");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `  ${line}`)].join("\n");
}

function lostLines({ contract, verdict, lost }: PartReport): string[] {
  const lines = lost.map(({ what, from, to }) => `${contract}: ${what}: ${short(from)} → ${short(to)}`);
  return verdict === "lost" && lines.length === 0 ? [`${contract}: nothing of it on the new cloud`] : lines;
}

function partLines({ contract, verdict, kept, changes, gained }: PartReport): string[] {
  const line = ({ what, from, to }: Difference) => `  ${what}: ${short(from)} → ${short(to)}`;
  const same = [
    ...(kept.outputs.length > 0 ? [`the output ${kept.outputs.join(", ")}`] : []),
    ...(kept.settings.length > 0
      ? [`${kept.settings.length} ${kept.settings.length === 1 ? "setting" : "settings"} as they are`]
      : []),
  ];
  return [
    `${contract}: ${verdict}`,
    ...(same.length > 0 ? [`  kept: ${same.join("; ")}`] : []),
    ...changes.map(line),
    ...gained.map(line),
  ];
}

function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function money(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function costLines({ from, to, cost }: SwapReport): string[] {
  const row = (name: string, side: SideCost) =>
    "unknown" in side
      ? [name, "-", "-", side.unknown]
      : [name, money(side.idle), money(side.busy), `${side.pricedPercent} % of what can cost money has a price`];
  const { difference } = cost;
  const last = difference ? [["difference", money(difference.idle), money(difference.busy), ""]] : [];
  return table(["CLOUD", "IDLE", "BUSY", ""], [row(from, cost.from), row(to, cost.to), ...last]).split("\n");
}

function staysUp({ staysUp: { resources, states, stateAt }, from, environment, cost }: SwapReport): string {
  const both =
    "unknown" in cost.from || from === "local"
      ? ""
      : `, and costs ${money(cost.from.idle)} to ${money(cost.from.busy)} a month beside the new one`;
  return [
    `Stays up until somebody destroys it: the ${resources} resources of ${environment} on ${from}, in ${states} states (${stateAt}).`,
    `Until then it goes on as it is, with its schedules, triggers and alerts${both}.`,
    "The states of the two clouds have different keys: no plan of one side ever destroys the other.",
  ].join("\n");
}
