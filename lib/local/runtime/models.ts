/** Model versions, over MLflow's REST interface (https://mlflow.org/docs/latest/rest-api.html). */
import type { IModelVersions, ModelPackage } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { type RuntimeContext, upCommand } from "./context";
import { packageFolder, readPackageFiles } from "./package";

interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
}

/** Long enough for MLflow's first answer after a start. */
const TIMEOUT_MS = 30_000;

/** The registry of one local estate. */
export class MlflowModels implements IModelVersions {
  /** @param trackingUrl where MLflow answers. @throws UserError when none is deployed. */
  constructor(
    private readonly context: RuntimeContext,
    private readonly trackingUrl: () => string,
  ) {}

  async get(project: string, version: string) {
    const answer = await this.ask("GET", "model-versions/get", { name: project, version });
    const found = answer?.model_version as ModelVersion | undefined;
    if (!found) {
      throw new UserError({
        where: `${project} version ${version}`,
        message: "is not in the model registry",
        fix: `See the versions with \`mlops pipeline list ${this.context.environment} ${project}\``,
      });
    }
    return packageOf(found);
  }

  async byAlias(project: string, alias: string): Promise<string | null> {
    const answer = await this.ask("GET", "registered-models/alias", { name: project, alias });
    return (answer?.model_version as ModelVersion | undefined)?.version ?? null;
  }

  async setAlias(project: string, alias: string, version: string): Promise<void> {
    const answer = await this.ask("POST", "registered-models/alias", { name: project, alias, version });
    if (answer === null) {
      throw new UserError({ where: `${project} version ${version}`, message: "is not in the model registry" });
    }
  }

  async latest(project: string): Promise<string | null> {
    const filter = `name='${project.replaceAll("'", "")}'`;
    const query = { filter, order_by: "version_number DESC", max_results: "1" };
    const answer = await this.ask("GET", "model-versions/search", query);
    return (answer?.model_versions as ModelVersion[] | undefined)?.[0]?.version ?? null;
  }

  async readPackage(model: ModelPackage): Promise<Readonly<Record<string, Uint8Array>>> {
    return readPackageFiles(await packageFolder(model, this.context.directory));
  }

  /** Returns null when MLflow says that there is no such thing. */
  private async ask(
    method: "GET" | "POST",
    path: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Record<string, unknown> | null> {
    const url = new URL(`${this.trackingUrl()}/api/2.0/mlflow/${path}`);
    if (method === "GET") url.search = new URLSearchParams(parameters).toString();
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { "content-type": "application/json", connection: "close" },
      ...(method === "POST" && { body: JSON.stringify(parameters) }),
    }).catch((error: unknown) => {
      throw new UserError(
        {
          where: "tracking",
          message: `MLflow does not answer at ${url.origin}`,
          fix: `Start the estate with \`${upCommand(this.context)}\``,
        },
        1,
        { cause: error },
      );
    });
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (response.ok) return body;
    // An alias that nobody set is an invalid parameter to MLflow, not a missing resource.
    const absent = body.error_code === "RESOURCE_DOES_NOT_EXIST" || /not found/i.test(String(body.message ?? ""));
    if (absent) return null;
    throw new UserError({
      where: "tracking",
      message: `MLflow answered ${response.status} to ${path}: ${String(body.message ?? "no message")}`,
    });
  }
}

/** A version of MLflow's registry as a package: where it lies and its digest are tags. */
export function packageOf(version: ModelVersion): ModelPackage & { readonly tags: Readonly<Record<string, string>> } {
  const tags = Object.fromEntries((version.tags ?? []).map(({ key, value }) => [key, value ?? ""]));
  const { "package.uri": uri, "package.digest": digest } = tags;
  if (uri && digest) return { project: version.name, version: version.version, uri, digest, tags };
  throw new UserError({
    where: `${version.name} version ${version.version}`,
    message:
      "has no package (its tags package.uri and package.digest are missing): it was not registered by a pipeline",
    fix: "Register it by running the project's pipeline",
  });
}
