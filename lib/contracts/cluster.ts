import type { Construct } from "../framework";
import type { SizeClass } from "./sizes";

/** Machines of one kind that grow and shrink in number. */
export interface NodePool {
  readonly name: string;
  readonly class: SizeClass;
  readonly min: number;
  readonly max: number;
  /** `spot` pools get an on-demand twin that takes over. @default "onDemand" */
  readonly capacity?: "onDemand" | "spot";
}

/** What a cluster is made of. */
export interface ClusterProps {
  readonly pools: readonly NodePool[];
  /** Reference of a cluster that exists already and is used instead. @default - a cluster is made */
  readonly existing?: string;
}

/** A Kubernetes cluster, private, with workload identity. */
export interface ICluster extends Construct {
  readonly endpoint: string;
  /** Issuer of the service accounts' tokens; null where workload identity is not offered. */
  readonly issuer: string | null;
}
