// STUB
import type { ISchedule, ScheduleProps } from "../contracts/schedule";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpSchedule extends ISchedule {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpSchedule extends Construct {
  constructor(scope: Construct, id: string, props: ScheduleProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
