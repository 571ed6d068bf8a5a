import type { Command } from "commander";
import { buildCommand, IMAGE_NAMES, IMAGES } from "../../lib/core/images";
import type { Act, CommandModule } from "../commands";
import { examples } from "../commands";
import { table } from "../output";

export const define: CommandModule["define"] = (command, act) => {
  command
    .addHelpText(
      "after",
      examples(
        ["mlops lock", "the images, each with its digest or the command that builds it"],
        ["mlops lock image serving=sha256:…", "deploy this build from the next plan on"],
      ),
    )
    .action(
      act(async (context) => {
        const { readDigests } = await import("../../environments/images-lock");
        const digests = readDigests(context.environmentsShown);
        const images = IMAGE_NAMES.map((name) => ({
          name,
          purpose: IMAGES[name].purpose,
          digest: digests[name] ?? null,
          build: buildCommand(name, `HOST/PROJECT/REPOSITORY/${name}`) ?? null,
        }));
        const rows = images.map(({ name, digest, build }) => [
          name,
          digest ?? (build === null ? "missing; it is built elsewhere" : `missing; build it: ${build}`),
        ]);
        context.output.result({ images }, table(["IMAGE", "DIGEST"], rows));
        return undefined;
      }),
    );
  defineImage(command.command("image").description("record digests in images.lock.yaml"), act);
};

function defineImage(command: Command, act: Act): void {
  command
    .argument("<name=digest...>", "image and digest, such as serving=sha256:…")
    .option("--dry-run", "say what would change, write nothing")
    .addHelpText(
      "after",
      examples(
        ["mlops lock image serving=sha256:…", "comments and the other digests stay"],
        ["mlops lock image serving=sha256:… tracking=sha256:…", "several at once"],
      ),
    )
    .action(
      act<{ dryRun?: boolean }>(async (context, words, { dryRun = false }) => {
        const { recordDigests, typedDigests } = await import("../../environments/images-lock");
        const { file, images, changed } = recordDigests(context.environmentsShown, typedDigests(words), dryRun);
        const done = dryRun ? "would be written" : "written";
        const text = changed.length > 0 ? `${file}: ${changed.join(", ")} ${done}` : `${file}: unchanged`;
        context.output.result({ file, images, changed, written: !dryRun && changed.length > 0 }, text);
        return undefined;
      }),
    );
}
