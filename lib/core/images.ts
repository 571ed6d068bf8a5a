/** The estate's own images. Their digests stand in `environments/images.lock.yaml`. Does not load the engine. */

/** One image that the blueprint has the source of. */
export interface ImageSource {
  readonly purpose: string;
  /** Cloud Build file that builds it, relative to the clone. @default - built elsewhere, recorded by its digest */
  readonly build?: string;
}

/** Images by name. */
export const IMAGES = {
  tracking: {
    purpose: "the MLflow server, and the job that gives identities their rights in the database",
    build: "pipelines/images/tracking/cloudbuild.yaml",
  },
  serving: { purpose: "the scoring app", build: "pipelines/images/serving/cloudbuild.yaml" },
  trigger: { purpose: "the handler of retrain events" },
} as const satisfies Record<string, ImageSource>;

/** An image's name. */
export type ImageName = keyof typeof IMAGES;

/** Their names. */
export const IMAGE_NAMES = Object.keys(IMAGES) as readonly ImageName[];

/** File of their digests, in the folder of the environments. */
export const IMAGES_LOCK = "images.lock.yaml";

/**
 * The command that builds an image; undefined for one that is built elsewhere.
 * @param target host, path and name that it is pushed to
 */
export function buildCommand(name: ImageName, target: string): string | undefined {
  const { build }: ImageSource = IMAGES[name];
  return build && `gcloud builds submit --config ${build} --substitutions _IMAGE=${target}`;
}

/**
 * Why a part is left out whose image has no digest yet, with the command that builds it.
 * @param target host, path and name that the image is pushed to
 */
export function imageMissing(name: ImageName, target: string, environment: string): string {
  const build = buildCommand(name, target);
  const record = `record its digest with mlops lock image ${name}=sha256:… --for ${environment}`;
  if (build === undefined) return `the image ${name} is not in environments/${IMAGES_LOCK}; ${record}`;
  return `the image ${name} is not built yet; run ${build}, then ${record}`;
}
