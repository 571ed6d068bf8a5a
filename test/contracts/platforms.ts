import { LocalPlatform } from "../../lib/local/platform";
import { localEnvironment } from "../support/fixtures";
import type { PlatformUnderTest } from "./harness";

interface Part {
  readonly kind: string;
  readonly name: string;
}

const local: PlatformUnderTest = {
  cloud: "local",
  create: () => {
    const { local: estate } = localEnvironment().clouds;
    return new LocalPlatform({ environment: "test", ...estate, workspace: "../../.." });
  },
  made: ({ resource }) => {
    const { parts } = (resource.terraform_data?.Parts?.input ?? { parts: [] }) as { parts: readonly Part[] };
    return parts.map(({ kind, name }) => `${kind} ${name}`).sort();
  },
  makes: {
    budget: "lacking",
    cluster: "lacking",
    containerService: ["modelServer qa"],
    delivery: "lacking",
    encryptionKey: "lacking",
    eventTopic: "lacking",
    featureStore: "lacking",
    imageRegistry: "lacking",
    metadataDatabase: ["database database"],
    modelEndpoint: ["gateway gateway", "modelServer blue", "modelServer green"],
    modelRegistry: ["tracking tracking"],
    monitoring: [],
    network: "lacking",
    notebooks: ["notebooks notebooks"],
    objectStore: ["directory artifacts", "directory datasets"],
    orchestrator: ["orchestrator orchestrator"],
    schedule: ["scheduler scheduler"],
    secretStore: ["secrets secrets"],
    workloadIdentity: [],
  },
  address: /^(http|postgresql):\/\/([a-z]+@)?127\.0\.0\.1:\d+(\/.*)?$/,
};

/** Every platform that there is. */
export const PLATFORMS: readonly PlatformUnderTest[] = [local];
