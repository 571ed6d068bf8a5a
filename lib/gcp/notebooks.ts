import type { INotebooks, NotebooksProps } from "../contracts/notebooks";
import { UserError } from "../core/errors";
import { resourcesOf } from "../core/ordering";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { StorageBucketIamMember, WorkbenchInstance } from "./bindings";
import type { GcpEstate } from "./estate";
import { mailOf, projectRole } from "./identity-roles";
import { acceleratorName } from "./parts/accelerators";
import { GcpWorkloadIdentity } from "./workload-identity";

/** What exploring takes: submit jobs and look at them, and read data and models. What is made goes through a pipeline. */
const PROJECT_ROLES = ["roles/aiplatform.user", "roles/logging.logWriter"] as const;
const READ_ROLE = "roles/storage.objectViewer";
const READABLE = ["datasets", "artifacts"] as const;

/** https://cloud.google.com/vertex-ai/docs/workbench/instances/introduction#pre-installed_packages */
const IMAGE = { project: "cloud-notebooks-managed", family: "workbench-instances" } as const;

/** GiB, as text as the API takes it. The boot disk holds the image, the data disk the home folder. */
const DISKS = { boot: "150", data: "100" } as const;

/** Accelerators that an instance may have: those of the provider's `accelerator_configs.type`. */
const OFFERED: ReadonlySet<string> = new Set(["NVIDIA_TESLA_T4", "NVIDIA_L4", "NVIDIA_TESLA_A100"]);

/**
 * One Workbench instance that the environment's people share: no public address, stopped when idle, reached through
 * Google's proxy by whoever may act as its account.
 */
export class GcpNotebooks extends Construct implements INotebooks {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NotebooksProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const identity = this.identity();
    const instance = new WorkbenchInstance(this, "Instance", {
      name: estate.name("notebook", "notebooks"),
      location: estate.zone,
      labels: estate.labels(this),
      disableProxyAccess: false,
      gceSetup: {
        ...this.machine(),
        disablePublicIp: true,
        enableIpForwarding: false,
        vmImage: IMAGE,
        serviceAccounts: [{ email: mailOf(identity) }],
        networkInterfaces: [{ network: estate.network, subnet: estate.subnet("nodes"), nicType: "GVNIC" }],
        metadata: this.metadata(),
      },
      dependsOn: resourcesOf(identity),
    });
    this.uri = handOver(this, {
      key: "notebooksProxy",
      value: `https://${instance.proxyUri}`,
      example: `https://0123456789abcdef-dot-${estate.settings.region}.notebooks.googleusercontent.com`,
      description: "JupyterLab, behind Google's sign-in",
    });
  }

  private identity(): GcpWorkloadIdentity {
    const identity = new GcpWorkloadIdentity(this, "Identity", { workload: "notebooks" }, this.estate);
    for (const role of PROJECT_ROLES) projectRole(identity, role, this.estate);
    for (const purpose of READABLE) {
      new StorageBucketIamMember(identity, `read-${purpose}`, {
        bucket: this.estate.bucket(purpose),
        role: READ_ROLE,
        member: identity.principal,
      });
    }
    return identity;
  }

  private machine() {
    const { class: size = "cpu-small" } = this.props;
    const { type, accelerator } = this.estate.machine(size);
    const key = this.estate.key("ml");
    const encryption = key ? { diskEncryption: "CMEK", kmsKey: key } : { diskEncryption: "GMEK" };
    const name = accelerator && acceleratorName(accelerator.type);
    if (name !== undefined && !OFFERED.has(name)) {
      throw new UserError({
        where: "notebooks.class",
        message: `is ${size}, and Workbench instances have no ${name}`,
        fix: "Use gpu-a100, or a pipeline step for larger machines",
      });
    }
    return {
      machineType: type,
      bootDisk: { diskType: "PD_BALANCED", diskSizeGb: DISKS.boot, ...encryption },
      dataDisks: { diskType: "PD_BALANCED", diskSizeGb: DISKS.data, ...encryption },
      shieldedInstanceConfig: {
        // NVIDIA's drivers for this image are not signed: https://cloud.google.com/compute/docs/gpus/install-drivers-gpu#secure-boot
        enableSecureBoot: accelerator === undefined,
        enableVtpm: true,
        enableIntegrityMonitoring: true,
      },
      ...(accelerator ? { acceleratorConfigs: [{ type: name, coreCount: String(accelerator.count) }] } : {}),
    };
  }

  /**
   * https://cloud.google.com/vertex-ai/docs/workbench/instances/manage-metadata. Nobody is root. The terminal stays: git
   * and tests need it. From production's notebooks nothing is downloaded, in whatever form.
   */
  private metadata(): Record<string, string> {
    const { idleShutdownMinutes = 60 } = this.props;
    const { production } = this.estate.settings;
    return {
      "idle-timeout-seconds": String(idleShutdownMinutes * 60),
      "notebook-disable-root": "true",
      "notebook-disable-downloads": String(production),
      "notebook-disable-nbconvert": String(production),
      "report-event-health": "true",
    };
  }
}
