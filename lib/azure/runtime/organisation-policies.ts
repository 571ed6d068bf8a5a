/** Policies of the organisation that forbid what the estate is made of. */
import type { Check } from "../../contracts/operator";
import { type Json, object, objects, text, texts } from "../../core/json";
import { resourceProvidersFor } from "../parts/resource-providers";
import type { AzureContext } from "./context";
import { stateTags } from "./state-account";

/** What an assignment with these parameters forbids of this environment; null when it forbids nothing. */
type Judge = (value: (name: string) => readonly string[], context: AzureContext) => string | null;

const lower = (list: readonly string[]) => list.map((item) => item.toLowerCase());

const inRegion: Judge = (value, { settings: { region } }) => {
  const allowed = lower(value("listOfAllowedLocations")).map((place) => place.replace(/ /g, ""));
  return allowed.length > 0 && !allowed.includes(region)
    ? `${region} is not among the places allowed: ${allowed.join(", ")}`
    : null;
};

const tagged: Judge = (value, { settings }) => {
  const [tag = ""] = value("tagName");
  return tag !== "" && !(tag in stateTags(settings)) ? `each resource must have the tag ${tag}` : null;
};

/**
 * Built-in policies that are known to stand in the way, by their ids
 * (https://learn.microsoft.com/en-us/azure/governance/policy/samples/built-in-policies). Those that harden what is hardened
 * already are welcome and not asked for.
 */
const KNOWN: Readonly<Record<string, { readonly judge: Judge; readonly fix: string }>> = {
  "e56962a6-4747-49cd-b67b-bf8b01975c4c": { judge: inRegion, fix: "Choose a region that is, as clouds.azure.region" },
  "e765b5de-1225-4ba3-bd56-1ac6695af988": { judge: inRegion, fix: "Choose a region that is, as clouds.azure.region" },
  "871b6d14-10aa-478d-b590-94f262ecfa99": { judge: tagged, fix: "Write it under labels in the environment's file" },
  "96670d01-0a4d-4649-9c89-2d3abc0a5025": { judge: tagged, fix: "Write it under labels in the environment's file" },
  "a08ec900-254a-4555-9bf5-e42af04b5c5c": {
    judge: (value, { settings }) => {
      const allowed = lower(value("listOfResourceTypesAllowed"));
      if (allowed.length === 0) return null;
      const none = resourceProvidersFor(settings).filter(
        (name) => !allowed.some((type) => type.startsWith(`${name.toLowerCase()}/`)),
      );
      return none.length > 0 ? `no resources of ${none.join(", ")} are allowed` : null;
    },
    fix: "Have the organisation allow their types",
  },
  "6c112d4e-5bc7-47ae-a041-ea2d9dccd749": {
    judge: (value, { settings }) => {
      const forbidden = value("listOfResourceTypesNotAllowed");
      const used = resourceProvidersFor(settings).map((name) => `${name.toLowerCase()}/`);
      const hit = forbidden.filter((type) => used.some((name) => type.toLowerCase().startsWith(name)));
      return hit.length > 0 ? `resources of these types are forbidden: ${hit.join(", ")}` : null;
    },
    fix: "See whether the environment uses them; switch the part off, or have the organisation allow them",
  },
  "cccc23c7-8427-4f53-ad12-b6a63eb452b3": {
    judge: (value, { names, pools }) => {
      const allowed = lower(value("listOfAllowedSKUs"));
      const machines = [...new Set(pools.map((pool) => names.machine(pool.class).type))];
      const barred = machines.filter((type) => allowed.length > 0 && !allowed.includes(type.toLowerCase()));
      return barred.length > 0 ? `these machines are not allowed: ${barred.join(", ")}` : null;
    },
    fix: "Choose others (overrides.azure.machineTypes), or have the organisation allow them",
  },
  "b2982f36-99f2-4db5-8eff-283140c09693": {
    judge: (_, { settings }) =>
      settings.backend.type === "azurerm" ? "storage accounts must not answer on the internet" : null,
    fix: "The account of Terraform's state does, so that hosted CI reaches it, with roles only: have it exempted, or close it behind an endpoint in your network and set delivery.runner: network",
  },
};

/** Effects that refuse a resource, https://learn.microsoft.com/en-us/azure/governance/policy/concepts/effect-basics. */
const REFUSES = /^deny/i;

