// STUB
import type { INotebooks, NotebooksProps } from "../contracts/notebooks";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureNotebooks extends Construct implements INotebooks {
  readonly uri = "https://stub";

  constructor(scope: Construct, id: string, _props: NotebooksProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
