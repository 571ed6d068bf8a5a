/** The rules of every cloud. */
import { type IConstruct, TerraformElement, TerraformOutput, TerraformResource, TerraformStack } from "../framework";
import { escapeTemplate, hasTemplate } from "./escape";
import { breaches, type Finding, type HardeningRule, type StackRule } from "./hardening";
import { AZURE, AZURE_STACKS } from "./hardening/azure";
import { GOOGLE, GOOGLE_STACKS } from "./hardening/google";
import { REQUIRED_LABELS } from "./labels";
import type { PolicyContext, Rule, Violation } from "./policies";
import { addressesOf, type StackJson } from "./protected";
import { retiredAs } from "./retired";
import { isLoopback, keyHoldsSecret, looksSecret } from "./secrets";
import { leaves } from "./walk";

/** The engine drops every other character, so two ids can become one and a resource vanishes. */
const constructId: Rule = {
  id: "construct-id",
  description: "Ids of constructs hold letters, digits, _ and - only: the engine drops the rest without a word.",
  waivable: false,
  check: (node) => {
    const { id, path, scope } = node.node;
    if (scope === undefined || /^[A-Za-z0-9_-]+$/.test(id) || isEnginesOutput(node)) return [];
    return [
      {
        resource: path,
        message: `the id ${JSON.stringify(id)} has characters that the engine drops`,
        fix: "Use letters, digits, _ and -",
      },
    ];
  },
};

/**
 * The engine makes an output by itself for a resource's attribute that another stack uses. It is named after the
 * resource's address, so that a renamed construct breaks two layers at once, and it knows no example for `--assume`.
 */
const handedOver: Rule = {
  id: "handed-over",
  description: "A value that only a deployed layer knows reaches other layers under a name of its own.",
  waivable: false,
  check: (node) => {
    if (!isEnginesOutput(node)) return [];
    const what = node.node.id.slice(ENGINES_OUTPUT.length);
    return [
      {
        resource: TerraformStack.of(node).node.path,
        message: `its ${what} is used in another layer as it is`,
        fix: "Pass it through handOver, with an example",
      },
    ];
  },
};

const ENGINES_OUTPUT = "cross-stack-output-";

function isEnginesOutput(node: IConstruct): boolean {
  return TerraformOutput.isTerraformOutput(node) && node.node.id.startsWith(ENGINES_OUTPUT);
}

const oneAddressEach: Rule = {
  id: "one-address-each",
  description: "Each element of a stack has an address of its own: of two with the same one, one would vanish.",
  waivable: false,
  check: (node) => (TerraformStack.isStack(node) ? twins(node) : []),
};

function twins(stack: TerraformStack): Violation[] {
  const seen = new Map<string, string>();
  return stack.node.findAll().flatMap((node) => {
    const address = addressOf(node);
    if (address === undefined || TerraformStack.of(node) !== stack) return [];
    const twin = seen.get(address);
    if (twin === undefined) {
      seen.set(address, node.node.path);
      return [];
    }
    return [
      {
        resource: node.node.path,
        message: `has the address ${address}, and so has ${twin}: one would vanish`,
        fix: "Give one of them another id",
      },
    ];
  });
}

function addressOf(node: unknown): string | undefined {
  if (TerraformOutput.isTerraformOutput(node)) return `output.${node.friendlyUniqueId}`;
  if (TerraformResource.isTerraformResource(node)) return `${node.terraformResourceType}.${node.friendlyUniqueId}`;
  // Data sources, providers and variables are told apart by their kind of element.
  if (TerraformElement.isTerraformElement(node) && "terraformResourceType" in node) {
    return `data.${String(node.terraformResourceType)}.${node.friendlyUniqueId}`;
  }
  return undefined;
}

/** Pieces of the engine's tokens: `${TfToken[TOKEN.2]}`, `#{Token[TOKEN.2]}`, `-1.88e+289`, whole, cut or in other case. */
const TOKEN_LEFTOVER = /tftoken|oken\[token\.|token\.\d+\]|\d(?:\.\d+)?e\+2\d\d/i;
/** The beginning of one that lost its end. No name in Terraform's language begins with a capital. */
const TOKEN_BEGINNING = /(?<!\$)\$\{T/;
/** Beyond it a number is no count of anything: it is what arithmetic has made of a token. */
const LARGEST = Number.MAX_SAFE_INTEGER;

const unresolvedToken: Rule = {
  id: "unresolved-token",
  description:
    "Values known only when deployed pass through string methods and arithmetic as garbage, without an error.",
  waivable: false,
  checkDocument: ({ name, json }) =>
    leaves(json)
      .filter(
        ({ value }) =>
          TOKEN_LEFTOVER.test(String(value)) ||
          TOKEN_BEGINNING.test(String(value)) ||
          (typeof value === "number" && Math.abs(value) > LARGEST),
      )
      .map(({ path }) => ({
        resource: `${name}/${path}`,
        message: "is what is left of a value that is known only when deployed",
        fix: "Build it from plain strings, or with the engine's Fn",
      })),
};

const templateInText: Rule = {
  id: "template-in-text",
  description:
    "Text from the config reaches Terraform as text: an unescaped ${ or %{ in it would be run as an expression.",
  waivable: false,
  checkDocument: ({ name, json }, { userText }) => {
    const dangerous = userText.filter(hasTemplate);
    if (dangerous.length === 0) return [];
    return leaves(json)
      .filter(({ value }) => typeof value === "string" && dangerous.some((text) => standsUnescaped(value, text)))
      .map(({ path }) => ({
        resource: `${name}/${path}`,
        message: "holds text from the config with an unescaped ${ or %{",
        fix: "Escape it with escapeTemplate, or take it out of the config",
      }));
  },
};

/** Whether a text stands in a value as it is, not as its escaped form (which may contain it). */
function standsUnescaped(value: string, text: string): boolean {
  return value.split(escapeTemplate(text)).join("\0").includes(text);
}

/** Attributes that hold labels, by provider. Network tags of Google Cloud are a list and no labels. */
const LABEL_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  // A notification channel has `labels` of another kind beside its `user_labels`.
  google: ["user_labels", "resource_labels", "labels"],
  azurerm: ["tags"],
};

