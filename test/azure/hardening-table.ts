export const HARDENING_TABLE: Readonly<Record<string, readonly string[]>> = {};
