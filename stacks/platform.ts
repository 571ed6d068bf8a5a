/**
 * The one switch on the cloud. Adding a cloud is adding a case to each of the three functions below; the compiler lists
 * them. Everything heavy is loaded inside a case, so that operating an estate never loads the engine.
 */
import { resolve } from "node:path";
import type { Environment } from "../environments/schema";
import type { IBootstrapper } from "../lib/contracts/bootstrap";
import type { CloudAccess } from "../lib/contracts/cloud-access";
import type { IOperator } from "../lib/contracts/operator";
import type { IPlatform } from "../lib/contracts/platform";
import { UserError } from "../lib/core/errors";
import type { LayerDefinition } from "../lib/local/parts";
import { azureSettings } from "./azure-settings";
import { gcpSettings } from "./gcp-settings";
import { CODE_ROOT, TO_WORKSPACE } from "./paths";

/** Clouds this version builds; the others are read, checked and explained only. */
export const BUILDABLE = ["local", "gcp", "azure"] as const satisfies readonly Environment["cloud"][];

/** The same in words. */
export const BUILT = BUILDABLE.map((cloud) => `cloud: ${cloud}`)
  .join(", ")
  .replace(/, ([^,]*)$/, " and $1");

/** Whether this version can build an environment. */
export function isBuildable(environment: Pick<Environment, "cloud">): boolean {
  return (BUILDABLE as readonly string[]).includes(environment.cloud);
}

/** What an operator needs besides the environment. */
export interface OperatorOptions {
  /** Absolute path of the folder that holds `environments/`. */
  readonly workspace: string;
  /** Definitions that were just synthesized. @default - those recorded at the last deployment */
  readonly definitions?: readonly LayerDefinition[];
  /** The way into the cloud; not needed for this machine. */
  readonly access: CloudAccess;
}

/** The platform that builds an environment. Loads the engine. */
export function platformFor(environment: Environment): IPlatform {
  switch (environment.cloud) {
    case "local": {
      const { LocalPlatform } = require("../lib/local/platform") as typeof import("../lib/local/platform");
      const { directory, ports } = environment.clouds.local;
      return new LocalPlatform({ environment: environment.name, directory, ports, workspace: TO_WORKSPACE });
    }
    case "gcp": {
      const { GcpPlatform } = require("../lib/gcp/platform") as typeof import("../lib/gcp/platform");
      return new GcpPlatform(gcpSettings(environment));
    }
    case "azure": {
      const { AzurePlatform } = require("../lib/azure/platform") as typeof import("../lib/azure/platform");
      return new AzurePlatform(azureSettings(environment));
    }
    case "kubernetes":
      throw notBuildable(environment);
    default:
      return environment satisfies never;
  }
}

/** What operates the environment's estate. Does not load the engine. */
export function operatorFor(environment: Environment, { workspace, definitions, access }: OperatorOptions): IOperator {
  switch (environment.cloud) {
    case "local": {
      const { createLocalOperator } = require("../lib/local/operator") as typeof import("../lib/local/operator");
      const directory = resolve(workspace, environment.clouds.local.directory);
      return createLocalOperator({
        codeRoot: CODE_ROOT,
        workspace,
        environment: environment.name,
        directory,
        definitions,
      });
    }
    case "gcp": {
      const { createGcpOperator } = require("../lib/gcp/operator") as typeof import("../lib/gcp/operator");
      const { pools } = environment.kubernetes;
      return createGcpOperator({
        settings: gcpSettings(environment),
        access,
        pools: Object.entries(pools).map(([name, pool]) => ({ name, ...pool })),
        source: environment.delivery.source,
      });
    }
    case "azure": {
      const { createAzureOperator } = require("../lib/azure/operator") as typeof import("../lib/azure/operator");
      const { pools } = environment.kubernetes;
      return createAzureOperator({
        settings: azureSettings(environment),
        access,
        pools: Object.entries(pools).map(([name, pool]) => ({ name, ...pool })),
        source: environment.delivery.source,
        training: environment.training,
        ci: environment.delivery.infrastructure !== undefined,
      });
    }
    case "kubernetes":
      throw notBuildable(environment);
    default:
      return environment satisfies never;
  }
}

/** What sets the environment's account up before the first deployment; null where nothing has to be. Does not load the engine. */
export function bootstrapperFor(environment: Environment, access: CloudAccess): IBootstrapper | null {
  switch (environment.cloud) {
    case "local":
      return null;
    case "gcp": {
      const { createGcpBootstrapper } = require("../lib/gcp/operator") as typeof import("../lib/gcp/operator");
      return createGcpBootstrapper({ settings: gcpSettings(environment), access });
    }
    case "azure": {
      const { createAzureBootstrapper } = require("../lib/azure/operator") as typeof import("../lib/azure/operator");
      return createAzureBootstrapper({ settings: azureSettings(environment), access });
    }
    case "kubernetes":
      throw notBuildable(environment);
    default:
      return environment satisfies never;
  }
}

function notBuildable({ name, cloud }: Pick<Environment, "name" | "cloud">): UserError {
  return new UserError({
    where: `environments/${name}.yaml`,
    message: `cloud is ${cloud}; this version builds ${BUILT}`,
    fix: `Write cloud: local, or use mlops validate ${name} and mlops explain ${name}, which work for every cloud`,
  });
}
