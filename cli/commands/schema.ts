import path from "node:path";
import { UserError } from "../../lib/core/errors";
import type { CommandModule } from "../commands";
import { examples } from "../commands";

interface Options {
  readonly write?: boolean;
  readonly check?: boolean;
  readonly dryRun?: boolean;
}

export const define: CommandModule["define"] = (command, act) => {
  command
    .option("--write", "bring schema.json and every *.schema.json up to date")
    .option("--check", "fail when one of them is stale")
    .option("--dry-run", "with --write: only name the stale ones")
    .addHelpText(
      "after",
      examples(
        ["mlops schema", "the JSON Schema of environment files"],
        ["mlops schema --write", "after a change of environments/schema.ts"],
      ),
    )
    .action(
      act<Options>(async (context, _words, { write, check, dryRun }) => {
        const { schemaFiles, staleSchemas, writeSchema } = await import("../../environments/json-schema");
        // Editors look beside the files; the shipped environments are the place, whatever folder is operated.
        const directory = path.join(context.codeRoot, "environments");
        if (check || dryRun) {
          const stale = staleSchemas(directory);
          if (check && stale.length > 0) {
            throw new UserError(
              stale.map((name) => ({
                where: path.join("environments", name),
                message: "is not what environments/schema.ts says",
                fix: "Run mlops schema --write",
              })),
            );
          }
          const text = stale.length === 0 ? "every schema is fresh" : `would write ${stale.join(", ")}`;
          context.output.result({ stale }, text);
          return undefined;
        }
        if (write) {
          const written = writeSchema(directory).map((file) => path.relative(process.cwd(), file));
          context.output.result(
            { written },
            written.length === 0 ? "every schema is fresh" : `wrote ${written.join(", ")}`,
          );
          return undefined;
        }
        const text = schemaFiles()["schema.json"] ?? "";
        context.output.result(JSON.parse(text), text.trimEnd());
        return undefined;
      }),
    );
};
