"""Another look while windows are open. Nothing is built anew: what is painted asks again,
what was set by hand is set again.
"""

from PySide6.QtWidgets import QApplication

from widgets.enlarging import resize_texts
from widgets.icons import retint
from widgets.look import Look, look, set_look
from widgets.theme import dress
from widgets.tokens import load_tokens


def change_look(app: QApplication, wanted: Look) -> None:
    if wanted == look():
        return
    before = load_tokens().sizes
    set_look(wanted)
    dress(app)
    retint(app)
    if before != load_tokens().sizes:
        resize_texts(app.allWidgets(), before)
    for widget in app.allWidgets():
        widget.update()
