import { type Construct, TerraformStack } from "../framework";

/** Makes up passwords; its values are never kept: https://registry.terraform.io/providers/hashicorp/random/3.7.2/docs/ephemeral-resources/password. */
const RANDOM = { source: "hashicorp/random", version: "3.7.2" } as const;

/**
 * Has a password made up in each run that needs one; for attributes that are written and never kept. The engine has no class
 * for that, so it is written as it is read.
 * @param name of the password in the stack's file: lower-case letters, digits and underscores
 */
export function ephemeralPassword(scope: Construct, name: string): string {
  const stack = TerraformStack.of(scope);
  stack.addOverride("terraform.required_providers.random", RANDOM);
  stack.addOverride(`ephemeral.random_password.${name}`, {
    length: 40,
    override_special: "-_.~",
    min_lower: 1,
    min_upper: 1,
    min_numeric: 1,
    min_special: 1,
  });
  return `\${ephemeral.random_password.${name}.result}`;
}
