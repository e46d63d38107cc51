"""The open files of one camera: few at a time, and what is known of those that were open before."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.model.errors import EnvironmentFault
from engine.recording.footage.index import PictureIndex
from engine.recording.footage.opening import FootageOpener
from engine.recording.footage.plan import FootageFile
from engine.recording.footage.reader import FootageReader

_OPEN = 2
_KNOWN = 256  # files whose pictures are remembered: some 30 KB each


class FootageFiles:
    """One thread at a time. A file that does not open is not tried again until `forget_faults`."""

    def __init__(self, locate: Callable[[FootageFile], Path]) -> None:
        self._locate = locate
        self._opener = FootageOpener()
        self._open: OrderedDict[str, FootageReader] = OrderedDict()
        self._known: OrderedDict[str, PictureIndex] = OrderedDict()
        self._faults: dict[str, EnvironmentFault] = {}
        self._closed_decoded = 0
        self.picture_ns = 0

    def reader(self, file: FootageFile, threads: int = 1) -> FootageReader:
        """Raises EnvironmentFault (`unreadable` where the file itself is damaged), NotFound, PermissionDenied."""
        reader = self._open.get(file.id)
        if reader is not None and reader.threads == threads:
            self._open.move_to_end(file.id)
            return reader
        if reader is not None:
            self._close(file.id)
        if file.id in self._faults:
            raise self._faults[file.id]
        try:
            reader = self._open_reader(file, threads)
        except EnvironmentFault as error:
            self._faults[file.id] = error
            raise
        return reader

    def forget_faults(self) -> None:
        self._faults.clear()

    @property
    def decoded(self) -> int:
        return self._closed_decoded + sum(reader.decoded for reader in self._open.values())

    def close(self) -> None:
        for file_id in list(self._open):
            self._close(file_id)

    def _open_reader(self, file: FootageFile, threads: int) -> FootageReader:
        path = self._locate(file)
        reader = FootageReader(path, self._opener.open(path, self._known.get(file.id)), threads)
        while len(self._open) >= _OPEN:
            self._close(next(iter(self._open)))
        self._open[file.id] = reader
        self._remember(file, reader.index)
        return reader

    def _remember(self, file: FootageFile, index: PictureIndex) -> None:
        self._known[file.id] = index
        self._known.move_to_end(file.id)
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        if index.count > 1:
            self.picture_ns = int(np.median(np.diff(index.times_ns)))

    def _close(self, file_id: str) -> None:
        reader = self._open.pop(file_id)
        self._closed_decoded += reader.decoded
        reader.close()
