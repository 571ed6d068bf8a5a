/** What a machine that serves models does when it starts: cloud-init of Container-Optimized OS. Does not load the engine. */

/** What its server needs to know. */
export interface ServingMachine {
  /** Host name of the image registry. */
  readonly registry: string;
  readonly port: number;
  /** Variables of the scoring app. Values hold no white space. */
  readonly env: Readonly<Record<string, string>>;
}

const START = "/etc/serving/start.sh";
const CONTAINER = [
  "--rm",
  "--name serving",
  "--read-only",
  "--tmpfs /tmp",
  "--cap-drop ALL",
  "--security-opt no-new-privileges",
  "--log-driver gcplogs",
] as const;

/**
 * The machine's `user-data`. Image and model version come from the machine's metadata each time the server starts, so
 * that a release replaces two values and restarts it.
 * https://cloud.google.com/container-optimized-os/docs/how-to/create-configure-instance#using_cloud-init
 */
export function servingUserData({ registry, port, env }: ServingMachine): string {
  const variables = Object.entries({ PORT: String(port), ...env }).map(([name, value]) => `-e ${name}=${value}`);
  const script = [
    "set -eu",
    "attribute() {",
    "  curl --silent --fail --header 'Metadata-Flavor: Google' \\",
    '    "http://metadata.google.internal/computeMetadata/v1/instance/attributes/$1" || true',
    "}",
    "docker rm --force serving 2>/dev/null || true",
    `exec docker run ${CONTAINER.join(" ")} \\`,
    `  --publish ${port}:${port} ${variables.join(" ")} \\`,
    '  -e SERVING_MODEL="$(attribute serving-model)" \\',
    '  "$(attribute serving-image)"',
  ];
  const unit = [
    "[Unit]",
    "Description=Scoring app",
    "Wants=network-online.target docker.socket",
    "After=network-online.target docker.socket",
    "[Service]",
    // The only home that may be written to on this system.
    "Environment=HOME=/home/serving",
    `ExecStartPre=/usr/bin/docker-credential-gcr configure-docker --registries=${registry}`,
    `ExecStart=/bin/bash ${START}`,
    "ExecStop=/usr/bin/docker stop --time 30 serving",
    "Restart=always",
    "RestartSec=5",
    "[Install]",
    "WantedBy=multi-user.target",
  ];
  return [
    "#cloud-config",
    "users:",
    "- name: serving",
    "write_files:",
    ...file(START, script),
    ...file("/etc/systemd/system/serving.service", unit),
    "runcmd:",
    "- systemctl daemon-reload",
    "- systemctl start serving.service",
    "",
  ].join("\n");
}

function file(path: string, lines: readonly string[]): string[] {
  return [
    `- path: ${path}`,
    '  permissions: "0644"',
    "  owner: root",
    "  content: |",
    ...lines.map((line) => `    ${line}`),
  ];
}
