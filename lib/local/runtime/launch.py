"""Becomes one program of the estate. Run by the supervisor: `launch.py <part>`.

Reads `<estate>/supervisor/programs/<part>.json` ({argv, env, cwd, account, pidFile}), ends what an earlier process of the
same part left behind (a killed parent leaves children that hold its port), and replaces itself by the program. Standard
library only.
"""

import json
import os
import signal
import subprocess
import sys
import time


def marked_processes(estate, part):
    """Pids of living processes whose environment says they belong to this part of this estate."""
    wanted = (f"MLOPS_ESTATE={estate}", f"MLOPS_PART={part}")
    if not os.path.isdir("/proc/self"):
        listing = subprocess.run(["ps", "-axwwE", "-o", "pid=,command="], capture_output=True, text=True, check=False)
        lines = [line.strip().partition(" ") for line in listing.stdout.splitlines()]
        return [int(pid) for pid, _, rest in lines if all(f" {mark} " in f"{rest} " for mark in wanted)]
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                marks = file.read().split(b"\0")
        except OSError:
            continue
        # A zombie's environment is empty, so it is never counted.
        if all(os.fsencode(mark) in marks for mark in wanted):
            found.append(int(name))
    return found


def servers_in(folder):
    """Pids of PostgreSQL's processes that work in this data folder.

    They write over their environment to show what they do, so that the mark is the main process's alone.
    """
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        try:
            program = os.path.basename(os.readlink(f"/proc/{name}/exe")) if name.isdigit() else ""
            if program.startswith("postgres") and os.path.samefile(f"/proc/{name}/cwd", folder):
                found.append(int(name))
        except OSError:
            continue
    return found


def end_leftovers(estate, part, data=None):
    """Kills what an earlier process of this part left. Its parent is dead, so nobody waits for it to finish.

    `data` is PostgreSQL's folder: it does not start beside a query that outlived the server.
    """
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found = {*marked_processes(estate, part), *(servers_in(data) if data else [])}
        others = found - {os.getpid(), os.getppid()}
        if not others:
            return
        for pid in others:
            print(f"launch: ending process {pid}, left by an earlier {part}", flush=True)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.1)


def drop_stale_lock(pid_file):
    """Removes PostgreSQL's lock file when no server works in the data folder any more.

    PostgreSQL clears a lock whose process is dead by itself, but refuses to start while the number belongs to another
    program, as after a restart of the machine, and when the file was cut short.
    """
    if os.path.exists(pid_file) and os.path.isdir("/proc/self") and not servers_in(os.path.dirname(pid_file)):
        print(f"launch: {pid_file} was left by a server that has ended; removed", flush=True)
        os.remove(pid_file)


def main():
    estate, part = os.environ["MLOPS_ESTATE"], sys.argv[1]
    with open(os.path.join(estate, "supervisor", "programs", f"{part}.json"), encoding="utf-8") as file:
        program = json.load(file)
    pid_file = program.get("pidFile")
    end_leftovers(estate, part, pid_file and os.path.dirname(pid_file))
    if pid_file:
        drop_stale_lock(pid_file)
    os.umask(0o077)
    account = program.get("account")
    os.chdir(program["cwd"])
    if account:
        os.setgroups([])
        os.setgid(account["gid"])
        os.setuid(account["uid"])
    argv = program["argv"]
    os.execve(argv[0], argv, {**program["env"], "MLOPS_ESTATE": estate, "MLOPS_PART": part})


if __name__ == "__main__":
    main()
