/** What is looked for in the logs, in Kusto's language. Does not load the engine. */

/**
 * Lines that programs in the cluster or on Container Apps wrote as JSON. Tables that nothing has been written to yet are
 * missing, which is no error here.
 */
const WRITTEN =
  "union isfuzzy=true " +
  "(ContainerLogV2 | project TimeGenerated, line = parse_json(tostring(LogMessage))), " +
  "(ContainerAppConsoleLogs | project TimeGenerated, line = parse_json(Log))";

/**
 * Inputs have drifted: a line that a monitoring job writes, `{"event": "drift", "distance": 0.31, …}`. A model monitor of
 * Azure ML writes no lines: it has thresholds of its own, and its finding is an event of the workspace.
 * @param threshold distance from which on it counts
 */
export function driftFound(threshold: number): string {
  return `${WRITTEN} | where tostring(line.event) == "drift" and todouble(line.distance) >= ${threshold}`;
}

const KEY_LOST = '("KeyDelete", "KeyPurge", "VaultDelete", "VaultPurge")';

/**
 * Somebody deleted a key, or the vault: what it encrypts is lost with it, unless that is undone in time. The vault's lines
 * are in one of two tables, by the way it sends them. https://learn.microsoft.com/en-us/azure/key-vault/general/logging
 */
export const KEY_DELETED =
  "union isfuzzy=true " +
  `(AZKVAuditLogs | where OperationName in ${KEY_LOST}), ` +
  `(AzureDiagnostics | where ResourceProvider == "MICROSOFT.KEYVAULT" and OperationName in ${KEY_LOST})`;
