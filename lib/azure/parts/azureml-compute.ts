/** Body of a person's compute instance in Azure ML's API. Does not load the engine. */

/** Who opens an instance: ids in Entra. */
export interface AssignedUser {
  readonly objectId: string;
  readonly tenantId: string;
}

/** A compute instance. */
export interface ComputeInstanceBody {
  readonly properties: {
    readonly computeType: "ComputeInstance";
    readonly disableLocalAuth: true;
    readonly properties: {
      readonly vmSize: string;
      /** ISO 8601. */
      readonly idleTimeBeforeShutdown: string;
      readonly applicationSharingPolicy: "Personal";
      readonly computeInstanceAuthorizationType: "personal";
      readonly personalComputeInstanceSettings: { readonly assignedUser: AssignedUser };
      readonly sshSettings: { readonly sshPublicAccess: "Disabled" };
      readonly enableNodePublicIp: false;
      readonly enableRootAccess: false;
      readonly enableSSO: true;
    };
  };
}

/** Bounds of the time without use after which an instance is stopped, in minutes: a quarter of an hour and three days. */
const IDLE = { min: 15, max: 4320 } as const;

/** An instance of one person: no public address, no SSH, no root, stopped when idle. */
export function computeInstanceBody({
  vmSize,
  idleMinutes,
  user,
}: {
  readonly vmSize: string;
  readonly idleMinutes: number;
  readonly user: AssignedUser;
}): ComputeInstanceBody {
  const minutes = Math.min(Math.max(idleMinutes, IDLE.min), IDLE.max);
  return {
    properties: {
      computeType: "ComputeInstance",
      disableLocalAuth: true,
      properties: {
        vmSize,
        idleTimeBeforeShutdown: `PT${minutes}M`,
        applicationSharingPolicy: "Personal",
        computeInstanceAuthorizationType: "personal",
        personalComputeInstanceSettings: { assignedUser: user },
        sshSettings: { sshPublicAccess: "Disabled" },
        enableNodePublicIp: false,
        enableRootAccess: false,
        enableSSO: true,
      },
    },
  };
}
