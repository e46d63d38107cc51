"""Another look while windows are open. Nothing is built anew: what is painted asks again,
what was set by hand is set again.
"""

from PySide6.QtWidgets import QApplication

from widgets.icons import retint
from widgets.layout.enlarging import hand_set_fonts, resize_texts
from widgets.look import Look, current_look, set_look
from widgets.theme import dress


def change_look(app: QApplication, wanted: Look) -> None:
    if wanted == current_look():
        return
    resized = wanted.text_percent != current_look().text_percent
    fonts = hand_set_fonts(app.allWidgets()) if resized else []
    set_look(wanted)
    dress(app)
    retint(app)
    if resized:
        resize_texts(app.allWidgets(), fonts)
    for widget in app.allWidgets():
        widget.update()
