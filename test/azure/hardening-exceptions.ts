import type { Exception } from "../support/mutation";
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {};
