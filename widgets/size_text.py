"""Sizes with units."""

from PySide6.QtCore import QCoreApplication

from widgets.number_text import number_text

_STEPS = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def size_text(size_bytes: int) -> str:
    """`512 B`, `3.8 MiB`, `41 GiB`: three figures at most."""
    for step, unit in _STEPS:
        if size_bytes >= step:
            amount = size_bytes / step
            return f"{number_text(amount, '.1f')} {unit}" if amount < 10 else f"{number_text(amount, '.0f')} {unit}"
    return QCoreApplication.translate("Size", "{0} B").format(size_bytes)
