/** Run as a process of its own: prints which modules of the engine were loaded by operating (or building) an estate. */
import Module from "node:module";
import { readManifest } from "../../stacks/output-folder";
import { operatorFor, platformFor } from "../../stacks/platform";
import { localEnvironment } from "./fixtures";
import { removeTemporaryFolders, temporaryFolder } from "./folders";

const environment = localEnvironment();
if (process.argv[2] === "build") platformFor(environment);
else operatorFor(environment, { workspace: temporaryFolder(), access: { endpoints: {}, token: async () => "" } });
readManifest(temporaryFolder());
removeTemporaryFolders();
const { _cache: loaded } = Module as unknown as { readonly _cache: Readonly<Record<string, unknown>> };
console.log(JSON.stringify(Object.keys(loaded).filter((file) => /node_modules\/(cdktf|constructs)\//.test(file))));