const requiredLabels: Rule = {
  id: "required-labels",
  description: `Whatever can be labelled carries ${REQUIRED_LABELS.join(", ")}: costs and owners are found by them.`,
  waivable: true,
  check: (node) => {
    if (!TerraformResource.isTerraformResource(node)) return [];
    const provider = node.terraformResourceType.split("_")[0] ?? "";
    const attribute = (LABEL_ATTRIBUTES[provider] ?? []).find((name) => `${camelCase(name)}Input` in node);
    if (attribute === undefined) return [];
    const labels = (node as unknown as Record<string, unknown>)[`${camelCase(attribute)}Input`];
    const missing = REQUIRED_LABELS.filter((key) => typeof labels !== "object" || labels === null || !(key in labels));
    if (missing.length === 0) return [];
    return [
      { resource: node.node.path, message: `${attribute} lacks ${missing.join(", ")}`, fix: "Pass labelsFor(…) to it" },
    ];
  },
};

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const noSecrets: Rule = {
  id: "no-secrets",
  description: "No secret stands in a synthesized file, from where it would reach plans, state and logs.",
  waivable: false,
  checkDocument: ({ name, json }) =>
    leaves(json)
      .filter(
        ({ key, value }) =>
          typeof value === "string" && (looksSecret(value) || (keyHoldsSecret(key) && !value.includes("${"))),
      )
      .map(({ path }) => ({
        resource: `${name}/${path}`,
        message: "looks like a secret (its value is not shown)",
        fix: "Put it into the secret store and pass its reference",
      })),
};

const loopbackOnly: Rule = {
  id: "loopback-only",
  description: "What runs on this machine listens on 127.0.0.1 only.",
  waivable: false,
  checkDocument: ({ name, json }) =>
    leaves((json as StackJson).resource?.terraform_data, "resource/terraform_data")
      .filter(({ path }) => path.includes("/input/"))
      .filter(({ key, value }) => typeof value === "string" && !isLoopback(key, value))
      .map(({ path, value }) => ({
        resource: `${name}/${path}`,
        message: `names ${JSON.stringify(value)}, an address beyond this machine`,
        fix: "Use 127.0.0.1",
      })),
};

const retiredProduct: Rule = {
  id: "retired-product",
  description: "Nothing is built on a product that was switched off, closed or superseded.",
  waivable: false,
  checkDocument: ({ name, json }) =>
    Object.entries((json as StackJson).resource ?? {}).flatMap(([type, byId]) =>
      Object.entries(byId).flatMap(([id, attributes]) => {
        const was = retiredAs(type, attributes);
        return was === undefined
          ? []
          : [
              {
                resource: `${name}/${type}.${id}`,
                message: `is ${was.product}, gone since ${was.since} (${was.source})`,
                fix: `Use ${was.successor}`,
              },
            ];
      }),
    ),
};

/** What every kind of resource is held to, whatever it is for. */
export const GENERAL_RULES: readonly Rule[] = [
  constructId,
  handedOver,
  oneAddressEach,
  unresolvedToken,
  templateInText,
  requiredLabels,
  noSecrets,
  loopbackOnly,
  retiredProduct,
];

/** The tables of values that make resources safe, each line a rule of its own. */
const HARDENING_RULES: readonly Rule[] = [
  ...[...GOOGLE, ...AZURE].map((line): Rule => hardening(line, (stack, context) => breaches(line, stack, context))),
  ...[...GOOGLE_STACKS, ...AZURE_STACKS].map((line): Rule => hardening(line, (stack) => line.check(stack))),
];

function hardening(
  { id, why, only }: HardeningRule | StackRule,
  find: (stack: StackJson, context: PolicyContext) => readonly Finding[],
): Rule {
  return {
    id,
    description: why,
    waivable: true,
    checkDocument: ({ name, json }, context) => {
      if (only !== undefined && !context[only]) return [];
      return find(json as StackJson, context).map(({ address, message, fix }) => ({
        resource: `${name}/${address}`,
        message,
        fix,
      }));
    },
  };
}

/** Every rule, in the order of the documentation. */
export const RULES: readonly Rule[] = [...GENERAL_RULES, ...HARDENING_RULES];

/** Addresses that a stack's tree asks for. Compared with those written, to see that none vanished. */
function addressesAsked(stack: TerraformStack): string[] {
  const asked = stack.node
    .findAll()
    .flatMap((node) => (TerraformStack.of(node) === stack ? (addressOf(node) ?? []) : []));
  return asked.filter((address) => !address.startsWith("data.")).sort();
}

/** Addresses of the tree that are missing from what was written. */
export function vanished(stack: TerraformStack, written: StackJson): string[] {
  const there = new Set(addressesOf(written));
  return addressesAsked(stack).filter((address) => !there.has(address));
}
