"""The end of a process that this program started."""

import logging
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

log = logging.getLogger(__name__)


def end_process(process: BaseProcess, goes_s: float) -> None:
    """End it, by force where it has not gone after `goes_s` seconds, and let go of it. Any thread.

    Whether it has gone is read from its sentinel: any thread that starts a process collects the status of all that have ended, and what
    loses that race takes one that is gone for running (ECHILD in `multiprocessing.popen_fork.Popen.poll`).
    """
    process.terminate()
    if not wait([process.sentinel], goes_s):
        process.kill()
        if not wait([process.sentinel], goes_s):
            log.warning("process %s does not end", process.pid)
    process.join(goes_s)
    with suppress(ValueError):  # its status is just being collected elsewhere; its file closes with the object
        process.close()