/** A check for each assignment that says no, one warning for those nobody here knows; none where they cannot be read. */
export async function policyChecks(context: AzureContext): Promise<readonly Check[]> {
  const { client, settings } = context;
  const scope = `/subscriptions/${settings.subscription}`;
  const rows = await client.list("policy", `${scope}/providers/Microsoft.Authorization/policyAssignments`, {
    $filter: "atScope()",
  });
  const inForce = rows.filter(({ properties }) => object(properties)?.enforcementMode !== "DoNotEnforce");
  const judged = await Promise.all(inForce.map((row) => judge(context, row)));
  const known = judged.flatMap(({ check }) => check ?? []);
  const unknown = judged.flatMap(({ refuses }) => refuses ?? []);
  const rest: readonly Check[] =
    unknown.length === 0
      ? []
      : [
          {
            check: "organisation policies",
            ok: true,
            warning: true,
            message: `these may refuse what does not fit them: ${unknown.join(", ")}`,
            fix: `See az policy assignment list --scope ${scope}; a refusal names its policy`,
          },
        ];
  if (known.length + rest.length > 0) return [...known, ...rest];
  return [{ check: "organisation policies", ok: true, message: "none looked at forbids the estate", fix: null }];
}

interface Judged {
  readonly check?: Check;
  /** Name of an assignment that refuses things nobody here can tell of. */
  readonly refuses?: string;
}

async function judge(context: AzureContext, row: Json): Promise<Judged> {
  const assignment = object(row.properties) ?? {};
  const name = text(assignment.displayName) || text(row.name);
  const id = text(assignment.policyDefinitionId);
  const given = object(assignment.parameters) ?? {};
  const known = KNOWN[id.split("/").at(-1) ?? ""];
  if (known !== undefined) {
    if (!REFUSES.test(textOf(given, "effect") || "deny")) return {};
    const message = known.judge((parameter) => valuesOf(given, parameter), context);
    return message === null
      ? {}
      : { check: { check: `policy ${name}`, ok: false, message, fix: `${known.fix}, or have an exemption made` } };
  }
  const definition = object((await context.client.find("policy", id))?.properties);
  if (definition === undefined) return {};
  const members = objects(definition.policyDefinitions);
  if (members.length > 0) return judgeSet(context, { name, members, given });
  return REFUSES.test(effectOf(definition, given)) ? { refuses: name } : {};
}

/** Of a set, its known members are looked at with the values that they get here. */
function judgeSet(
  context: AzureContext,
  { name, members, given }: { readonly name: string; readonly members: readonly Json[]; readonly given: Json },
): Judged {
  const messages = members.flatMap((member) => {
    const known = KNOWN[text(member.policyDefinitionId).split("/").at(-1) ?? ""];
    const parameters = object(member.parameters) ?? {};
    // `[parameters('x')]`: the set hands one of its own parameters on.
    const values = (parameter: string) => {
      const handed = /^\[parameters\('([^']+)'\)\]$/.exec(textOf(parameters, parameter))?.[1];
      return handed === undefined ? valuesOf(parameters, parameter) : valuesOf(given, handed);
    };
    const effect = values("effect")[0] ?? "deny";
    const message = known && REFUSES.test(effect) ? known.judge(values, context) : null;
    return message === null || message === undefined ? [] : [{ message, fix: known?.fix ?? "" }];
  });
  const [first] = messages;
  if (first === undefined) return {};
  const message = messages.map((one) => one.message).join("; ");
  return { check: { check: `policy ${name}`, ok: false, message, fix: `${first.fix}, or have an exemption made` } };
}

/** The effect as it is here: given, by default, or fixed. */
function effectOf(definition: Json, given: Json): string {
  const effect = text(object(object(definition.policyRule)?.then)?.effect);
  const parameter = /^\[parameters\('([^']+)'\)\]$/i.exec(effect)?.[1];
  if (parameter === undefined) return effect;
  const byDefault = text(object(object(definition.parameters)?.[parameter])?.defaultValue);
  return textOf(given, parameter) || byDefault;
}

const textOf = (parameters: Json, name: string) => text(object(parameters[name])?.value);

function valuesOf(parameters: Json, name: string): readonly string[] {
  const value = object(parameters[name])?.value;
  return Array.isArray(value) ? texts(value) : text(value) === "" ? [] : [text(value)];
}
