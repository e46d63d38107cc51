"""Network namespaces for processes of a test, each on a line of its own that can be cut. Linux, where one may make them.

Addresses are of 198.18.0.0/15, which is kept for tests of networks and reached by nothing else.
"""

import ctypes
import os
import subprocess
from contextlib import ExitStack
from functools import cache

VARIABLE = "WATCHROOM_TEST_NETWORK"  # of a process that is to enter one
_CLONE_NEWNET = 0x40000000
_DEVICE = "line"


class Network:
    """`host`: its address, as the test reaches it. Made by `with`, which removes it again."""

    def __init__(self, number: int) -> None:
        """`number`: 0 to 60; networks of one test are told apart by it, and those of tests beside each other by the process."""
        self.name = f"wr-{os.getpid()}-{number}"
        self._ours = f"wr{os.getpid() % 100_000}n{number}"
        self._net = f"198.18.{os.getpid() % 250}.{4 * number}"
        self.host = self._address(2)

    def _address(self, last: int) -> str:
        head, _, tail = self._net.rpartition(".")
        return f"{head}.{int(tail) + last}"

    def __enter__(self) -> "Network":
        with ExitStack() as undone:
            undone.callback(self._remove)
            _ip("netns", "add", self.name)
            _ip("link", "add", self._ours, "type", "veth", "peer", "name", _DEVICE, "netns", self.name)
            _ip("addr", "add", f"{self._address(1)}/30", "dev", self._ours)
            _ip("link", "set", self._ours, "up")
            self._inside("addr", "add", f"{self.host}/30", "dev", _DEVICE)
            self._inside("link", "set", "lo", "up")
            self.mend()
            undone.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def cut(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._inside("link", "set", _DEVICE, "down")

    def mend(self) -> None:
        self._inside("link", "set", _DEVICE, "up")

    def _inside(self, *words: str) -> None:
        _ip("-n", self.name, *words)

    def _remove(self) -> None:
        for words in (("link", "del", self._ours), ("netns", "del", self.name)):
            subprocess.run(["ip", *words], capture_output=True, check=False)


@cache
def can_be_made() -> bool:
    try:
        with Network(60):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def enter_network(name: str) -> None:
    """This process, which has one thread."""
    with open(f"/var/run/netns/{name}", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], capture_output=True, check=True)
