/** The hardened values of a production environment are taken away one by one: a rule notices each. */
import { testMutations } from "../support/mutation-suite";
import { MICROSOFT_AZURE, RECORD } from "./mutation";

/** Rules for what these environments do not have. Each is proved by its fixture. */
const IDLE: readonly string[] = [
  // The machines of the system pool have no disk of their own.
  "aks-system-pool-os-disk",
  // Networks ask Azure's own name servers.
  "network-name-servers",
];

testMutations({
  cloud: MICROSOFT_AZURE,
  record: RECORD,
  recordedBy: "node --import jiti/register test/azure/mutation.ts",
  idle: IDLE,
});
