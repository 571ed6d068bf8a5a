/** images.lock.yaml: which build of each of the estate's own images is deployed. */
import { z } from "zod";
import { IMAGE_NAMES, IMAGES, type ImageName } from "../../lib/core/images";
import { lowerName, text } from "./fields";

/** What pins an image: a tag, `latest` most of all, may be moved to another one. */
export const digest = () =>
  text(/^sha256:[0-9a-f]{64}$/, "a digest, sha256: and 64 hexadecimal digits in lower case; a tag can be moved");

const byName = Object.fromEntries(
  IMAGE_NAMES.map((name) => [name, digest().optional().describe(`Digest of ${IMAGES[name].purpose}.`)]),
) as Record<ImageName, z.ZodOptional<ReturnType<typeof digest>>>;

/** The file. */
export const ImagesFile = z.strictObject({
  version: z.literal(1, { error: "1" }).describe("Version of the file's form."),
  images: z
    .strictObject(byName)
    .prefault({})
    .describe(
      "Digest by image, for every environment. A part whose image is missing is left out of the estate, and named.",
    ),
  environments: z
    .record(lowerName(20), z.strictObject(byName))
    .default({})
    .describe(
      "Digests of an environment's own builds: each environment pulls from the registry that its own builds push to.",
    ),
});
