/** The estate's own images. Their digests stand in `environments/images.lock.yaml`. Does not load the engine. */

/** One image that the blueprint has the source of. */
export interface ImageSource {
  readonly purpose: string;
  /** How it is built; paths are relative to the clone. @default - built elsewhere, recorded by its digest */
  readonly build?: {
    /** Folder that its Dockerfile copies from. */
    readonly context: string;
    /** The Dockerfile, relative to that folder. */
    readonly dockerfile: string;
    /** File of Cloud Build. */
    readonly cloudBuild: string;
  };
}

/** Images by name. */
export const IMAGES = {
  tracking: {
    purpose: "the MLflow server, and the job that gives identities their rights in the database",
    build: {
      context: "pipelines/images/tracking",
      dockerfile: "Dockerfile",
      cloudBuild: "pipelines/images/tracking/cloudbuild.yaml",
    },
  },
  serving: {
    purpose: "the scoring app",
    build: {
      context: "pipelines",
      dockerfile: "images/serving/Dockerfile",
      cloudBuild: "pipelines/images/serving/cloudbuild.yaml",
    },
  },
  trigger: { purpose: "the handler of retrain events" },
} as const satisfies Record<string, ImageSource>;

/** An image's name. */
export type ImageName = keyof typeof IMAGES;

/** Their names. */
export const IMAGE_NAMES = Object.keys(IMAGES) as readonly ImageName[];

/** File of their digests, in the folder of the environments. */
export const IMAGES_LOCK = "images.lock.yaml";

/** Clouds that build images. */
export type BuildCloud = "gcp" | "azure";

/**
 * The command that builds an image and pushes it, in the cloud where it can; undefined for one that is built elsewhere.
 * @param target host, path and name that it is pushed to
 */
export function buildCommand(name: ImageName, target: string, cloud: BuildCloud): string | undefined {
  const { build }: ImageSource = IMAGES[name];
  if (build === undefined) return undefined;
  const { context, dockerfile, cloudBuild } = build;
  if (cloud === "gcp") return `gcloud builds submit --config ${cloudBuild} --substitutions _IMAGE=${target}`;
  const [host = ""] = target.split("/");
  const [registry = ""] = host.split(".");
  // Tags never move: each commit has its own.
  const tag = `${target}:$(git rev-parse --short HEAD)`;
  const push = `docker buildx build --platform linux/amd64 --push --tag ${tag} --file ${context}/${dockerfile} ${context}`;
  return `az acr login --name ${registry} && ${push}`;
}

/** What else the command needs. Azure's own build service (az acr build) reaches a private registry only by a pool of machines in preview. */
const REACH: Readonly<Record<BuildCloud, string>> = {
  gcp: "",
  azure:
    " on a machine in the network, where alone the registry answers (a build on the pool of delivery.runner: network)",
};

/**
 * Why a part is left out whose image has no digest yet, with the command that builds it.
 * @param target host, path and name that the image is pushed to
 */
export function imageMissing(
  name: ImageName,
  target: string,
  { environment, cloud }: { readonly environment: string; readonly cloud: BuildCloud },
): string {
  const build = buildCommand(name, target, cloud);
  const record = `record its digest with mlops lock image ${name}=sha256:… --for ${environment}`;
  if (build === undefined) return `the image ${name} is not in environments/${IMAGES_LOCK}; ${record}`;
  return `the image ${name} is not built yet; run ${build}${REACH[cloud]}, then ${record}`;
}
