"""Questions for people who look alike: of a part of a picture, of a file, of a hit. All of them look at clothes more than at people."""

import base64
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRect, Qt
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QFileDialog, QWidget

from console.pages.investigate.region import Region
from engine.model.errors import InputError
from engine.model.history.timeline import HitKind, LookHits, SearchAlike, SearchHit
from engine.model.value_class import dataclass
from widgets.number_text import number_text
from widgets.translation import tr

AROUND = 0.15  # of the box, that is sent with it on each side
LONGEST_SIDE = 1_280  # of a file's picture, pixels
_QUALITY = 92


@dataclass(frozen=True, slots=True)
class AlikeAsked:
    """`said`: like whom, for the headline."""

    question: SearchAlike
    said: str


def of_region(region: Region, image: QImage, camera_name: str) -> AlikeAsked:
    """Of the person in the area: only they leave the screen, with a little around them."""
    x0, y0, x1, y1 = region.box()
    wide, high = x1 - x0, y1 - y0
    left, top = max(0.0, x0 - AROUND * wide), max(0.0, y0 - AROUND * high)
    right, bottom = min(1.0, x1 + AROUND * wide), min(1.0, y1 + AROUND * high)
    size = image.size()
    cut = QRect(round(left * size.width()), round(top * size.height()), 1, 1)
    cut.setWidth(max(1, round((right - left) * size.width())))
    cut.setHeight(max(1, round((bottom - top) * size.height())))
    box = ((x0 - left) / (right - left), (y0 - top) / (bottom - top), (x1 - left) / (right - left), (y1 - top) / (bottom - top))
    inside = (max(0.0, box[0]), max(0.0, box[1]), min(1.0, box[2]), min(1.0, box[3]))
    return AlikeAsked(SearchAlike(_encoded(image.copy(cut)), box=inside), tr("similar to the one on {0}").format(camera_name))


def of_hit(hit: SearchHit, who: str) -> AlikeAsked:
    return AlikeAsked(SearchAlike(like_id=hit.id), tr("similar to {0}").format(who or tr("the selected person")))


def of_event(event_id: str) -> AlikeAsked:
    return AlikeAsked(SearchAlike(like_id=event_id), tr("like the person of the event"))


def may_be_asked(hit: SearchHit | None) -> bool:
    """Whether a look of somebody may be kept with it."""
    return hit is not None and hit.kind in (HitKind.EVENT, HitKind.LOOKS) and bool(hit.camera_id)


def of_file(path: Path) -> AlikeAsked:
    """Raises InputError: it is no picture."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    image = reader.read()
    if image.isNull():
        raise InputError("file", f"“{path.name}” is not a picture that can be read. Choose a JPEG or PNG file")
    if max(image.width(), image.height()) > LONGEST_SIDE:
        image = image.scaled(LONGEST_SIDE, LONGEST_SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return AlikeAsked(SearchAlike(_encoded(image)), tr("similar to the one in {0}").format(path.name))


def chosen_file(parent: QWidget) -> Path | None:
    name, _ = QFileDialog.getOpenFileName(parent, tr("Picture of the person"), "", tr("Pictures (*.jpg *.jpeg *.png)"))
    return Path(name) if name else None


def without_asked(asked: AlikeAsked, looks: LookHits) -> LookHits:
    """The others: an appearance is always the most similar one to itself."""
    own = asked.question.like_id
    others = tuple(hit for hit in looks.hits if not own or own not in (hit.id, hit.event_id))
    return replace(looks, hits=others, compared=looks.compared - (len(looks.hits) - len(others)))


def headline(asked: AlikeAsked, looks: LookHits) -> str:
    """How many were compared, and what the order means."""
    shown, compared = number_text(len(looks.hits)), number_text(looks.compared)
    found = tr("{0} of {1} appearances, most similar first, {2}.").format(shown, compared, asked.said)
    warning = tr("Similarity of clothes and build; 1 is the same picture. Different people can look alike.")
    return " ".join(part for part in (found, looks.banner, warning, *left_out_sentences(looks)) if part)


def left_out_sentences(looks: LookHits) -> tuple[str, ...]:
    """Sites whose people were not compared."""
    return tuple(tr("Not compared at {0}: {1}").format(site.name, site.reason) for site in looks.left_out)


def _encoded(image: QImage) -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "JPEG", _QUALITY)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return base64.b64encode(bytes(buffer.data().data())).decode()
