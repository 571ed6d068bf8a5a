"""The supervisor, made to outlive a full disk. Run as `supervise.py -c <configuration>`.

When it cannot write a log, it writes that to stderr, which is a file on the same disk: the second error would end it.
"""

import sys

from supervisor.supervisord import main


class Patient:
    """A stream whose words may be lost."""

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            pass
        return len(text)

    def flush(self):
        pass


if __name__ == "__main__":
    sys.stdout, sys.stderr = Patient(sys.stdout), Patient(sys.stderr)
    main()
