/** Jupyter's settings (https://jupyter-server.readthedocs.io/en/latest/other/full-config.html). */
import type { NotebooksPart } from "../parts";

/**
 * Listens on 127.0.0.1 only, asks for a token, ends idle kernels and then itself.
 * @param root folder whose notebooks are shown.
 */
export function jupyterSettings(part: NotebooksPart, root: string, token: string): Record<string, unknown> {
  const idleSeconds = part.idleShutdownMinutes * 60;
  return {
    ServerApp: {
      ip: "127.0.0.1",
      port: part.port,
      // Another port would be one that nobody looks at.
      port_retries: 0,
      open_browser: false,
      allow_root: true,
      root_dir: root,
      shutdown_no_activity_timeout: idleSeconds,
    },
    IdentityProvider: { token },
    MappingKernelManager: {
      cull_idle_timeout: idleSeconds,
      cull_interval: Math.min(60, idleSeconds),
      cull_connected: true,
    },
    TerminalManager: { cull_inactive_timeout: idleSeconds },
  };
}
