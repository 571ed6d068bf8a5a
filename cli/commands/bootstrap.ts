import type { Environment } from "../../environments/schema";
import type { BootstrapAction } from "../../lib/contracts/bootstrap";
import { word } from "../arguments";
import { confirm } from "../ask";
import { accessTo } from "../cloud-access";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { asOnlyWriter, loadEnvironment, type WriteOptions } from "../estate";
import { Steps } from "../progress";

interface Options extends WriteOptions {
  readonly yes?: boolean;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--yes", "do not ask before changing the project or subscription")
    .option("--dry-run", "only show what would be done")
    .option("--wait <seconds>", "how long to wait for another command on this environment (default 600)")
    .addHelpText(
      "after",
      examples(
        ["mlops bootstrap dev --dry-run", "what is there, and what would be made"],
        ["mlops bootstrap dev", "shows the same, asks, and makes it; repeat it whenever you like"],
      ),
    )
    .action(
      act<Options>(async (context, words, { yes, dryRun, wait }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const { name } = environment;
        const { bootstrapperFor } = await import("../../stacks/platform");
        const bootstrapper = bootstrapperFor(environment, accessTo(environment, context));
        if (bootstrapper === null) {
          const text = `cloud: ${environment.cloud} needs no set-up. Next: mlops up ${name}`;
          context.output.result({ environment: name, actions: [], done: [], next: `mlops up ${name}` }, text);
          return undefined;
        }
        const next = `mlops doctor ${name}`;
        const actions = await bootstrapper.plan();
        const pending = actions.filter(({ state }) => state !== "there");
        if (dryRun || pending.length === 0) {
          const document = { environment: name, actions, done: [], next, ...(dryRun ? { dryRun } : {}) };
          const end =
            pending.length === 0
              ? `everything is there. Next: ${next}`
              : `${pending.length} to do; nothing was written`;
          context.output.result(document, `${planText(actions)}\n${end}`);
          return undefined;
        }
        // Words for the person who is asked: the result comes when it is done.
        context.output.say(planText(actions));
        if (!yes) await confirm(context, `This changes ${accountOf(environment)} as shown.`, "yes", "--yes");
        await asOnlyWriter(context, { name, command: "bootstrap", wait }, async () => {
          const steps = new Steps(context.output);
          await steps.run("bootstrap", async (say) => {
            await context.interrupt.during(() => bootstrapper.carryOut(say));
            return { value: undefined, detail: `${pending.length} done` };
          });
          const done = pending.map(({ action }) => action);
          context.output.result(
            { environment: name, actions, done, next, steps: steps.reports },
            `done. Next: ${next}`,
          );
        });
        return undefined;
      }),
    );
};

/** What is set up, in the cloud's own word. */
function accountOf({ name, cloud, clouds }: Environment): string {
  if (cloud === "gcp") return `the project ${clouds.gcp.project}`;
  return cloud === "azure" ? `the subscription ${clouds.azure.subscription}` : name;
}

const SIGNS = { there: "ok     ", create: "create ", update: "update " } as const;

function planText(actions: readonly BootstrapAction[]): string {
  return actions
    .flatMap(({ state, action, detail, items }) => [
      `${SIGNS[state]} ${action}: ${detail}`,
      ...items.map((item) => `          ${item}`),
    ])
    .join("\n");
}
