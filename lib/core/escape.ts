/** Text of people inside Terraform's configuration. Does not load the engine. */

/** Terraform reads `${…}` and `%{…}` in every string; doubled they are plain text. */
const TEMPLATE = /([$%])\{/g;

/** A text as Terraform has to be given it to mean just that text. */
export function escapeTemplate(text: string): string {
  return text.replace(TEMPLATE, "$1$1{");
}

/** The same for every string and key of a plain JSON value. */
export function escapeTemplates<T>(value: T): T {
  if (typeof value === "string") return escapeTemplate(value) as T;
  if (Array.isArray(value)) return value.map(escapeTemplates) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [escapeTemplate(key), escapeTemplates(entry)]),
  ) as T;
}

/** Whether a text would be read as a template. */
export function hasTemplate(text: string): boolean {
  return /[$%]\{/.test(text);
}
