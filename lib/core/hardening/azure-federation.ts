import type { HardeningRule, Resource, StackRule } from "../hardening";
import { entries } from "./azure-stack";
import { text } from "./demands";

const CREDENTIAL = "azurerm_federated_identity_credential";
const API = "azapi_resource";

/** Subjects of tokens that become an identity. The other forms are what Azure DevOps says of a service connection, and the cluster of itself. */
const SUBJECT =
  /^[^*${}\s]+$|^\$\{azuredevops_serviceendpoint_azurerm\.[\w-]+\.workload_identity_federation_subject\}$/;
const ISSUER =
  /^https:\/\/[^*]+$|^\$\{azuredevops_serviceendpoint_azurerm\.[\w-]+\.workload_identity_federation_issuer\}$|^\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.clusterTokenIssuer\}$/;
/** https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations */
const AUDIENCE = "api://AzureADTokenExchange";

/** Both providers make them: the main one, and the one for what that has no words for. */
export const AZURE_FEDERATION: readonly HardeningRule[] = [
  { type: CREDENTIAL, at: "", audience: "audience", word: "federated" },
  { type: API, at: "body.properties.", audience: "audiences", word: "federated-connection" },
].flatMap(({ type, at, audience, word }): HardeningRule[] => {
  const where = type === API ? isCredential : undefined;
  return [
    {
      id: `${word}-subject`,
      type,
      path: `${at}subject`,
      demand: text(SUBJECT, "one whole subject", "", "repo:acme/*", "repo:acme/ml:ref:refs/heads/*"),
      ...(where ? { where } : {}),
      why: "A token of a foreign repository or branch would be let in.",
      refs: ["CKV_AZURE_249"],
    },
    {
      id: `${word}-audience`,
      type,
      path: `${at}${audience}`,
      demand: {
        wanted: `${AUDIENCE} alone`,
        holds: (value) => Array.isArray(value) && value.length === 1 && value[0] === AUDIENCE,
        wrong: () => [[], ["api://other"], [AUDIENCE, "api://other"]],
      },
      ...(where ? { where } : {}),
      why: "A token that was made for somebody else would be let in.",
      refs: [],
    },
    {
      id: `${word}-issuer`,
      type,
      path: `${at}issuer`,
      demand: text(ISSUER, "an https issuer", "http://issuer.example", ""),
      ...(where ? { where } : {}),
      why: "Tokens could be forged on the way.",
      refs: [],
    },
  ];
});

function isCredential({ type }: Resource): boolean {
  return /\/federatedIdentityCredentials@/.test(String(type));
}

/** https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations#general-federated-identity-credential-considerations */
const CREDENTIALS_MOST = 20;

/** What stacks hold as a whole. */
export const AZURE_FEDERATION_STACKS: readonly StackRule[] = [
  {
    id: "federated-not-too-many",
    why: "Microsoft Entra takes twenty for an identity, and refuses the next one.",
    refs: [],
    check: (stack) => {
      const parents = [
        ...entries(stack, CREDENTIAL).map(([, { parent_id }]) => String(parent_id)),
        ...entries(stack, API)
          .filter(([, body]) => isCredential(body))
          .map(([, { parent_id }]) => String(parent_id)),
      ];
      return [...new Set(parents)]
        .filter((parent) => parents.filter((each) => each === parent).length > CREDENTIALS_MOST)
        .map((parent) => ({
          address: CREDENTIAL,
          message: `${parent} has more than ${CREDENTIALS_MOST}, of which Microsoft Entra refuses the last`,
          fix: "Make another identity",
        }));
    },
  },
];
