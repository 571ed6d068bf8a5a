/**
 * The only file that imports the Azure provider's binding. Deep paths: its root loads every resource there is.
 * Pinned to azurerm 4.55.0 by package.json.
 */

export { ApplicationInsights } from "@cdktf/provider-azurerm/lib/application-insights";
export { ApplicationInsightsWorkbook } from "@cdktf/provider-azurerm/lib/application-insights-workbook";
export { ConsumptionBudgetSubscription } from "@cdktf/provider-azurerm/lib/consumption-budget-subscription";
export { ContainerApp } from "@cdktf/provider-azurerm/lib/container-app";
export { ContainerAppEnvironment } from "@cdktf/provider-azurerm/lib/container-app-environment";
export { ContainerAppEnvironmentDaprComponent } from "@cdktf/provider-azurerm/lib/container-app-environment-dapr-component";
export { ContainerAppJob } from "@cdktf/provider-azurerm/lib/container-app-job";
export { ContainerGroup } from "@cdktf/provider-azurerm/lib/container-group";
export { ContainerRegistry } from "@cdktf/provider-azurerm/lib/container-registry";
export { ContainerRegistryCacheRule } from "@cdktf/provider-azurerm/lib/container-registry-cache-rule";
export { CosmosdbAccount } from "@cdktf/provider-azurerm/lib/cosmosdb-account";
export { CosmosdbSqlContainer } from "@cdktf/provider-azurerm/lib/cosmosdb-sql-container";
export { CosmosdbSqlDatabase } from "@cdktf/provider-azurerm/lib/cosmosdb-sql-database";
export { CosmosdbSqlRoleAssignment } from "@cdktf/provider-azurerm/lib/cosmosdb-sql-role-assignment";
export { DataFactory } from "@cdktf/provider-azurerm/lib/data-factory";
export { DataFactoryCredentialUserManagedIdentity } from "@cdktf/provider-azurerm/lib/data-factory-credential-user-managed-identity";
export { DataFactoryIntegrationRuntimeAzure } from "@cdktf/provider-azurerm/lib/data-factory-integration-runtime-azure";
export { DataFactoryManagedPrivateEndpoint } from "@cdktf/provider-azurerm/lib/data-factory-managed-private-endpoint";
export { DiskEncryptionSet } from "@cdktf/provider-azurerm/lib/disk-encryption-set";
export { DnsARecord } from "@cdktf/provider-azurerm/lib/dns-a-record";
export { DnsZone } from "@cdktf/provider-azurerm/lib/dns-zone";
export { EventgridSystemTopic } from "@cdktf/provider-azurerm/lib/eventgrid-system-topic";
export {
  EventgridSystemTopicEventSubscription,
  type EventgridSystemTopicEventSubscriptionConfig,
} from "@cdktf/provider-azurerm/lib/eventgrid-system-topic-event-subscription";
export { FederatedIdentityCredential } from "@cdktf/provider-azurerm/lib/federated-identity-credential";
export { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault";
export { KubernetesCluster } from "@cdktf/provider-azurerm/lib/kubernetes-cluster";
export { KubernetesClusterNodePool } from "@cdktf/provider-azurerm/lib/kubernetes-cluster-node-pool";
export { LinuxVirtualMachine } from "@cdktf/provider-azurerm/lib/linux-virtual-machine";
export { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
export { LogAnalyticsWorkspaceTable } from "@cdktf/provider-azurerm/lib/log-analytics-workspace-table";
export { MachineLearningComputeCluster } from "@cdktf/provider-azurerm/lib/machine-learning-compute-cluster";
export { MachineLearningDatastoreBlobstorage } from "@cdktf/provider-azurerm/lib/machine-learning-datastore-blobstorage";
export { MachineLearningWorkspace } from "@cdktf/provider-azurerm/lib/machine-learning-workspace";
export { MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint } from "@cdktf/provider-azurerm/lib/machine-learning-workspace-network-outbound-rule-private-endpoint";
export { ManagementLock } from "@cdktf/provider-azurerm/lib/management-lock";
export { MonitorActionGroup } from "@cdktf/provider-azurerm/lib/monitor-action-group";
export { MonitorActivityLogAlert } from "@cdktf/provider-azurerm/lib/monitor-activity-log-alert";
export { MonitorAlertPrometheusRuleGroup } from "@cdktf/provider-azurerm/lib/monitor-alert-prometheus-rule-group";
export { MonitorDataCollectionEndpoint } from "@cdktf/provider-azurerm/lib/monitor-data-collection-endpoint";
export { MonitorDataCollectionRule } from "@cdktf/provider-azurerm/lib/monitor-data-collection-rule";
export { MonitorDataCollectionRuleAssociation } from "@cdktf/provider-azurerm/lib/monitor-data-collection-rule-association";
export { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
export { MonitorMetricAlert } from "@cdktf/provider-azurerm/lib/monitor-metric-alert";
export { MonitorPrivateLinkScope } from "@cdktf/provider-azurerm/lib/monitor-private-link-scope";
export { MonitorPrivateLinkScopedService } from "@cdktf/provider-azurerm/lib/monitor-private-link-scoped-service";
export { MonitorScheduledQueryRulesAlertV2 } from "@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2";
export { MonitorWorkspace } from "@cdktf/provider-azurerm/lib/monitor-workspace";
export { MysqlFlexibleDatabase } from "@cdktf/provider-azurerm/lib/mysql-flexible-database";
export { MysqlFlexibleServer } from "@cdktf/provider-azurerm/lib/mysql-flexible-server";
export { MysqlFlexibleServerConfiguration } from "@cdktf/provider-azurerm/lib/mysql-flexible-server-configuration";
export { NatGateway } from "@cdktf/provider-azurerm/lib/nat-gateway";
export { NatGatewayPublicIpAssociation } from "@cdktf/provider-azurerm/lib/nat-gateway-public-ip-association";
export { NetworkInterface } from "@cdktf/provider-azurerm/lib/network-interface";
export { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
export { PostgresqlFlexibleServer } from "@cdktf/provider-azurerm/lib/postgresql-flexible-server";
export { PostgresqlFlexibleServerActiveDirectoryAdministrator } from "@cdktf/provider-azurerm/lib/postgresql-flexible-server-active-directory-administrator";
export { PostgresqlFlexibleServerConfiguration } from "@cdktf/provider-azurerm/lib/postgresql-flexible-server-configuration";
export { PostgresqlFlexibleServerDatabase } from "@cdktf/provider-azurerm/lib/postgresql-flexible-server-database";
export { PrivateDnsARecord } from "@cdktf/provider-azurerm/lib/private-dns-a-record";
export { PrivateDnsZone } from "@cdktf/provider-azurerm/lib/private-dns-zone";
export { PrivateDnsZoneVirtualNetworkLink } from "@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link";
export { PrivateEndpoint } from "@cdktf/provider-azurerm/lib/private-endpoint";
export { AzurermProvider, type AzurermProviderConfig } from "@cdktf/provider-azurerm/lib/provider";
export { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
export { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
export { ResourceGroupTemplateDeployment } from "@cdktf/provider-azurerm/lib/resource-group-template-deployment";
export { ResourcePolicyAssignment } from "@cdktf/provider-azurerm/lib/resource-policy-assignment";
export { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
export { RoleDefinition } from "@cdktf/provider-azurerm/lib/role-definition";
export { ServicebusNamespace } from "@cdktf/provider-azurerm/lib/servicebus-namespace";
export { ServicebusQueue } from "@cdktf/provider-azurerm/lib/servicebus-queue";
export { StorageAccount } from "@cdktf/provider-azurerm/lib/storage-account";
export { StorageContainer } from "@cdktf/provider-azurerm/lib/storage-container";
export { StorageContainerImmutabilityPolicy } from "@cdktf/provider-azurerm/lib/storage-container-immutability-policy";
export { StorageManagementPolicy } from "@cdktf/provider-azurerm/lib/storage-management-policy";
export { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
export { SubnetNatGatewayAssociation } from "@cdktf/provider-azurerm/lib/subnet-nat-gateway-association";
export { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
export { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
export { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
