/** What clouds say when they refuse, in words a person can act on: tables, looked through from the top. */
import path from "node:path";
import { AZURE_ROWS } from "./azure-errors";
import { GOOGLE_ROWS } from "./google-errors";
import { guardOf } from "./guards";
import { again, type Refusal, type Row, typeOf, type Words } from "./refusals";

/** What Terraform 1.11 itself says, whatever the cloud. */
const TERRAFORM_ROWS: readonly Row[] = [
  {
    says: /lifecycle\.prevent_destroy set/,
    means: (_, refusal) => ({
      message: "it may not be destroyed: its loss could not be undone (prevent_destroy)",
      fix: guardOf(typeOf(refusal)).lift(refusal.environment),
    }),
  },
  {
    says: /Backend configuration changed|Backend initialization required/,
    means: (_, { folder, environment, command }) => {
      const each = (how: string) =>
        `for stack in ${path.join(path.dirname(folder), `${environment}-*`)}; do terraform -chdir="$stack" init ${how}; done`;
      return {
        message: "the place of the state (backend) was changed, and what an earlier run kept stays where it is",
        fix: `To take it along: ${each("-migrate-state")}. If nothing was deployed with the former place: ${each("-reconfigure")}. Then ${command}`,
      };
    },
  },
  {
    says: /Failed to (?:query available provider packages|install provider)|could not connect to registry|Could not retrieve the list of available versions/,
    means: ({ input }) => ({
      message: `the provider ${/provider ([\w.-]+\/[\w./-]+)/.exec(input)?.[1] ?? "that it needs"} cannot be installed: Terraform's registry cannot be reached`,
      fix: "Open the way to registry.terraform.io, or give a mirror: a file with provider_installation { filesystem_mirror or network_mirror }, named by TF_CLI_CONFIG_FILE (https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation)",
    }),
  },
];

/** What is said where nothing answers. */
const NETWORK_ROWS: readonly Row[] = [
  {
    says: /no such host|connection refused|connection reset|i\/o timeout|TLS handshake|x509:|network is unreachable|unexpected EOF|context deadline exceeded|proxyconnect|server misbehaving/,
    means: ({ input, 0: found }, { command }) => ({
      message: `the network was lost (${/(?:dial tcp|lookup|Get|Post) [^:]*/.exec(input)?.[0].slice(0, 120) ?? found})`,
      fix: `Look at the network, the proxy and the clock; ${again(command)}`,
    }),
  },
];

const CLOUD_ROWS: Readonly<Record<string, readonly Row[]>> = { azure: AZURE_ROWS, gcp: GOOGLE_ROWS };

/** The refusal in plain words, with the cloud's own behind them; those alone for what no table knows. */
export function cloudProblem(refusal: Refusal): Words {
  for (const { says, means } of [...TERRAFORM_ROWS, ...(CLOUD_ROWS[refusal.cloud] ?? []), ...NETWORK_ROWS]) {
    const found = says.exec(refusal.text);
    if (found === null) continue;
    const { message, fix } = means(found, refusal);
    return { message: `${message}. In its words: ${shorten(refusal.text)}`, fix };
  }
  const { text, command } = refusal;
  const fix = `Correct what it names in the environment's file or in the cloud; ${again(command)}`;
  return { message: text, fix };
}

function shorten(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 400)}…`;
}
