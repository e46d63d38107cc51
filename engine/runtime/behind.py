"""Work that may wait a little where the machine is short of processor time."""

import os
import sys
import threading

NICENESS = 4


def go_behind(niceness: int = NICENESS) -> None:
    """Let the thread that calls wait for whatever else wants a core: pictures on their way in, the record, the screen.

    Linux knows a niceness for each thread. Elsewhere there is only the process's, which stays as it is.
    """
    if sys.platform == "linux":
        me = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, me, max(niceness, os.getpriority(os.PRIO_PROCESS, me)))  # never before where it stood
