/** Kinds of values that several sections share. Each error text is the phrase that follows "wanted". */
import { Cron } from "croner";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { SIZE_CLASSES } from "../../lib/contracts/sizes";

/** Text that matches `pattern`. @param wanted how a person would describe it */
export function text(pattern: RegExp, wanted: string) {
  return z.string({ error: wanted }).regex(pattern, { error: wanted });
}

/** A whole number within bounds, both included. */
export function whole(min: number, max: number, unit = "") {
  const wanted = `a whole number from ${min} to ${max}${unit && ` (${unit})`}`;
  return z.int({ error: wanted }).min(min, { error: wanted }).max(max, { error: wanted });
}

/** A number within bounds, both included. */
export function amount(min: number, max: number, unit = "") {
  const wanted = `a number from ${min} to ${max}${unit && ` (${unit})`}`;
  return z.number({ error: wanted }).min(min, { error: wanted }).max(max, { error: wanted });
}

/** A share, 0 to 1. */
export const share = () => amount(0, 1, "a share");

/** A free sentence. */
export const sentence = () => text(/\S/, "some text");

/** Lower-case name: letters, digits and single hyphens, beginning with a letter. @param max characters */
export function lowerName(max: number) {
  const pattern = new RegExp(`^(?=.{1,${max}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`);
  return text(
    pattern,
    `a name of lower-case letters, digits and single hyphens, beginning with a letter, at most ${max} characters`,
  );
}

/** Name of a project: the name of its folder under `pipelines/projects`. */
export const projectName = () =>
  text(
    /^[a-z][a-z0-9]*([_-][a-z0-9]+)*$/,
    "the name of a folder under pipelines/projects (lower-case letters, digits, - and _)",
  );

/** An e-mail address of a person or a group. */
export const email = () => text(/^[^\s@<>"]+@[^\s@<>".]+(\.[^\s@<>".]+)+$/, "an e-mail address");

/** A host name of at least two labels. */
export const hostName = () =>
  text(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    "a host name in lower case such as predict.acme.example, without https:// and without a path",
  );

/** Lower-case GUID-like identifier. */
export const guid = () =>
  text(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, "an id like 00000000-0000-0000-0000-000000000000");

const COMPUTE_CLASSES = SIZE_CLASSES.filter((name) => !name.startsWith("db-"));
const DATABASE_CLASSES = SIZE_CLASSES.filter((name) => name.startsWith("db-"));

/** Size of a machine in no cloud's words; each cloud resolves it by a dated table. */
export const computeClass = () => z.enum(COMPUTE_CLASSES);
/** Size of a database server in no cloud's words. */
export const databaseClass = () => z.enum(DATABASE_CLASSES);

/** A TCP port that needs no special right. */
export const port = () => whole(1024, 65535, "a port; lower ones need root");

/** An IPv4 range in CIDR form, its address the first of the range. */
export const cidr = () => checked(rangeProblem);

/** A five-field cron expression that both clouds' schedulers and the local one read alike. */
export const cron = () => checked(cronProblem);

/** An IANA time zone. */
export const timeZone = () => checked(zoneProblem);

/** A day, `2027-01-31`. */
export const day = () => checked(dayProblem);

/** A string with a rule that no pattern can say. @param problem gives what is wanted, or nothing when the value is good */
function checked(problem: (value: string) => string | undefined) {
  return z.string().check(({ value, issues }) => {
    const wanted = problem(value);
    if (wanted) issues.push({ code: "custom", input: value, message: wanted });
  });
}

function rangeProblem(value: string): string | undefined {
  const wanted = "an IPv4 range such as 10.20.0.0/16";
  const [address = "", prefix = "", ...rest] = value.split("/");
  if (address.includes(":")) return `${wanted} (IPv6 is not used here)`;
  if (rest.length > 0 || !ipaddr.IPv4.isValidFourPartDecimal(address)) return wanted;
  if (!/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return `${wanted}, with a prefix from /0 to /32`;
  const first = ipaddr.IPv4.networkAddressFromCIDR(value).toString();
  return first === address ? undefined : `the first address of the range: ${first}/${prefix}`;
}

const CRON_PART = "(\\*|(\\d+|[A-Z]{3})(-(\\d+|[A-Z]{3}))?)(/[0-9]+)?";
const CRON_FIELD = new RegExp(`^${CRON_PART}(,${CRON_PART})*$`, "i");

function cronProblem(value: string): string | undefined {
  const wanted = 'five cron fields (minute hour day month weekday) such as "0 3 * * 1"';
  const fields = value.trim().split(/\s+/);
  if (fields.length !== 5) return `${wanted}, not ${fields.length}`;
  const odd = fields.find((field) => !CRON_FIELD.test(field));
  if (odd !== undefined) return `${wanted}; "${odd}" is not understood by every scheduler`;
  try {
    return new Cron(value, { paused: true }).nextRun() ? undefined : `${wanted}; this one never comes`;
  } catch (error) {
    return `${wanted}: ${error instanceof Error ? error.message.replace(/^Cron\w+: /, "") : String(error)}`;
  }
}

function zoneProblem(value: string): string | undefined {
  const wanted = "an IANA time zone such as Etc/UTC or Asia/Seoul";
  if (!/^[A-Z][A-Za-z]+([/_+-][A-Za-z0-9]+)*$/.test(value)) return wanted;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return undefined;
  } catch {
    return wanted;
  }
}

function dayProblem(value: string): string | undefined {
  const wanted = "a day that exists, written year-month-day such as 2027-01-31";
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return wanted;
  const date = new Date(`${value}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value ? wanted : undefined;
}
