"""`python tether.py PARENT COMMAND...`: become COMMAND, and get a SIGTERM the moment PARENT dies.

The kernel's parent-death signal survives an exec, so this also ties programs to us that know nothing of it. It follows
the thread that started us: start children from a thread that lives as long as they may. Where the kernel has no such
signal (not Linux) the command simply runs, and is ended by pid alone.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Replace this process by `command`; exit at once if `parent` died before we could ask to be told."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - without a shell on purpose: the arguments are a list


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
