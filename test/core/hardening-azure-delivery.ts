/** For each kind of resources that Azure's main provider has no words for, and of Azure DevOps: the smallest that keeps every rule. */
import type { Resource } from "../../lib/core/hardening";
import { ID } from "./hardening-azure-parts";

export const AZURE_DELIVERY: Readonly<Record<string, readonly Resource[]>> = {
  azapi_resource: [
    {
      body: {
        properties: {
          agentProfile: { kind: "Stateless" },
          fabricProfile: { networkProfile: { subnetId: ID }, osProfile: { logonType: "Service" } },
          organizationProfile: {
            organizations: { projects: ["ml-platform"] },
            permissionProfile: { kind: "CreatorOnly" },
          },
        },
      },
      type: "Microsoft.DevOpsInfrastructure/pools@2025-09-20",
    },
    {
      body: {
        properties: {
          audiences: ["api://AzureADTokenExchange"],
          issuer: "${azuredevops_serviceendpoint_azurerm.it.workload_identity_federation_issuer}",
          subject: "${azuredevops_serviceendpoint_azurerm.it.workload_identity_federation_subject}",
        },
      },
      type: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30",
    },
    {
      body: { properties: { authMode: "AADToken", publicNetworkAccess: "Disabled" } },
      identity: { type: "UserAssigned" },
      type: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-09-01",
    },
    {
      body: { properties: { typeProperties: { credential: { type: "CredentialReference" } } } },
      type: "Microsoft.DataFactory/factories/linkedservices@2018-06-01",
    },
    {
      body: { properties: { authType: "ManagedIdentity" } },
      type: "Microsoft.MachineLearningServices/workspaces/connections@2025-12-01",
    },
    {
      body: {
        properties: { activities: { typeProperties: { authentication: { type: "UserAssignedManagedIdentity" } } } },
      },
      type: "Microsoft.DataFactory/factories/pipelines@2018-06-01",
    },
    {
      type: "Microsoft.MachineLearningServices/workspaces/computes@2025-12-01",
      body: {
        properties: {
          computeType: "ComputeInstance",
          disableLocalAuth: true,
          properties: {
            idleTimeBeforeShutdown: "PT60M",
            applicationSharingPolicy: "Personal",
            sshSettings: { sshPublicAccess: "Disabled" },
            enableNodePublicIp: false,
            enableRootAccess: false,
          },
        },
      },
    },
  ],
  azapi_resource_action: [
    {
      body: {
        properties: {
          keyOps: ["wrapKey"],
          keySize: 3072,
          kty: "RSA-HSM",
          rotationPolicy: {
            attributes: { expiryTime: "P365D" },
            lifetimeActions: { action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } },
          },
        },
      },
      type: "Microsoft.KeyVault/vaults/keys@2024-11-01",
    },
    {
      body: { properties: { contentType: "text/plain" } },
      sensitive_body: { properties: { value: "${ephemeral.random_password.it.result}" } },
      type: "Microsoft.KeyVault/vaults/secrets@2025-05-01",
    },
  ],
  azapi_update_resource: [
    {
      body: { properties: { systemDatastoresAuthMode: "Identity" } },
      type: "Microsoft.MachineLearningServices/workspaces@2025-12-01",
    },
  ],
  azuredevops_build_definition: [
    {
      job_authorization_scope: "project",
      pull_request_trigger: { comment_required: "NonTeamMembers", forks: { share_secrets: false } },
      variable: { allow_override: false },
    },
  ],
  azuredevops_check_approval: [
    {
      approvers: ["${azuredevops_group.it.group_id}"],
      minimum_required_approvers: 1,
      requester_can_approve: false,
      target_resource_id: "${azuredevops_environment.it.id}",
    },
  ],
  azuredevops_check_branch_control: [{ allowed_branches: "refs/heads/develop, refs/heads/main, refs/tags/v*" }],
  azuredevops_pipeline_authorization: [{ pipeline_id: "${azuredevops_build_definition.it.id}" }],
  azuredevops_serviceendpoint_azurerm: [
    {
      credentials: { serviceprincipalid: "1b2c3d4e-0000-4000-8000-0000000000a1" },
      service_endpoint_authentication_scheme: "WorkloadIdentityFederation",
    },
  ],
  azuredevops_variable_group: [{ allow_access: false }],
};
