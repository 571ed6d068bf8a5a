import type { Construct } from "../framework";
import { MonitorDiagnosticSetting } from "./bindings";
import type { AzureEstate } from "./estate";

/** Requests to blobs: https://learn.microsoft.com/en-us/azure/storage/blobs/monitor-blob-storage-reference#resource-logs. */
export const BLOB_REQUESTS = ["StorageRead", "StorageWrite", "StorageDelete"] as const;

/**
 * Notes each request to data in the account of access logs. Not in Log Analytics: training and serving read the same data
 * again and again, nothing alerts on it, and there each gigabyte is paid for when it arrives. Azure chooses the names of
 * the containers that they go to: `insights-logs-storageread` and so on.
 * https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs#send-to-azure-storage
 * @param requests categories of the resource's logs
 */
export function logRequests(
  scope: Construct,
  { of, requests }: { readonly of: string; readonly requests: readonly string[] },
  estate: AzureEstate,
): void {
  new MonitorDiagnosticSetting(scope, "Requests", {
    name: "access-logs",
    targetResourceId: of,
    storageAccountId: estate.storageAccountId("access-logs"),
    enabledLog: requests.map((category) => ({ category })),
  });
}

/** What requests to an account's blobs are noted of. */
export function blobsOf(account: { readonly id: string }): string {
  return `${account.id}/blobServices/default`;
}
