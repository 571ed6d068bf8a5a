// STUB
import type { IEventTopic } from "../contracts/event-topic";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureEventTopic extends Construct implements IEventTopic {
  readonly reference = "stub";
  readonly grants = { publish: () => undefined };

  constructor(scope: Construct, id: string, _estate: AzureEstate) {
    super(scope, id);
  }
}
