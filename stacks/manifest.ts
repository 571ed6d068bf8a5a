/** `manifest.json` of an output folder: what the CDKTF command line reads, and what ours adds. Does not load the engine. */
import type { Layer } from "../lib/contracts/layers";
import type { OutputEntry } from "../lib/contracts/outputs";
import type { Waived } from "../lib/core/policies";

/** One stack. The first seven fields are CDKTF's. */
export interface StackEntry {
  readonly name: string;
  readonly constructPath: string;
  /** Relative to the output folder. */
  readonly workingDirectory: string;
  /** Relative to the output folder. */
  readonly synthesizedStackPath: string;
  readonly stackMetadataPath: string;
  readonly annotations: readonly unknown[];
  /** Stacks that have to be deployed before. */
  readonly dependencies: readonly string[];
  readonly environment: string;
  readonly layer: Layer;
  /** `sha256:` and 64 hexadecimal digits over the stack's file. */
  readonly digest: string;
}

/** A value that stands in for one that only a deployed layer could give. */
export interface Assumption {
  /** Stack that reads it. */
  readonly stack: string;
  /** Output that it reads, and the stack that has it. */
  readonly key: string;
  readonly from: string;
  readonly example: string;
}

/** One environment: its stacks, its document, and what was assumed or waived. */
export interface EnvironmentEntry {
  readonly cloud: string;
  /** Stacks in the order they are deployed. */
  readonly stacks: readonly string[];
  /** Every key of the environment's document, whatever the cloud. */
  readonly outputs: Readonly<Record<string, OutputEntry>>;
  /** Values that were assumed; empty without `--assume`. */
  readonly assumed: readonly Assumption[];
  /** Violations of policies that are let pass, each with who answers for it. */
  readonly waived: readonly Waived[];
}

/** The whole of `manifest.json`. */
export interface SynthManifest {
  /** Of the engine. */
  readonly version: string;
  readonly stacks: Readonly<Record<string, StackEntry>>;
  readonly environments: Readonly<Record<string, EnvironmentEntry>>;
}
