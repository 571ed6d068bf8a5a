/** The README's table of what each platform has: written from the suite's own tables, so that it cannot say more than is checked. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isLacking } from "../../lib/contracts/provided";
import { LayerStack } from "../../lib/core/layer-stack";
import { synthApp } from "../support/synth";
import type { PartMethod, PlatformUnderTest } from "./harness";
import { PLATFORMS } from "./platforms";

const README = join(__dirname, "../../README.md");
const BEGIN = "<!-- support matrix: UPDATE_MATRIX=1 npx jest test/contracts/matrix -->";
const END = "<!-- end of the support matrix -->";

/** What a reader calls the parts, in the order of the layers. */
const NAMES: Readonly<Record<PartMethod, string>> = {
  secretStore: "secrets",
  encryptionKey: "keys of its own",
  ciIdentities: "identities of CI, without keys",
  network: "private network",
  objectStore: "buckets",
  imageRegistry: "image registry",
  metadataDatabase: "metadata database",
  eventTopic: "event topic",
  featureStore: "feature store",
  cluster: "Kubernetes cluster, GPU pools",
  training: "training machines",
  workloadIdentity: "identity of a workload",
  modelRegistry: "experiment tracking, model registry",
  orchestrator: "pipeline orchestrator",
  notebooks: "notebooks",
  autoMl: "training without code",
  pretrainedModels: "catalogue of pretrained models",
  dataProcessing: "processing of large data",
  dataIntegration: "data flows without code",
  delivery: "source connection, triggers",
  schedule: "schedules",
  pipelineTrigger: "handler of retrain events",
  pipelineDefinitions: "bundled definitions",
  workflowEngine: "workflow engine",
  containerService: "QA service",
  modelEndpoint: "production serving",
  monitoring: "alerts and dashboards",
  budget: "budget",
};

/** Why a platform has no such part; nothing when it has one. */
function lacking({ create, makes }: PlatformUnderTest, method: PartMethod): string | undefined {
  if (makes[method] !== "lacking") return undefined;
  let reason: string | undefined;
  synthApp((app) => {
    const platform = create();
    const stack = new LayerStack(app, { environment: "test", layer: "data" });
    const part: object = Reflect.apply(platform[method], platform, [stack, "Part", {}]);
    if (isLacking(part)) reason = part.lacking;
  });
  if (reason === undefined) throw new Error(`${method} is there, though the platform is said to lack it`);
  return reason;
}

function table(): string {
  const methods = Object.keys(NAMES) as PartMethod[];
  const rows = methods.map((method) => [
    NAMES[method],
    ...PLATFORMS.map((platform) => {
      const reason = lacking(platform, method);
      return reason === undefined ? "yes" : `no: ${reason}`;
    }),
  ]);
  const all = [["part", ...PLATFORMS.map(({ cloud }) => cloud)], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

test("the README's table of what each cloud has is what the contracts' suite checks", () => {
  const text = readFileSync(README, "utf8");
  const [before, rest] = [text.slice(0, text.indexOf(BEGIN)), text.slice(text.indexOf(END))];
  const wanted = `${before}${BEGIN}\n\n${table()}\n\n${rest}`;
  if (process.env.UPDATE_MATRIX) writeFileSync(README, wanted);
  expect(readFileSync(README, "utf8")).toBe(wanted);
});
