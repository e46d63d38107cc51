"""The pages of one window, each built when it is first wanted."""

import linecache
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from console.pages.page import Page
from console.pages.registry import PageEntry


class PageShelf(Mapping[str, Page]):
    """By id, in the order of the rail. UI thread.

    To build all pages takes a second: whoever opens a window waits for one, and the others are built while nobody waits (`build_next`), or
    when they are asked for. To ask whether a page is there, or for all ids, builds none.
    """

    def __init__(self, entries: Sequence[PageEntry], make: Callable[[PageEntry], Page]) -> None:
        """`make` builds a page and puts it into its window."""
        self._entries = {entry.id: entry for entry in entries}
        self._make = make
        self._built: dict[str, Page] = {}
        self.is_shut = False

    def __getitem__(self, page_id: str) -> Page:
        if page_id not in self._built:
            self._built[page_id] = self._make(self._entries[page_id])
            linecache.clearcache()  # Qt's import hook has read the source of each module of the page, which is kept there
        return self._built[page_id]

    def __contains__(self, page_id: object) -> bool:
        return page_id in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def forget(self, page_ids: Iterable[str]) -> tuple[Page, ...]:
        """These are built anew when they are wanted. Returns those that were built, whose end is the caller's."""
        return tuple(self._built.pop(page_id) for page_id in page_ids if page_id in self._built)

    def built(self) -> tuple[Page, ...]:
        return tuple(self._built.values())

    def build_next(self) -> bool:
        """Build one that is not there yet; False when there is none to build."""
        missing = None if self.is_shut else next((page_id for page_id in self._entries if page_id not in self._built), None)
        if missing is not None:
            self[missing]
        return missing is not None

    def shut(self) -> None:
        """The window closes: pages end their work, and none is built any more before somebody asks for it."""
        self.is_shut = True
        for page in self._built.values():
            page.shutdown()
