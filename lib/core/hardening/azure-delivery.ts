import type { HardeningRule, Resource, StackRule } from "../hardening";
import { resourceId, someOf } from "./azure-demands";
import { alone } from "./azure-stack";
import { absent, filled, is, number, oneOf, text } from "./demands";

const CONNECTION = "azuredevops_serviceendpoint_azurerm";
const VARIABLES = "azuredevops_variable_group";
const BUILD = "azuredevops_build_definition";
const APPROVAL = "azuredevops_check_approval";
const PLACE = "azuredevops_environment";
const POOL = "azapi_resource";

/** Azure DevOps: what brings a release here. */
export const AZURE_DELIVERY: readonly HardeningRule[] = [
  {
    id: "connection-federated",
    type: CONNECTION,
    path: "service_endpoint_authentication_scheme",
    demand: is("WorkloadIdentityFederation"),
    why: "Azure DevOps would keep a secret that is good wherever it gets to.",
    refs: [],
  },
  {
    id: "connection-identity",
    type: CONNECTION,
    path: "credentials.serviceprincipalid",
    demand: filled("the client id of an identity"),
    why: "Azure DevOps would make one that may change the whole subscription.",
    refs: [],
  },
  {
    id: "connection-no-secret",
    type: CONNECTION,
    path: "credentials.serviceprincipalkey",
    demand: absent("correct-horse"),
    why: "It would stand in the state.",
    refs: [],
  },
  {
    id: "variables-for-named",
    type: VARIABLES,
    path: "allow_access",
    demand: is(false),
    why: "Every pipeline of the project could use them.",
    refs: [],
  },
  {
    id: "variables-no-secret",
    type: VARIABLES,
    path: "variable.secret_value",
    demand: absent("correct-horse"),
    why: "It would stand in the state.",
    refs: [],
  },
  {
    id: "build-variables-fixed",
    type: BUILD,
    path: "variable?.allow_override",
    demand: is(false),
    why: "Whoever starts a build could say where it deploys to.",
    refs: [],
  },
  {
    id: "build-no-secret",
    type: BUILD,
    path: "variable.secret_value",
    demand: absent("correct-horse"),
    why: "It would stand in the state.",
    refs: [],
  },
  {
    id: "build-in-its-project",
    type: BUILD,
    path: "job_authorization_scope",
    demand: is("project"),
    why: "A build could read the code of every project of the organisation.",
    refs: [],
  },
  {
    id: "build-strangers-no-secrets",
    type: BUILD,
    path: "pull_request_trigger?.forks.share_secrets",
    demand: is(false),
    why: "A stranger's pull request could act as the environment.",
    refs: [],
  },
  {
    id: "build-strangers-asked-for",
    type: BUILD,
    path: "pull_request_trigger?.comment_required",
    demand: oneOf("NonTeamMembers", "All"),
    why: "A stranger's code would run before anybody has looked at it.",
    refs: [],
  },
  {
    id: "shared-with-named-pipelines",
    type: "azuredevops_pipeline_authorization",
    path: "pipeline_id",
    demand: filled("a pipeline by its id"),
    why: "Every pipeline of the project could use it.",
    refs: [],
  },
  {
    id: "approval-by-another",
    type: APPROVAL,
    path: "requester_can_approve",
    demand: is(false),
    why: "Whoever asks for a release would let it pass.",
    refs: [],
  },
  {
    id: "approval-by-somebody",
    type: APPROVAL,
    path: "approvers",
    demand: someOf("who approves"),
    why: "Nobody would be asked.",
    refs: [],
  },
  {
    id: "approval-least",
    type: APPROVAL,
    path: "minimum_required_approvers",
    demand: number(1, 100),
    why: "All who may approve would have to.",
    refs: [],
  },
  {
    id: "approval-of-something",
    type: APPROVAL,
    path: "target_resource_id",
    demand: resourceId,
    why: "Nobody would be asked.",
    refs: [],
  },
  {
    id: "branches-by-name",
    type: "azuredevops_check_branch_control",
    path: "allowed_branches",
    demand: text(/^refs\/(heads|tags)\/[^*\s]/, "branches and tags by their whole names", "", "*", "refs/heads/*"),
    why: "Code of any branch could be deployed.",
    refs: [],
  },
  {
    id: "build-machines-fresh",
    type: POOL,
    path: "body.properties.agentProfile.kind",
    demand: is("Stateless"),
    where: isPool,
    why: "A build would find what the one before left.",
    refs: [],
  },
  {
    id: "build-machines-subnet",
    type: POOL,
    path: "body.properties.fabricProfile.networkProfile.subnetId",
    demand: resourceId,
    where: isPool,
    why: "They would stand in a network of Microsoft, and the environment is closed to it.",
    refs: [],
  },
  {
    id: "build-machines-not-interactive",
    type: POOL,
    path: "body.properties.fabricProfile.osProfile.logonType",
    demand: is("Service"),
    where: isPool,
    why: "Somebody would be logged in to them.",
    refs: [],
  },
  {
    id: "build-machines-administrators",
    type: POOL,
    path: "body.properties.organizationProfile.permissionProfile.kind",
    demand: oneOf("CreatorOnly", "SpecificAccounts"),
    where: isPool,
    why: "Every administrator of the project could change them.",
    refs: [],
  },
  {
    id: "build-machines-project",
    type: POOL,
    path: "body.properties.organizationProfile.organizations.projects",
    demand: someOf("projects by name"),
    where: isPool,
    why: "Every project of the organisation could use them, and reach the network.",
    refs: [],
  },
];

function isPool({ type }: Resource): boolean {
  return /^Microsoft\.DevOpsInfrastructure\/pools@/.test(String(type));
}

/** What a stack with places to deploy to holds beside them. */
export const AZURE_DELIVERY_STACKS: readonly StackRule[] = [
  {
    id: "deployment-approved",
    only: "production",
    why: "A release would reach production without a person.",
    refs: [],
    check: (stack) =>
      alone(stack, {
        of: PLACE,
        type: APPROVAL,
        at: "target_resource_id",
        message: "has no approval: a release would reach production without a person",
        fix: `Add an ${APPROVAL} for it`,
      }),
  },
  {
    id: "deployment-branches",
    why: "Code of any branch could be deployed.",
    refs: [],
    check: (stack) =>
      [PLACE, CONNECTION, VARIABLES].flatMap((of) =>
        alone(stack, {
          of,
          where: () => stack.resource?.[PLACE] !== undefined,
          type: "azuredevops_check_branch_control",
          at: "target_resource_id",
          message: "lets in code of any branch",
          fix: "Add an azuredevops_check_branch_control for it",
        }),
      ),
  },
  {
    id: "deployment-turns",
    why: "Two releases at once would overwrite each other.",
    refs: [],
    check: (stack) =>
      alone(stack, {
        of: PLACE,
        type: "azuredevops_check_exclusive_lock",
        at: "target_resource_id",
        message: "lets two releases in at once, and they would overwrite each other",
        fix: "Add an azuredevops_check_exclusive_lock for it",
      }),
  },
];
