import type { Construct } from "../framework";

/** The range of a network, or the one that is there already. */
export interface NetworkProps {
  /** IPv4 range of the environment, for example `10.20.0.0/16`. */
  readonly cidr: string;
  /** Parts with a fixed place, inside `cidr` but for `pods`, `services` and `controlPlane`. @default - carved from `cidr` */
  readonly ranges?: Partial<Readonly<Record<"nodes" | "pods" | "services" | "controlPlane" | "endpoints", string>>>;
  /** Whether it reaches the internet, outwards and by HTTPS only. @default true */
  readonly internet?: boolean;
  /** Reference of a network that exists already and is used instead. @default - a network is made */
  readonly existing?: string;
}

/** A private network: nothing in it has a public address unless a stack says so. */
export interface INetwork extends Construct {
  /** What the platform's own tools name it by. */
  readonly reference: string;
  /** References of the subnets by role. */
  readonly subnets: Readonly<Record<"nodes" | "services" | "endpoints", string>>;
}
