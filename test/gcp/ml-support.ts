import { isLacking, type Provided } from "../../lib/contracts/provided";
import { GcpEstate } from "../../lib/gcp/estate";
import { type GcpBench, PRODUCTION, resources } from "./support";

export const estate = new GcpEstate(PRODUCTION);
export const account = (workload: string) =>
  `serviceAccount:acme-test-${workload}@acme-ml-test.iam.gserviceaccount.com`;

export function there<T extends object>(part: Provided<T>): T {
  if (isLacking(part)) throw new Error(part.lacking);
  return part;
}

/** What the parts of the ml layer are made of. */
export function around({ platform, layer }: GcpBench) {
  const store = (purpose: "datasets" | "artifacts" | "packages") =>
    there(platform.objectStore(layer("data"), purpose, { purpose }));
  return {
    datasets: store("datasets"),
    artifacts: store("artifacts"),
    packages: store("packages"),
    database: there(platform.metadataDatabase(layer("data"), "Database", { class: "db-small" })),
    topic: there(platform.eventTopic(layer("data"), "Retrain")),
    identity: there(platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" })),
  };
}

export const roles = (stack: Parameters<typeof resources>[0], member: string) =>
  resources(stack, "google_project_iam_member")
    .filter((one) => one.member === member)
    .map((one) => one.role);
