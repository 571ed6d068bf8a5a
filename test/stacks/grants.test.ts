/** Which workload has which right: the whole table, the same on every cloud. */
import type { IPlatform } from "../../lib/contracts/platform";
import { App, type IConstruct } from "../../lib/framework";
import { LocalPlatform } from "../../lib/local/platform";
import { buildEnvironment } from "../../stacks/estate";
import { localEnvironment } from "../support/fixtures";
import { temporaryFolder } from "../support/folders";

type Grants = Readonly<Record<string, (to: IConstruct) => void>>;

/** The platform, whose parts write down each right that is given on them. */
function recording(platform: IPlatform, given: string[]): IPlatform {
  const recorded = (part: IConstruct & { readonly grants?: Grants }) => {
    const note = (right: string) => (to: IConstruct) =>
      void given.push(`${to.node.path} may ${right} ${part.node.path}`);
    const grants = Object.fromEntries(Object.keys(part.grants ?? {}).map((right) => [right, note(right)]));
    return part.grants ? Object.assign(part, { grants }) : part;
  };
  return new Proxy(platform, {
    get: (target, key: keyof IPlatform) => {
      const member = target[key] as unknown;
      if (typeof member !== "function" || key === "attachTo") return member;
      return (...args: unknown[]) => {
        const part = member.apply(target, args) as IConstruct;
        return "node" in part ? recorded(part) : part;
      };
    },
  });
}

test("a workload may do what it has to, and nothing else", () => {
  const environment = localEnvironment({ notebooks: { enabled: true } });
  const platform = new LocalPlatform({ environment: "local", ...environment.clouds.local, workspace: "../../.." });
  const given: string[] = [];
  const app = () => new App({ outdir: temporaryFolder(), stackTraces: false });
  buildEnvironment(app(), app(), { platform: recording(platform, given), environment });
  expect(given).toEqual([
    "local-ml/Pipelines may readWrite local-data/Datasets",
    "local-ml/Pipelines may readWrite local-data/Artifacts",
    "local-ml/Pipelines may read local-data/Packages",
    "local-ml/Pipelines may read local-data/PredictionLogs",
    "local-ml/Pipelines may connect local-data/Database",
    "local-ml/Pipelines may use local-ml/Tracking",
    "local-serving/Serving may read local-data/Artifacts",
    "local-serving/Serving may readWrite local-data/PredictionLogs",
  ]);
});
