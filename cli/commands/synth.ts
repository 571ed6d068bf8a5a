import fs from "node:fs";
import path from "node:path";
import { word } from "../arguments";
import type { CommandModule } from "../commands";
import { examples } from "../commands";
import { loadEnvironment, outputFolder, type Synthesized, synthesize, withScratch } from "../estate";

interface Options {
  readonly out?: string;
  readonly assume?: boolean;
  readonly dryRun?: boolean;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .argument("<environment>")
    .option("--out <directory>", "where to write (default: cdktf.out beside the environments)")
    .option("--assume", "use example values for what other layers would give")
    .option("--dry-run", "only say which files would change")
    .addHelpText(
      "after",
      examples(["mlops synth local --out build", "build/stacks/<stack>/cdk.tf.json and build/manifest.json"]),
    )
    .action(
      act<Options>(async (context, words, { out, assume, dryRun }) => {
        const environment = await loadEnvironment(context, word(words, 0));
        const outdir = out === undefined ? outputFolder(context) : path.resolve(out);
        const report = (made: Synthesized, changed: readonly string[] | null) =>
          context.output.result(
            { environment: environment.name, outdir, stacks: made.stacks, changed, assumed: made.entry.assumed },
            text(made, outdir, changed),
          );
        if (dryRun) {
          await withScratch(context, environment, { assume }, async (made) => {
            const files = made.stacks.map(({ synthesizedStackPath }) => synthesizedStackPath);
            report(
              made,
              files.filter((file) => differs(made.outdir, outdir, file)),
            );
          });
        } else report(await synthesize(context, environment, { outdir, assume }), null);
        return undefined;
      }),
    );
};

function text({ stacks }: Synthesized, outdir: string, changed: readonly string[] | null): string {
  const files = changed ?? stacks.map(({ synthesizedStackPath }) => synthesizedStackPath);
  if (files.length === 0) return "nothing would change";
  return files.map((file) => path.relative(process.cwd(), path.join(outdir, file))).join("\n");
}

function differs(made: string, outdir: string, file: string): boolean {
  const present = path.join(outdir, file);
  return !fs.existsSync(present) || !fs.readFileSync(present).equals(fs.readFileSync(path.join(made, file)));
}
