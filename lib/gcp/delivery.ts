import type { DeliveryProps, IDelivery } from "../contracts/delivery";
import { Construct } from "../framework";
import { GcpBuildAccounts } from "./build-accounts";
import { GcpBuildTriggers } from "./build-triggers";
import { GcpBuildWorkers } from "./build-workers";
import type { GcpEstate } from "./estate";
import { GcpSourceManager, TRIGGERS_FILE } from "./source-manager";
import { connectionOf, GcpSourceRepository } from "./source-repository";

/** Cloud Build: the repository it listens to, one trigger per delivery rule, and one for pull requests. */
export class GcpDelivery extends Construct implements IDelivery {
  readonly connection: string;
  readonly triggers: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: DeliveryProps, estate: GcpEstate) {
    super(scope, id);
    const { source, rules, skip = [], runner = "hosted" } = props;
    if (source === undefined) {
      // Where code triggers nothing, the name that the connection would have.
      this.connection = connectionOf(undefined, estate);
      this.triggers = {};
      return;
    }
    const accounts = new GcpBuildAccounts(this, "Accounts", { network: runner === "network" }, estate);
    const workers = runner === "network" ? new GcpBuildWorkers(this, "Workers", estate).name : undefined;
    if (source.host === "secureSourceManager") {
      const manager = new GcpSourceManager(this, "Manager", { ...source, builds: accounts.builds }, estate);
      this.connection = manager.instance;
      const listed = rules.map(({ branch, tag }) => branch ?? tag ?? "");
      this.triggers = Object.fromEntries(listed.map((ref) => [ref, `${manager.repository}/${TRIGGERS_FILE}`]));
      return;
    }
    const repository = new GcpSourceRepository(this, "Repository", source, estate);
    this.connection = repository.connection;
    const triggers = { repository: repository.name, host: source.host, rules, skip, accounts, workers };
    this.triggers = new GcpBuildTriggers(this, "Triggers", triggers, estate).references;
  }
}
