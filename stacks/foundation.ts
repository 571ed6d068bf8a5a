import { outputOf } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import { PlatformStack, type StackProps } from "./platform-stack";

/** What everything else stands on: the vault. */
export class FoundationStack extends PlatformStack {
  constructor(scope: Construct, props: StackProps) {
    super(scope, "foundation", props);
    const secrets = this.platform.secretStore(this, "Secrets");

    this.publish({ secretsUri: outputOf(secrets, ({ uri }) => uri) });
  }
}
