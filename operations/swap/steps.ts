/** The order of a swap. Nothing of the old cloud goes before the last step, which a person takes. */
import { type DataMove, notesOf, type SwapCloud } from "./data";

/** One step. */
export interface Step {
  readonly step: string;
  /** What to run. @default - nothing to run */
  readonly command?: string;
  /** How to go back. */
  readonly back: string;
}

interface Way {
  readonly from: SwapCloud;
  readonly to: SwapCloud;
  readonly moves: readonly DataMove[];
}

/** What is done, in this order. */
export function stepsOf(name: string, { from, to, moves }: Way): readonly Step[] {
  const swap = (cloud: SwapCloud) => `mlops swap ${name} --to ${cloud} --write`;
  const cloud = to !== "local";
  const kinds = new Set(moves.map(({ kind }) => kind));
  const nothingLost = "nothing was changed yet";
  const oldOne = `${swap(from)}: the old estate stands as it was`;
  return [
    {
      step: "Ask how much data there is and note the old addresses, while the file still says the old cloud",
      command: `mlops outputs ${name} --json > ${notesOf({ environment: name, from })}`,
      back: nothingLost,
    },
    { step: "Change the one word, and have the change reviewed like any other", command: swap(to), back: swap(from) },
    ...(cloud
      ? [
          { step: "Prepare the new account", command: `mlops bootstrap ${name}`, back: oldOne },
          { step: "Check what a deployment needs", command: `mlops doctor ${name}`, back: oldOne },
        ]
      : []),
    { step: "Look at what will be made", command: `mlops plan ${name}${cloud ? " --assume" : ""}`, back: oldOne },
    {
      step: "Build the new estate beside the old one: their states have different keys",
      command: `mlops deploy ${name}`,
      back: `mlops destroy ${name}, then ${swap(from)}`,
    },
    ...(kinds.has("secrets")
      ? [{ step: "Write the values of secrets into the new vault", back: "the old vault is not touched" }]
      : []),
    ...(kinds.has("images") && cloud
      ? [
          {
            step: `Copy or build the images, record each digest (mlops lock image NAME=sha256:… --for ${name}), and deploy the parts that waited for them`,
            command: `mlops deploy ${name}`,
            back: "the old registry is not touched",
          },
        ]
      : []),
    { step: "Copy the data, largest first, and once more what came since", back: "copies only: nothing is deleted" },
    ...(cloud ? insideNetwork(name, oldOne) : fromHere(name, oldOne)),
    { step: "Point the clients' host name at the new address (servingUri)", back: "point it back" },
    {
      step: "When nothing calls the old estate any more, remove it: by hand, and only then; what is guarded is refused with the setting that lifts the guard, and a locked archive of logs stays until its last day",
      command: `${swap(from)} && mlops destroy ${name} && ${swap(to)}`,
      back: "none: this is the end of the old estate",
    },
  ];
}

/** A cloud's orchestrator and serving answer inside the network: what runs there does these steps. */
function insideNetwork(name: string, back: string): readonly Step[] {
  return [
    {
      step: `Run each project's pipeline on the new orchestrator (pipelinesUri), by its retrain event or the build of its delivery rule: mlops pipeline run ${name} PROJECT says where`,
      back,
    },
    {
      step: `Release each model, in QA first, then in production, by the build of its delivery rule: mlops release ${name} PROJECT says where`,
      back,
    },
  ];
}

function fromHere(name: string, back: string): readonly Step[] {
  return [
    { step: "Run each project's pipeline", command: `mlops pipeline run ${name} PROJECT`, back },
    {
      step: "Release each model: in QA first, then in production",
      command: `mlops release ${name} PROJECT`,
      back,
    },
  ];
}
