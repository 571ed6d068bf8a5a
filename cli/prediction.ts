/** A prediction as a client makes it: through the one address, with inputs whose answer is known. */
import type { IOperator } from "../lib/contracts/operator";
import { UserError } from "../lib/core/errors";
import { callByFetch, predictBody, predictionsIn, predictUrl, reasonOf } from "../operations/http";
import { readPackage } from "../operations/package";

/** One answer, beside what it should be. */
export interface Prediction {
  readonly url: string;
  readonly requestId: string | null;
  /** Version that answered. */
  readonly modelVersion: string | null;
  readonly instance: unknown;
  readonly prediction: number;
  /** What the model gave for the same input when it was evaluated. */
  readonly expected: number;
}

/** Sends the first golden input of a model version to the estate's address and compares the answer. */
export async function predictGolden(operator: IOperator, project: string, version: string): Promise<Prediction> {
  const model = await operator.models.get(project, version);
  const { golden } = readPackage(model, await operator.models.readPackage(model));
  const url = predictUrl(operator.serving.url, project);
  const instances = golden.instances.slice(0, 1);
  const headers = { "content-type": "application/json" };
  const answer = await callByFetch({ method: "POST", url, headers, body: predictBody(instances) }).catch(
    (error: unknown) => {
      throw new UserError({ where: url, message: `no answer: ${reasonOf(error)}`, fix: "See mlops status" });
    },
  );
  const prediction = predictionsIn(answer, instances.length)?.[0];
  const expected = golden.predictions[0];
  if (prediction === undefined || expected === undefined) {
    throw new UserError({
      where: url,
      message: `answered ${answer.status}: ${answer.body.slice(0, 300)}`,
      fix: "See mlops status",
    });
  }
  if (Math.abs(prediction - expected) > 1e-6 * Math.max(1, Math.abs(expected))) {
    throw new UserError({
      where: url,
      message: `predicted ${prediction}, the model's own evaluation says ${expected}`,
    });
  }
  const { "x-request-id": requestId = null, "x-model-version": modelVersion = null } = answer.headers;
  return { url, requestId, modelVersion, instance: instances[0], prediction, expected };
}
