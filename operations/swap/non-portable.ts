/** What the files say for one cloud only, each with the line it stands on. */
import type { Loaded } from "../../environments/load";
import { type Entry, find, pathText, toValue } from "../../environments/tree";
import { SIZE_CLASSES } from "../../lib/contracts/sizes";
import { MACHINE_TYPES } from "../../lib/core/sizes";
import type { SwapCloud } from "./data";
import type { NonPortable } from "./report";

/** Places of settings that are in one cloud's words. */
interface Place {
  readonly path: readonly string[];
  /** @param leaf last word of the setting's path */
  readonly because: (to: SwapCloud, leaf: string) => string;
}

/**
 * Lists them.
 * @param now the environment as it is, on the cloud that is left
 */
export function nonPortable({ environment, tree }: Loaded, to: SwapCloud): readonly NonPortable[] {
  const { cloud } = environment;
  const places: readonly Place[] = [
    { path: ["overrides", cloud, "machineTypes"], because: machines },
    {
      path: ["overrides", to, "machineTypes"],
      because: (other, leaf) => `takes effect on ${other}, in the place of ${tableType(other, leaf)}: compare the two`,
    },
    {
      path: ["clouds", cloud, "existing"],
      because: (other) => `what exists on ${cloud} is not used; clouds.${other}.existing says what is used there`,
    },
    {
      path: ["pretrainedModels", "allowed"],
      because: (other) => `names of ${cloud}'s catalogue; ${other} has a catalogue of its own`,
    },
    {
      path: ["delivery", "source", "connection"],
      because: (other) => `a connection authorised on ${cloud}; ${other} needs one of its own`,
    },
    { path: ["backend"], because: () => `where the state of ${cloud} is; it has to fit the new cloud` },
    {
      path: ["review", "elevate"],
      because: (other) => `resource types of ${cloud}; those of ${other} have other names`,
    },
    {
      path: ["policies", "waivers"],
      because: (other) => `checked against the rules of ${other}: a rule that does not exist there waives nothing`,
    },
  ];
  return places.flatMap(({ path, because }) =>
    leaves(tree, path).map(({ entry, path: at }) => ({
      path: pathText(at),
      where: entry.source.line((entry.key ?? entry.at).start),
      value: toValue(entry),
      because: because(to, at.at(-1) ?? ""),
    })),
  );
}

function machines(to: SwapCloud, leaf: string): string {
  return to === "local"
    ? `no effect on ${to}: this machine is what it is`
    : `no effect on ${to}: its table gives ${tableType(to, leaf)}, unless overrides.${to}.machineTypes says another`;
}

/** What a cloud's own table gives for a size class. */
function tableType(cloud: SwapCloud, name: string): string {
  const size = SIZE_CLASSES.find((one) => one === name);
  return cloud === "local" || size === undefined ? "a type of its own" : MACHINE_TYPES[cloud][size].type;
}

/** Maps are gone into; lists and single values are one thing each. */
function leaves(root: Entry, path: readonly string[]): { readonly entry: Entry; readonly path: readonly string[] }[] {
  const { entry, depth } = find(root, path);
  if (depth < path.length) return [];
  const below = (at: Entry, here: readonly string[]): { entry: Entry; path: readonly string[] }[] =>
    at.content.kind === "map"
      ? [...at.content.children].flatMap(([key, child]) => below(child, [...here, key]))
      : at.content.kind === "list" && at.content.items.length === 0
        ? []
        : [{ entry: at, path: here }];
  return below(entry, path);
}
