"""PySide6 6.12.0 on Python 3.11 aborts the process after some 560 emits: the pin must hold."""

import subprocess
import sys

PROGRAM = """
import faulthandler; faulthandler.enable()
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from engine.model.time import SystemClock
from widgets.theme import apply_theme
from widgets.wall.video_wall import VideoWall
app = QApplication([])
apply_theme(app)
wall = VideoWall(SystemClock())
seen = []
wall.wanted_size_changed.connect(lambda *what: seen.append(what))
wall.selection_changed.connect(seen.append)
for number in range(5000):
    wall.wanted_size_changed.emit("c0", QSize(number, 1), number % 2 == 0)
    wall.selection_changed.emit(str(number))
assert len(seen) == 10_000
"""


def test_ten_thousand_emits_with_every_kind_of_argument_survive():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
