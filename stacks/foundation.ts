import { KEY_USES } from "../lib/contracts/encryption-key";
import { outputOf, switchedOff } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** What everything else stands on: keys, the vault, and the identities of CI. */
export class FoundationStack extends PlatformStack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, "foundation", props);
    const { encryption, delivery } = props.environment;
    for (const use of KEY_USES) {
      this.platform.encryptionKey(this, `Key-${use}`, { use, rotationDays: encryption.rotationDays });
    }
    const secrets = this.platform.secretStore(this, "Secrets");
    const ci = delivery.infrastructure
      ? this.platform.ciIdentities(this, "Ci", delivery.infrastructure)
      : switchedOff("delivery.infrastructure: none");

    this.publish({
      secretsUri: outputOf(secrets, ({ uri }) => uri),
      ciPlanIdentity: outputOf(ci, ({ plan }) => plan),
      ciApplyIdentity: outputOf(ci, ({ apply }) => apply),
      ciProvider: outputOf(ci, ({ provider }) => provider),
    });
  }
}
