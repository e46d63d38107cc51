"""The order in which parts of the record are run by several workers, so that all of them end at about the same time.

A part is not divided between checkpoints, so at the end of a window some workers would wait for the last part of another. Therefore what
links say (a third of a run, which follows from CSI alone) is made first for the last parts, as jobs of their own: there are twice as many
jobs then, each of them shorter.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

Part = TypeVar("Part")
Links = TypeVar("Links")
Result = TypeVar("Result")


class PartJob(NamedTuple, Generic[Part, Links]):
    """A part to be run, or only its links. `place`: of the part. `links`: what was made of it before."""

    place: int
    part: Part
    links_only: bool = False
    links: Links | None = None


class PartQueue(Generic[Part, Links, Result]):
    """Any thread.

    Args:
        parts, lengths: in their order in time, and about how much is in each.
        workers: for each of them one of the last parts that are not short is divided.
    """

    def __init__(self, parts: Sequence[Part], lengths: Sequence[int], workers: int) -> None:
        divided = divided_places(lengths, workers)
        whole = [PartJob[Part, Links](place, part) for place, part in enumerate(parts) if place not in divided]
        self._waiting = [*whole, *(PartJob[Part, Links](place, parts[place], links_only=True) for place in divided)]
        self._afterwards = [PartJob[Part, Links](place, parts[place]) for place in divided]
        self._links: dict[int, Links] = {}
        self._results: dict[int, Result] = {}
        self._count, self._given = len(parts), 0
        self._stopped = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def take(self) -> PartJob[Part, Links] | None:
        """The next job, once there is one that can be done; None where nobody is needed any more."""
        with self._changed:
            while not self._is_over():
                if self._waiting:
                    return self._waiting.pop(0)
                ready = next((job for job in self._afterwards if job.place in self._links), None)
                if ready is not None:
                    self._afterwards.remove(ready)
                    return ready._replace(links=self._links.pop(ready.place))
                self._changed.wait()
            return None

    def put(self, job: PartJob[Part, Links], done: Result | Links) -> None:
        with self._changed:
            (self._links if job.links_only else self._results)[job.place] = done  # type: ignore[assignment]
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """Nobody goes on; `in_order` and `wait` raise it."""
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def in_order(self) -> Iterator[Result]:
        """Results that have not been given out yet, as far as all before them are there."""
        while (result := self._next_result()) is not None:
            yield result

    def wait(self) -> None:
        """Until everything is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._error is not None or self._given + len(self._results) == self._count)

    def _next_result(self) -> Result | None:
        with self._changed:
            if self._error is not None:
                raise self._error
            result = self._results.pop(self._given, None)
            self._given += result is not None
            return result

    def _is_over(self) -> bool:
        return self._stopped or self._error is not None or not (self._waiting or self._afterwards)


def divided_places(lengths: Sequence[int], workers: int) -> list[int]:
    """Of the last parts, as many as there are workers, in their order; parts that are short beside the longest are left whole."""
    longest = max(lengths, default=0)
    return [place for place, length in enumerate(lengths) if 2 * length >= longest][-workers:]
