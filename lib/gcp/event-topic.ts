// STUB
import type { IEventTopic } from "../contracts/event-topic";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpEventTopic extends IEventTopic {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpEventTopic extends Construct {
  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    void estate;
  }
}
