/**
 * The supervisor's configuration as text (http://supervisord.org/configuration.html). Paths come in by `%(ENV_…)s` or are
 * relative to the estate, in which the supervisor is started, so that no character of a path means anything to the format;
 * what a program runs stands in its own JSON file, read by launch.py.
 */

/** How the supervisor looks after one program. */
export interface ProgramSettings {
  readonly name: string;
  /** Changes whenever the program must be started anew: the supervisor compares the text. */
  readonly digest: string;
  readonly stopSignal: "TERM" | "INT";
  /** Whether its children get the stop signal too. */
  readonly stopGroup: boolean;
  /** Seconds it may take to stop before it is killed. */
  readonly stopSeconds: number;
  /** Whether ending with status 0 is how it ends by itself (Jupyter when idle): then it is not started again. */
  readonly mayEnd: boolean;
}

/** Variables the text refers to; the supervisor is started with them. */
export interface SupervisorVariables {
  readonly MLOPS_PYTHON: string;
  readonly MLOPS_LAUNCH: string;
  readonly MLOPS_SOCKET: string;
}

/**
 * One program a section, none started by the supervisor's own start: the runtime starts them in order.
 * A program that cannot start is tried again for half an hour (waits grow by a second each time) before it is given up on.
 */
export function renderSupervisorConf(programs: readonly ProgramSettings[], user: string | null): string {
  const head = [
    "; Written by mlops; changes are overwritten.",
    "[unix_http_server]",
    "file=%(ENV_MLOPS_SOCKET)s",
    "chmod=0600",
    "",
    "[supervisord]",
    "nodaemon=true",
    "silent=true",
    // Said outright, or it warns about running as root at every start.
    ...(user ? [`user=${user}`] : []),
    "logfile=logs/supervisor.log",
    "logfile_maxbytes=2MB",
    "logfile_backups=1",
    "pidfile=supervisor/supervisord.pid",
    "childlogdir=logs",
    "",
    "[rpcinterface:supervisor]",
    "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    "",
  ];
  return `${[...head, ...programs.flatMap(programSection)].join("\n")}\n`;
}

function programSection(program: ProgramSettings): string[] {
  return [
    `[program:${program.name}]`,
    // -I: neither the folder nor the person's own packages come before the environment's.
    `command="%(ENV_MLOPS_PYTHON)s" -I "%(ENV_MLOPS_LAUNCH)s" ${program.name}`,
    `environment=MLOPS_PART="${program.name}",MLOPS_DIGEST="${program.digest}"`,
    "autostart=false",
    `autorestart=${program.mayEnd ? "unexpected" : "true"}`,
    "startsecs=1",
    "startretries=60",
    `stopsignal=${program.stopSignal}`,
    `stopwaitsecs=${program.stopSeconds}`,
    `stopasgroup=${program.stopGroup}`,
    "killasgroup=true",
    "redirect_stderr=true",
    `stdout_logfile=logs/${program.name}.log`,
    "stdout_logfile_maxbytes=10MB",
    "stdout_logfile_backups=2",
    "",
  ];
}
