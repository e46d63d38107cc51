"""OpenGL without a window: pictures are drawn off screen and handed over as images.

A QOpenGLWidget would turn the whole window into an OpenGL one: on software GL every frame of the Live page would then be composed as a
texture. It also does not exist on every platform, and pyqtgraph keeps shader programs per process, which a second window's context cannot
use. One context that lives as long as the application has none of these troubles; reading a picture back costs a millisecond, after waiting
for it: a processor that draws in place of a graphics card takes 5–15 ms.
"""

from collections.abc import Callable

from OpenGL import GL
from OpenGL.error import Error as OpenGLError
from PySide6.QtCore import QCoreApplication, QObject, QSize
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext
from PySide6.QtOpenGL import QOpenGLFramebufferObject

_NAME = "space-gl"
_OLDEST = (2, 1)


class GlContext(QObject):
    """The application's one context and the surface that stands in for a window. Main thread only."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self.context = QOpenGLContext(self)
        self._surface = QOffscreenSurface(None, self)
        self.trouble = self._open_context()

    def _open_context(self) -> str:
        """Why it cannot be used; empty when it can."""
        if not self.context.create():
            return "no context"
        self._surface.setFormat(self.context.format())
        self._surface.create()
        if not self.make_current():
            return "no surface"
        version = self.context.format().version()
        renderer = _renderer()
        self.context.doneCurrent()
        return "" if renderer and version >= _OLDEST else f"version {version[0]}.{version[1]}"

    def make_current(self) -> bool:
        return self.context.makeCurrent(self._surface)

    def release(self) -> None:
        self.context.doneCurrent()


def _renderer() -> str:
    try:
        name = GL.glGetString(GL.GL_RENDERER)
    except (OpenGLError, AttributeError):  # PyOpenGL loads the system's library on the first call, and has none where there is none
        return ""
    return name.decode(errors="replace") if name else ""


def gl_context() -> GlContext | None:
    """The application's context, made on the first call; None where this display offers no OpenGL that can be used."""
    app = QCoreApplication.instance()
    if app is None:
        return None
    known = app.findChild(GlContext, _NAME)
    context = known if isinstance(known, GlContext) else GlContext(app)
    return None if context.trouble else context


class GlPicture:
    """A picture buffer of changing size."""

    def __init__(self, context: GlContext) -> None:
        self._context = context
        self._buffer: QOpenGLFramebufferObject | None = None

    def begin_drawing(self, pixels: QSize, paint: Callable[[], None]) -> bool:
        """Have OpenGL draw what `paint` asks of it, in device pixels, without waiting for it; False where the context was lost."""
        if pixels.isEmpty() or not self._context.make_current():
            return False
        if self._buffer is None or self._buffer.size() != pixels:
            self._buffer = QOpenGLFramebufferObject(pixels, QOpenGLFramebufferObject.Attachment.Depth)
        self._buffer.bind()
        GL.glViewport(0, 0, pixels.width(), pixels.height())
        paint()
        GL.glFlush()
        self._buffer.release()
        self._context.release()
        return True

    def image(self) -> QImage:
        """What was begun last, as soon as it is done; a null image where the context was lost."""
        if self._buffer is None or not self._context.make_current():
            return QImage()
        image = self._buffer.toImage()
        self._context.release()
        return image

    def close(self) -> None:
        """Give the buffer back while its context is there."""
        if self._buffer is not None and self._context.make_current():
            self._buffer = None
            self._context.release()
