"""The Qt style sheet, from the tokens. One-pixel lines, no shadows, a focus ring that is always visible and moves nothing.

`@name` in the sheet is a token. `@inset(7)` is what the focus ring leaves of 7 pixels of edge and padding, so that what has the focus
keeps its size and its text its room, however wide a theme's ring is.
"""

import re
from importlib.resources import as_file, files

from widgets.tokens import Tokens

_INSET = re.compile(r"@inset\((\d+)\)")
_LINE = 1  # pixels of the edge of what has no focus
_LINE_HIGH = 18 / 13  # of a line of text, in sizes of its letters


def stylesheet(tokens: Tokens) -> str:
    """The style sheet of the whole application."""
    values = {**tokens.color, **{f"{role}_px": f"{size}px" for role, size in tokens.sizes.items()}}
    values |= {
        "radius": f"{tokens.radius}px",
        "focus": f"{tokens.focus}px",
        "line_high": f"{round(_LINE_HIGH * tokens.sizes['body'])}px",
        "ring_rest": f"{tokens.focus - _LINE}px",
        "check_image": _image(tokens.images["check"]),
        "down_image": _image(tokens.images["down"]),
        "down_off_image": _image(tokens.images["down_off"]),
    }
    sheet = files("resources.theme").joinpath("controls.qss").read_text("utf-8")
    sheet = _INSET.sub(lambda found: f"{max(0, int(found[1]) - tokens.focus)}px", sheet)
    for name in sorted(values, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", str(values[name]))
    return sheet


def _image(name: str) -> str:
    with as_file(files("resources.theme").joinpath(f"{name}.svg")) as path:
        return path.as_posix()
