/** Where things are in a local estate and on which ports. Does not load the engine. */
import { posix } from "node:path";
import type { ObjectStorePurpose } from "../contracts/object-store";

/** Ports on 127.0.0.1. */
export interface LocalPorts {
  readonly database: number;
  readonly tracking: number;
  readonly qa: number;
  readonly blue: number;
  readonly green: number;
  readonly gateway: number;
  readonly scheduler: number;
  readonly notebooks: number;
}

/** What a local estate is told by its environment's config and by where Terraform runs. */
export interface LocalEstate {
  readonly environment: string;
  /** The estate's directory, relative to the workspace unless absolute. */
  readonly directory: string;
  readonly ports: LocalPorts;
  /** The way from a stack's folder, where Terraform runs, to the workspace: `../../..`. */
  readonly workspace: string;
}

/** A bucket's folder, relative to the estate's directory. */
export function bucketFolder(purpose: ObjectStorePurpose): string {
  return `buckets/${purpose}`;
}

/** A place in the estate as Terraform, running in a stack's folder, has to be told it. */
export function fromStack({ directory, workspace }: LocalEstate, ...below: string[]): string {
  const estate = posix.isAbsolute(directory) ? directory : posix.join(workspace, directory);
  return posix.join(estate, ...below);
}

/** Address of something that listens on this machine. Nothing ever listens beyond it. */
export function loopback(port: number, scheme = "http"): string {
  return `${scheme}://127.0.0.1:${port}`;
}
