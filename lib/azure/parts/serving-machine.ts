/** What a machine that serves models does when it starts: cloud-init of Ubuntu. Does not load the engine. */

/** What its server needs to know. */
export interface ServingMachine {
  /** Login server of the image registry. */
  readonly registry: string;
  /** Entra's tenant. */
  readonly tenant: string;
  /** Resource id of the identity that the machine has. */
  readonly identity: string;
  readonly port: number;
  /** Variables of the scoring app, each on one line. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a release writes into the machine's user data. */
export interface ServedRelease {
  /** Image by digest. */
  readonly image: string;
  /** The model version as JSON, see pipelines/serving/hosted.py; empty while nothing is released. */
  readonly model: string;
}

/** Where every machine asks about itself, https://learn.microsoft.com/en-us/azure/virtual-machines/instance-metadata-service. */
const METADATA = "http://169.254.169.254/metadata";
/** What the registry takes an identity's token for. */
const REGISTRY_AUDIENCE = "https://containerregistry.azure.net";
/** User name for a token, https://learn.microsoft.com/en-us/azure/container-registry/container-registry-authentication#az-acr-login-with---expose-token. */
const TOKEN_USER = "00000000-0000-0000-0000-000000000000";
const FOLDER = "/etc/serving";
const CONTAINER = [
  "--rm",
  "--name serving",
  "--read-only",
  "--tmpfs /tmp",
  "--cap-drop ALL",
  "--security-opt no-new-privileges",
  "--log-driver journald",
] as const;

/** The machine's user data, as Azure keeps it. */
export function servedRelease(release: ServedRelease): string {
  return Buffer.from(JSON.stringify(release)).toString("base64");
}

/**
 * The machine's custom data, read when it is made. Image and model version come from its user data each time the server
 * starts, so that a release replaces those and restarts it. cloud-init takes JSON, which is YAML.
 * https://learn.microsoft.com/en-us/azure/virtual-machines/linux/using-cloud-init
 */
export function servingCustomData(machine: ServingMachine): string {
  const config = {
    package_update: true,
    packages: ["docker.io"],
    ssh_deletekeys: true,
    write_files: [
      file("serving.env", variables(machine), "0600"),
      file("start.sh", startScript(machine), "0755"),
      { path: "/etc/systemd/system/serving.service", permissions: "0644", content: lines(UNIT) },
      { path: "/etc/apt/apt.conf.d/60reboot", permissions: "0644", content: lines(UPDATES) },
    ],
    runcmd: [
      "systemctl disable --now ssh.socket ssh.service",
      "systemctl daemon-reload",
      "systemctl enable --now serving.service",
    ],
  };
  return Buffer.from(`#cloud-config\n${JSON.stringify(config)}\n`).toString("base64");
}

/** Security updates come by themselves on Ubuntu; what they need a start for gets it at night. */
const UPDATES = [
  'Unattended-Upgrade::Automatic-Reboot "true";',
  'Unattended-Upgrade::Automatic-Reboot-Time "03:30";',
] as const;

const UNIT = [
  "[Unit]",
  "Description=Scoring app",
  "Wants=network-online.target docker.service",
  "After=network-online.target docker.service",
  "[Service]",
  "Environment=HOME=/root",
  `ExecStart=${FOLDER}/start.sh`,
  "ExecStop=/usr/bin/docker stop --time 30 serving",
  "Restart=always",
  "RestartSec=5",
  "[Install]",
  "WantedBy=multi-user.target",
] as const;

/** https://learn.microsoft.com/en-us/rest/api/containerregistry/refresh-tokens/exchange-aad-access-token-for-acr-refresh-token */
function startScript({ registry, tenant, identity, port }: ServingMachine): string[] {
  const token = `identity/oauth2/token?api-version=2018-02-01&resource=${REGISTRY_AUDIENCE}&msi_res_id=${identity}`;
  return [
    "#!/bin/bash",
    "set -euo pipefail",
    'ask() { curl --silent --show-error --fail --retry 5 --noproxy "*" "$@"; }',
    `about() { ask --header "Metadata: true" "${METADATA}/$1"; }`,
    "field() { python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1], str()))' \"$1\"; }",
    'release="$(about "instance/compute/userData?api-version=2021-01-01&format=text" | base64 --decode)"',
    'image="$(field image <<<"$release")"',
    'model="$(field model <<<"$release")"',
    `about "${token}" | field access_token | tr -d "\\n" \\`,
    `  | ask --data grant_type=access_token --data service=${registry} --data tenant=${tenant} \\`,
    `    --data-urlencode access_token@- https://${registry}/oauth2/exchange \\`,
    `  | field refresh_token | docker login ${registry} --username ${TOKEN_USER} --password-stdin`,
    "docker rm --force serving 2>/dev/null || true",
    `exec docker run ${CONTAINER.join(" ")} --publish ${port}:${port} --env-file ${FOLDER}/serving.env \\`,
    '  --env SERVING_MODEL="$model" "$image"',
  ];
}

function variables({ port, env }: ServingMachine): string[] {
  return Object.entries({ PORT: String(port), ...env }).map(([name, value]) => `${name}=${value}`);
}

function file(name: string, content: readonly string[], permissions: string) {
  return { path: `${FOLDER}/${name}`, permissions, content: lines(content) };
}

function lines(content: readonly string[]): string {
  return content.map((line) => `${line}\n`).join("");
}
