"""The Qt style sheet, from the tokens. One-pixel lines, no shadows, a two-pixel focus ring that is always visible."""

from importlib.resources import as_file, files

from widgets.tokens import Tokens


def stylesheet(tokens: Tokens) -> str:
    """The style sheet of the whole application."""
    values = {**tokens.color, **{f"{role}_px": f"{size}px" for role, size in tokens.sizes.items()}}
    values |= {
        "radius": f"{tokens.radius}px",
        "focus": f"{tokens.focus}px",
        "check_image": _image(tokens.images["check"]),
        "down_image": _image(tokens.images["down"]),
    }
    sheet = files("resources.theme").joinpath("controls.qss").read_text("utf-8")
    for name in sorted(values, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", str(values[name]))
    return sheet


def _image(name: str) -> str:
    with as_file(files("resources.theme").joinpath(f"{name}.svg")) as path:
        return path.as_posix()
