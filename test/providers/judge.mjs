/**
 * @typedef {object} Waiver
 * @property {string} check id of Checkov's check
 * @property {string} resource pattern of `STACK/ADDRESS` as a whole: * stands for anything
 * @property {string} reason why what is found is right
 * @property {string} until last day on which it counts, YYYY-MM-DD
 */

/**
 * Findings that nobody answers for, and waivers that are of no use.
 * @param {{stack: string, address: string, check: string}[]} found
 * @param {Waiver[]} waivers
 */
export function judge(found, waivers, { partly = false, today }) {
  const used = new Set();
  const open = found.filter((finding) => {
    const fitting = waivers.filter((waiver) => fits(waiver, finding));
    for (const waiver of fitting) used.add(waiver);
    return !fitting.some(({ until }) => until >= today);
  });
  const problems = waivers.flatMap((waiver) => {
    const what = `${waiver.check} for ${waiver.resource}`;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(waiver.until)) return [`${what}: until is no day (YYYY-MM-DD)`];
    if (waiver.until < today) return [`${what} ended on ${waiver.until}: mend the cause, or answer for it anew`];
    if ((waiver.reason ?? "").length < 30) return [`${what} gives no reason`];
    return used.has(waiver) || partly ? [] : [`${what} is not needed: nothing is found there. Remove it`];
  });
  return { open, problems };
}

function fits({ check, resource }, finding) {
  const pattern = resource.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return check === finding.check && new RegExp(`^${pattern.join(".*")}$`).test(`${finding.stack}/${finding.address}`);
}
