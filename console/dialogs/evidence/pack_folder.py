"""The folder of an evidence pack, shown by the computer's file manager."""

import os
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from widgets.translation import tr


def open_pack_folder(path: Path) -> str:
    """`path`: of the pack, a file or a folder. Returns why its folder is not shown, a sentence; empty where it is."""
    folder = path if path.is_dir() else path.parent
    if QDesktopServices.openUrl(QUrl.fromLocalFile(os.fspath(folder))):
        return ""
    return tr("This computer has no file manager. The pack is saved at {0}.").format(path)
