"""Directed paths and the undirected links they make, and frames put in order for them."""

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import link_id

Rows = npt.NDArray[np.intp]
MOST_PATHS = 2_400  # eleven kilobytes of memory each: what nodes report of passing phones must not add up for ever
SPARE = 200  # so many are forgotten at once, since rows close up then
MOST_PER_BATCH = 256  # frames of one path in one batch; of more, an even choice is looked at


class Paths:
    """Numbers directed paths (reporting node, peer) in the order in which they are first heard; a path is a row of every table.

    `links` and `members` (L, 2) list the undirected links in the same manner: the rows of their directions, -1 where one is not heard.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], int] = {}
        self._links: dict[str, int] = {}
        self._members: list[list[int]] = []
        self._turns: list[float] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(self._links)

    def members(self) -> Rows:
        return np.array(self._members, np.intp).reshape(-1, 2)

    def reporters(self) -> list[str]:
        """The reporting node of each path."""
        return [node for node, _ in self._rows]

    def turns(self) -> npt.NDArray[np.float64]:
        """(rows,) 0–1, a number of each path's own, by its name alone: so that what is done now and then is not done to all at once."""
        return np.array(self._turns)

    def rows(self, links: Sequence[tuple[str, str]]) -> Rows:
        """The rows of these paths; new ones get the next."""
        return np.array([self._row(*link) for link in links], np.intp)

    def _row(self, node: str, peer: str) -> int:
        known = self._rows.get((node, peer))
        if known is not None:
            return known
        row = self._rows[node, peer] = len(self._rows)
        link = self._links.setdefault(link_id(node, peer), len(self._links))
        if link == len(self._members):
            self._members.append([-1, -1])
        self._members[link][0 if node <= peer else 1] = row
        self._turns.append(zlib.crc32(f"{node} {peer}".encode()) / 2**32)
        return row

    def crowded_out(self, links: Sequence[tuple[str, str]], newest_ns: npt.NDArray[np.int64]) -> Rows | None:
        """The rows (rising) that stay where these paths would be too many; None while there is room.

        Who was heard longest ago (`newest_ns`, per row) goes, but none of these.
        """
        if len(self) + len(links) <= MOST_PATHS:
            return None
        wanted = set(links)
        beyond = len(wanted.difference(self._rows)) + len(self) - MOST_PATHS
        if beyond <= 0:
            return None
        idle = np.array([row for path, row in self._rows.items() if path not in wanted], np.intp)
        gone = idle[np.argsort(newest_ns[idle], kind="stable")[: beyond + SPARE]]
        return np.setdiff1d(np.arange(len(self)), gone)

    def keep(self, rows: Rows) -> None:
        """Forget all paths but these, whose rows close up."""
        staying = np.isin(np.arange(len(self)), rows).tolist()
        self.restore([path for path, stays in zip(self._rows, staying, strict=True) if stays])

    def state(self) -> list[list[str]]:
        return [list(path) for path in self._rows]

    def restore(self, state: Sequence[Sequence[str]]) -> None:
        self._rows, self._links, self._members, self._turns = {}, {}, [], []
        for node, peer in state:
            self._row(node, peer)


def rounds(rows: Rows) -> Iterator[Rows]:
    """Indices of frames, so that each round has at most one frame of each path and a path's frames keep their order."""
    order = np.argsort(rows, kind="stable")
    sorted_rows = rows[order]
    first = np.ones(len(rows), np.bool_)
    np.not_equal(sorted_rows[1:], sorted_rows[:-1], out=first[1:])
    begins = np.flatnonzero(first)
    counts = np.diff(begins, append=len(rows))
    most = int(np.maximum.reduce(counts, initial=0))
    for turn in range(min(most, MOST_PER_BATCH)):
        spaced = turn if most <= MOST_PER_BATCH else np.where(counts > MOST_PER_BATCH, turn * counts // MOST_PER_BATCH, turn)
        yield order[(begins + spaced)[counts > turn]]
