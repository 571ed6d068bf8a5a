/** Organisation policies that forbid what the estate is made of. */
import type { Check } from "../../contracts/operator";
import { object, objects } from "../../core/json";
import type { GcpContext } from "./context";

/**
 * Constraints that are looked at (https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints).
 * Those that harden what is hardened already are welcome and not asked for.
 */
const LOCATIONS = "gcp.resourceLocations";
const PEERING = "compute.restrictVpcPeering";

/** A check for each constraint that says no; none where the policies cannot be read or nothing is restricted. */
export async function policyChecks({ client, settings }: GcpContext): Promise<readonly Check[]> {
  const { project, region, existing } = settings;
  const checks: Check[] = [];
  const locations = await rulesOf(client, project, LOCATIONS);
  const allowed = locations.flatMap((rule) => values(rule, "allowedValues"));
  const group = region.split("-")[0] ?? region;
  // `in:asia-northeast3-locations` and `in:asia-locations` both hold the region.
  const fits = allowed.some((value) => value === region || value.includes(region) || value === `in:${group}-locations`);
  if (allowed.length > 0 && !fits) {
    checks.push({
      check: `policy ${LOCATIONS}`,
      ok: false,
      message: `${region} is not among the places allowed: ${allowed.join(", ")}`,
      fix: "Choose a region that is, as clouds.gcp.region, or have the organisation allow this one",
    });
  }
  const peering = await rulesOf(client, project, PEERING);
  if (existing.network === undefined && peering.some(({ denyAll }) => denyAll === true)) {
    checks.push({
      check: `policy ${PEERING}`,
      ok: false,
      message: "no network may be peered, and the database is reached through the peering of private services access",
      fix: "Have the organisation allow under:projects/… of servicenetworking, or bring a network by clouds.gcp.existing.network",
    });
  }
  if (checks.length > 0) return checks;
  return [{ check: "organisation policies", ok: true, message: "none looked at forbids the estate", fix: null }];
}

async function rulesOf(client: GcpContext["client"], project: string, constraint: string) {
  const policy = await client.find("orgPolicy", `projects/${project}/policies/${constraint}:getEffectivePolicy`);
  return objects(object(policy?.spec)?.rules);
}

function values(rule: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  const list = object(rule.values)?.[field];
  return Array.isArray(list) ? list.map(String) : [];
}
