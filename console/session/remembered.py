"""What the screen looked like last time: window, splitters, choices. Kept in `console.ini` of the data folder."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QSplitter, QWidget


class Remembered:
    """Small, unimportant state of the screen. Losing it or finding it damaged costs nothing but the arrangement."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @classmethod
    def in_folder(cls, folder: Path) -> "Remembered":
        return cls(QSettings(str(folder / "console.ini"), QSettings.Format.IniFormat))

    @property
    def folder(self) -> Path:
        """Where the console may keep what it can get again."""
        return Path(self._settings.fileName()).parent

    def text(self, name: str, default: str = "") -> str:
        value = self._settings.value(name, default)
        return value if isinstance(value, str) else default

    def number(self, name: str, default: int) -> int:
        text = self.text(name)
        return int(text) if text.isdecimal() else default

    def flag(self, name: str, default: bool) -> bool:
        return {"true": True, "false": False}.get(self.text(name), default)

    def put(self, name: str, value: str | int | bool) -> None:
        self._settings.setValue(name, str(value).lower() if isinstance(value, bool) else str(value))

    def forget(self, name: str) -> None:
        self._settings.remove(name)

    def restore_window(self, window: QWidget) -> bool:
        """True when there was a place to put it back to."""
        geometry = self._settings.value("window/geometry")
        return isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)

    def keep_window(self, window: QWidget) -> None:
        self._settings.setValue("window/geometry", window.saveGeometry())

    def restore_splitter(self, name: str, splitter: QSplitter) -> bool:
        """True where its widths were kept."""
        return self._restore_sizes(f"splitter/{name}", splitter)

    def _restore_sizes(self, key: str, splitter: QSplitter) -> bool:
        state = self._settings.value(key)
        return isinstance(state, QByteArray) and splitter.restoreState(state)

    def keep_splitter(self, name: str, splitter: QSplitter) -> None:
        self._settings.setValue(f"splitter/{name}", splitter.saveState())

    def of_user(self, user_id: str) -> "Remembered":
        """The same, with the widths of one user: what they have not moved yet is as it was left on this screen before."""
        return _OfUser(self._settings, user_id)

    def flush(self) -> None:
        self._settings.sync()


class _OfUser(Remembered):
    def __init__(self, settings: QSettings, user_id: str) -> None:
        super().__init__(settings)
        self._prefix = f"user-{user_id}"

    def restore_splitter(self, name: str, splitter: QSplitter) -> bool:
        return self._restore_sizes(f"{self._prefix}/splitter/{name}", splitter) or super().restore_splitter(name, splitter)

    def keep_splitter(self, name: str, splitter: QSplitter) -> None:
        self._settings.setValue(f"{self._prefix}/splitter/{name}", splitter.saveState())
