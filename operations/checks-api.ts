/** The API check: right requests get the golden answers, wrong ones a 4xx, never a 5xx and never a prediction. */
import { type CheckSubject, type Finding, near } from "./checks";
import { predictBody, predictionsIn, predictUrl } from "./http";
import type { Instance, PackageContents } from "./package";

/** Largest share by which a golden prediction may differ: another processor rounds otherwise. */
const TOLERANCE = 1e-6;

export async function apiCheck({ model, contents, url, http, signal }: CheckSubject): Promise<Finding> {
  const { golden } = contents;
  const problems: string[] = [];
  const call = (body: string, project = model.project) =>
    http({
      method: "POST",
      url: predictUrl(url, project),
      headers: { "content-type": "application/json" },
      body,
      signal,
    });

  const ask = async (name: string, instances: readonly Instance[], wanted: readonly number[]) => {
    const answer = await call(predictBody(instances));
    const predictions = predictionsIn(answer, instances.length);
    if (!predictions) {
      problems.push(`${name}: answered ${answer.status} without ${instances.length} finite predictions`);
      return;
    }
    const served = answer.headers["x-model-version"];
    if (served !== model.version)
      problems.push(`${name}: answered by version ${served ?? "unknown"}, not ${model.version}`);
    const index = wanted.findIndex((value, i) => !near(predictions[i] ?? Number.NaN, value, TOLERANCE));
    if (index >= 0) problems.push(`${name}: prediction ${index} is ${predictions[index]}, ${wanted[index]} is wanted`);
  };
  await ask("golden inputs at once", golden.instances, golden.predictions);
  await ask("one golden input", golden.instances.slice(0, 1), golden.predictions.slice(0, 1));

  const wrong = wrongBodies(contents);
  for (const [name, body] of Object.entries(wrong)) {
    const { status } = await call(body);
    if (!(status >= 400 && status < 500)) problems.push(`${name}: answered ${status}, a 4xx is wanted`);
  }
  const other = await call(predictBody(golden.instances.slice(0, 1)), `${model.project}-that-is-not`);
  if (!(other.status >= 400 && other.status < 500)) problems.push(`another model's name: answered ${other.status}`);

  const details = { golden: golden.instances.length, wrong: Object.keys(wrong).length + 1, problems };
  if (problems.length > 0) return { ok: false, message: problems.slice(0, 5).join("; "), details };
  return {
    ok: true,
    message: `${details.golden} golden answers right, ${details.wrong} wrong requests refused`,
    details,
  };
}

/** Bodies that no model takes, and some that this one must not, by what is wrong with them. */
export function wrongBodies({
  golden,
  schema,
}: Pick<PackageContents, "golden" | "schema">): Readonly<Record<string, string>> {
  const good = golden.instances[0] ?? {};
  const bodies: Record<string, string> = {
    "not JSON": "{instances:",
    "an empty body": "",
    "a list for a body": JSON.stringify([good]),
    "no instances": "{}",
    "a text for instances": predictBody("text" as never),
    "a number for an instance": predictBody([1]),
    "null for an instance": predictBody([null]),
    "NaN as a value": predictBody([good]).replace(/:(-?\d[^,}\]]*|"[^"]*")([,}])/, ":NaN$2"),
  };
  if (Array.isArray(good)) {
    bodies["one value too few"] = predictBody([good.slice(1)]);
    bodies["one value too many"] = predictBody([[...good, 1]]);
    return bodies;
  }
  const required = schema.features.find((feature) => feature.required);
  const number = schema.features.find((feature) => feature.type === "number");
  if (required) {
    const { [required.name]: _, ...rest } = good;
    bodies[`without ${required.name}`] = predictBody([rest]);
    bodies[`null for ${required.name}`] = predictBody([{ ...good, [required.name]: null }]);
    bodies["a good and a bad instance"] = predictBody([good, rest]);
  }
  if (number) {
    bodies[`a text for ${number.name}`] = predictBody([{ ...good, [number.name]: "text" }]);
    bodies[`a list for ${number.name}`] = predictBody([{ ...good, [number.name]: [1] }]);
    bodies[`an object for ${number.name}`] = predictBody([{ ...good, [number.name]: { a: 1 } }]);
  }
  // One that turned out right, because there was no value to spoil, proves nothing.
  const right = predictBody([good]);
  return Object.fromEntries(Object.entries(bodies).filter(([, body]) => body !== right));
}
