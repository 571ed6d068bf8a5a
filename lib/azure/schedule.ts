// STUB
import type { ISchedule, ScheduleProps } from "../contracts/schedule";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureSchedule extends Construct implements ISchedule {
  readonly reference = "stub";

  constructor(scope: Construct, id: string, _props: ScheduleProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
