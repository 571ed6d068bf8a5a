// STUB
import type { IMetadataDatabase, MetadataDatabaseProps } from "../contracts/metadata-database";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureMetadataDatabase extends Construct implements IMetadataDatabase {
  readonly host = "stub";
  readonly port = 5432;
  readonly passwordReference = null;
  readonly pipelineStoreUri = null;
  readonly grants = { connect: () => undefined };

  constructor(scope: Construct, id: string, _props: MetadataDatabaseProps, _estate: AzureEstate) {
    super(scope, id);
  }

  uri(): string | null {
    return null;
  }
}
