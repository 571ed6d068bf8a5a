import type { Construct } from "../framework";
import type { IWorkloadIdentity } from "./workload-identity";

/** A vault of named secrets. Terraform makes the containers; values never pass through it. */
export interface ISecretStore extends Construct {
  /** Address of the vault that the platform's own tools accept. */
  readonly uri: string;
  /** Declares a secret and returns its reference (never its value). Repeatable. */
  secret(name: string): string;
  readonly grants: { read(to: IWorkloadIdentity, name: string): void };
}
