import type { Construct } from "../framework";
import type { SizeClass } from "./sizes";

/** Machines of one kind that grow and shrink in number. */
export interface NodePool {
  readonly name: string;
  readonly class: SizeClass;
  /** Fewest nodes, of the pool as a whole. */
  readonly min: number;
  /** Most nodes, of the pool as a whole. */
  readonly max: number;
  /** `spot` pools get an on-demand twin that takes over. @default "onDemand" */
  readonly capacity?: "onDemand" | "spot";
}

/** What a cluster is made of. */
export interface ClusterProps {
  /** Besides a small system pool, which is always there. */
  readonly pools: readonly NodePool[];
  /** Minor version, `1.33`. @default - what the upgrade channel says */
  readonly version?: string;
  /** How early new versions are taken. @default "regular" */
  readonly upgrades?: "rapid" | "regular" | "stable";
  /** Control plane and nodes in several zones. @default false */
  readonly highAvailability?: boolean;
  /** Refuse deletion of the cluster. @default true */
  readonly deletionProtection?: boolean;
  /** Ranges that may reach the control plane besides the network itself. @default - none */
  readonly authorizedNetworks?: readonly string[];
  /** Reference of a cluster that exists already and is used instead. @default - a cluster is made */
  readonly existing?: string;
}

/** A Kubernetes cluster, private, with workload identity. */
export interface ICluster extends Construct {
  /** Address that tools connect to; who may is decided by the cloud's identities. */
  readonly endpoint: string;
  /** Issuer of the service accounts' tokens; null where workload identity is not offered. */
  readonly issuer: string | null;
}
