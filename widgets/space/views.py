"""Which view of the floor this display can show."""

from PySide6.QtWidgets import QWidget

from engine.model.value_class import dataclass
from widgets.space.canvas import SpaceCanvas


@dataclass(frozen=True, slots=True)
class Solid:
    """A 3D view, or None where there is no OpenGL that can be used."""

    view: SpaceCanvas | None


def solid_view(parent: QWidget | None = None) -> Solid:
    """Try to make a 3D view. Never raises for a lack of OpenGL.

    OpenGL's modules are imported here and not at start: they take a third of a second, and import fails where the library is missing.
    """
    try:
        from widgets.space.floor3d import Floor3D
        from widgets.space.gl_target import gl_context
    except (ImportError, AttributeError):  # PyOpenGL: no library, or one without what it looks for while being imported
        return Solid(None)
    context = gl_context()
    return Solid(Floor3D(context, parent) if context is not None else None)
