/**
 * Rules that are checked when the configuration is read, before anything is synthesized, and that somebody may waive
 * under `policies.waivers` like the rules of synthesized resources.
 */
const CONFIG_RULES = ["open-control-plane", "single-gpu-zone"] as const;

/** One of them. */
export type ConfigRule = (typeof CONFIG_RULES)[number];

/** Whether a waiver's rule is one of them. */
export function isConfigRule(rule: string): rule is ConfigRule {
  return CONFIG_RULES.some((known) => known === rule);
}
