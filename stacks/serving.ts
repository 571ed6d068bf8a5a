import { grant } from "../lib/core/grants";
import { outputOf } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import type { DataStack } from "./data";
import { PlatformStack, type StackProps } from "./platform-stack";

/** Where models are used: QA, and production behind one address. Versions and weights belong to the release. */
export class ServingStack extends PlatformStack {
  constructor(scope: Construct, { data, ...props }: StackProps & { readonly data: DataStack }) {
    super(scope, "serving", props);
    const { predictions: logging } = props.environment.logging;
    const qa = this.platform.containerService(this, "Qa", { logging });
    const production = this.platform.modelEndpoint(this, "Production", { logging });

    const serving = this.platform.workloadIdentity(this, "Serving", { workload: "serving" });
    grant(data.artifacts, serving, (store, identity) => store.grants.read(identity));
    grant(data.predictionLogs, serving, (store, identity) => store.grants.readWrite(identity));

    this.publish({
      qaUri: outputOf(qa, ({ uri }) => uri),
      servingUri: outputOf(production, ({ uri }) => uri),
      servingPrincipal: outputOf(serving, ({ principal }) => principal),
    });
  }
}
