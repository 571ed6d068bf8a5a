/** What looks like a secret, and what lies beyond this machine. Does not load the engine. */

/** Forms that credentials are issued in. */
const SECRET_FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bAKIA[0-9A-Z]{16}\b/, // AWS access key id
  /\bAIza[0-9A-Za-z_-]{35}\b/, // Google API key
  /\bgh[pousr]_[0-9A-Za-z]{36,}\b/, // GitHub token
  /\bgithub_pat_[0-9A-Za-z_]{22,}\b/,
  /\bglpat-[0-9A-Za-z_-]{20,}\b/, // GitLab token
  /\bxox[abprs]-[0-9A-Za-z-]{10,}\b/, // Slack token
  /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}/, // JSON web token
  /\bAccountKey=[0-9A-Za-z+/]{40,}={0,2}/, // Azure storage connection string
  /:\/\/[^/\s:@]+:[^/\s:@$]+@/, // password in an address
];

const SECRET_KEY =
  /(?:^|[_-])(?:password|passwd|passphrase|token|api_?key|access_?key|private_?key|client_?secret|connection_?string)$/i;

/** Whether a text has the form of a credential. */
export function looksSecret(text: string): boolean {
  return SECRET_FORMS.some((form) => form.test(text));
}

/** Whether a text under this key would be a secret: `admin_password`, `apiKey`. */
export function keyHoldsSecret(key: string): boolean {
  return SECRET_KEY.test(key.replace(/([a-z])([A-Z])/g, "$1_$2"));
}

const HOST_KEY = /(?:^|_)(?:host|address|bind|listen|interface|url|uri|endpoint)$/i;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$|^[0-9a-f]*:[0-9a-f:]*:[0-9a-f.:]*$/i;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|::1)$/i;

/** False when a value names a host that is not this machine's loopback: an address, a URL, or any text under a host's key. */
export function isLoopback(key: string, value: string): boolean {
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]*)/i.exec(value);
  const host = url?.[1] ?? value;
  const named = url !== null || ADDRESS.test(value) || HOST_KEY.test(key.replace(/([a-z])([A-Z])/g, "$1_$2"));
  return !named || LOOPBACK.test(host.replace(/^\[|\]$/g, ""));
}
