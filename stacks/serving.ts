import { SERVING_IN_CLUSTER } from "../lib/contracts/serving";
import { grant } from "../lib/core/grants";
import { outputOf, whenProvided } from "../lib/core/outputs";
import type { Construct } from "../lib/framework";
import type { DataStack } from "./data";
import { PlatformStack, type StackProps } from "./platform-stack";

/** Where models are used: QA, and production behind one address. Versions and weights belong to the release. */
export class ServingStack extends PlatformStack {
  constructor(scope: Construct, { data, ...props }: StackProps & { readonly data: DataStack }) {
    super(scope, "serving", props);
    const { predictions: logging } = props.environment.logging;
    const { qa: check, production } = props.environment.serving;
    const target = check.target === "process" ? undefined : check.target;
    const serving = this.platform.workloadIdentity(this, "Serving", {
      workload: "serving",
      ...(production.target === "kubernetes" ? { kubernetes: SERVING_IN_CLUSTER } : {}),
    });
    const qa = whenProvided({ identity: serving }, ({ identity }) =>
      this.platform.containerService(this, "Qa", { target, logging, identity }),
    );
    const endpoint = whenProvided({ identity: serving }, ({ identity }) =>
      this.platform.modelEndpoint(this, "Production", { ...production, logging, identity }),
    );
    grant(data.artifacts, serving, (store, identity) => store.grants.read(identity));
    grant(data.predictionLogs, serving, (store, identity) => store.grants.readWrite(identity));
    grant(data.images, serving, (registry, identity) => registry.grants.pull(identity));
    grant(data.features, serving, (store, identity) => store.grants.read(identity));

    this.publish({
      qaUri: outputOf(qa, ({ uri }) => uri),
      servingUri: outputOf(endpoint, ({ uri }) => uri),
      servingPrincipal: outputOf(serving, ({ principal }) => principal),
    });
  }
}
