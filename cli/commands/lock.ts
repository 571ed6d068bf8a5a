import type { Command } from "commander";
import { buildCommand, IMAGE_NAMES, IMAGES } from "../../lib/core/images";
import type { Act, CommandModule } from "../commands";
import { examples } from "../commands";
import { loadEnvironment } from "../estate";
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
        const { readLock } = await import("../../environments/images-lock");
        const { images: shared, environments } = readLock(context.environmentsShown);
        const images = IMAGE_NAMES.map((name) => ({
          name,
          purpose: IMAGES[name].purpose,
          digest: shared[name] ?? null,
          environments: Object.fromEntries(
            Object.entries(environments).flatMap(([environment, { [name]: digest }]) =>
              digest === undefined ? [] : [[environment, digest]],
            ),
          ),
          build: {
            gcp: buildCommand(name, `HOST/PROJECT/REPOSITORY/${name}`, "gcp") ?? null,
            azure: buildCommand(name, `REGISTRY/${name}`, "azure") ?? null,
          },
        }));
        const rows = images.flatMap(({ name, digest, environments: own, build }) => [
          ...(digest === null && Object.keys(own).length > 0 ? [] : [[name, "every", digest ?? missing(build)]]),
          ...Object.entries(own).map(([environment, value]) => [name, environment, value]),
        ]);
        context.output.result({ images }, table(["IMAGE", "ENVIRONMENT", "DIGEST"], rows));
        return undefined;
      }),
    );
  defineImage(command.command("image").description("record digests in images.lock.yaml"), act);
};

/** On either cloud. */
function missing({ gcp, azure }: { readonly gcp: string | null; readonly azure: string | null }): string {
  return gcp === null || azure === null
    ? "missing; it is built elsewhere"
    : `missing; build it: ${gcp}; on Azure: ${azure}`;
}

function defineImage(command: Command, act: Act): void {
  command
    .argument("<name=digest...>", "image and digest, such as serving=sha256:…")
    .option("--for <environment>", "an environment's own build (default: every environment)")
    .option("--dry-run", "say what would change, write nothing")
    .addHelpText(
      "after",
      examples(
        ["mlops lock image serving=sha256:…", "comments and the other digests stay"],
        ["mlops lock image serving=sha256:… tracking=sha256:…", "several at once"],
        ["mlops lock image serving=sha256:… --for prod", "the build of prod's own project"],
      ),
    )
    .action(
      act<{ for?: string; dryRun?: boolean }>(async (context, words, { for: environment, dryRun = false }) => {
        const { recordDigests, typedDigests } = await import("../../environments/images-lock");
        if (environment !== undefined) await loadEnvironment(context, environment);
        const options = { dryRun, ...(environment === undefined ? {} : { environment }) };
        const { file, images, changed } = recordDigests(context.environmentsShown, typedDigests(words), options);
        const done = dryRun ? "would be written" : "written";
        const text = changed.length > 0 ? `${file}: ${changed.join(", ")} ${done}` : `${file}: unchanged`;
        context.output.result({ file, images, changed, written: !dryRun && changed.length > 0 }, text);
        return undefined;
      }),
    );
}
