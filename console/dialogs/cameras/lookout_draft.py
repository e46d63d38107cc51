"""A lookout while it is typed: texts as they stand in the fields, what is wrong with them, and the lookout that they make."""

from dataclasses import replace

from console.dialogs.floor.site_anchor import degree_trouble, degrees
from engine.model.fire.smoke import Lookout, LookoutView
from engine.model.geometry import Polygon
from engine.model.setting import settings_of
from engine.model.site import SiteAnchor
from engine.model.value_class import dataclass
from widgets.fields.row_editor import RowProblem, TextRow
from widgets.number_text import number_text
from widgets.translation import tr

NUMBERS = ("latitude", "longitude", "angle_of_view_deg")
NAME, AZIMUTH = 0, 1  # texts of a row
_NO_VIEW = TextRow("\n0", ("0", ""))


@dataclass(frozen=True, slots=True)
class LookoutDraft:
    """`views`: rows of (name, azimuth), each with a key of its own: the name that the view had. masks: of views, by that key."""

    latitude: str = ""
    longitude: str = ""
    angle_of_view_deg: str = ""
    views: tuple[TextRow, ...] = (_NO_VIEW,)
    masks: tuple[tuple[str, tuple[Polygon, ...]], ...] = ()
    name: str = ""  # of one that is no camera of the site

    def masks_of(self, key: str) -> tuple[Polygon, ...]:
        return dict(self.masks).get(key, ())

    def with_masks(self, key: str, masks: tuple[Polygon, ...]) -> "LookoutDraft":
        return replace(self, masks=tuple({**dict(self.masks), key: masks}.items()))

    def mask_count(self) -> int:
        return sum(len(self.masks_of(row.key)) for row in self.views)


def draft_of(lookout: Lookout) -> LookoutDraft:
    views = tuple(TextRow(view.id, (view.id, _degree_text(view.azimuth_deg))) for view in lookout.views)
    masks = tuple((view.id, view.masks) for view in lookout.views)
    return LookoutDraft(
        _degree_text(lookout.latitude), _degree_text(lookout.longitude), _degree_text(lookout.angle_of_view_deg), views, masks, lookout.name
    )


def at_site(anchor: SiteAnchor) -> tuple[str, str]:
    return _degree_text(anchor.latitude), _degree_text(anchor.longitude)


def view_problems(views: tuple[TextRow, ...]) -> tuple[RowProblem, ...]:
    """Azimuths that are none, and names that are there twice."""
    wrong = [RowProblem(number, "azimuth_deg", said) for number, row in enumerate(views) if (said := azimuth_trouble(row.texts[AZIMUTH]))]
    names = [row.texts[NAME] for row in views]
    twice = [
        RowProblem(number, "id", tr("There is already a view with this name."))
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    return (*wrong, *twice)


def azimuth_trouble(text: str) -> str:
    value = degrees(text)
    if value is None:
        return tr("Enter the azimuth in degrees, clockwise from north.")
    return "" if settings_of(LookoutView)["azimuth_deg"].allows(value) else tr("An azimuth is at least 0 and less than 360.")


def is_complete(draft: LookoutDraft) -> bool:
    places = (degree_trouble(getattr(draft, name), Lookout, name) for name in NUMBERS)
    return bool(draft.views) and not any(places) and not view_problems(draft.views)


def free_name(views: tuple[TextRow, ...]) -> str:
    """The lowest number that no view has."""
    taken = {row.texts[NAME] for row in views}
    return next(str(number) for number in range(len(taken) + 1) if str(number) not in taken)


def free_key(views: tuple[TextRow, ...]) -> str:
    """One for a view that was added, which no name of a view can be (it begins with a line feed)."""
    taken = {row.key for row in views}
    return next(key for number in range(len(taken) + 1) if (key := f"\n{number}") not in taken)


def lookout_of(camera_id: str, draft: LookoutDraft) -> Lookout:
    """Of one that is complete. A view keeps its masks under another name too. Raises InputError."""
    views = tuple(LookoutView(row.texts[NAME], degrees(row.texts[AZIMUTH]) or 0.0, draft.masks_of(row.key)) for row in draft.views)
    latitude, longitude, angle = (degrees(getattr(draft, name)) or 0.0 for name in NUMBERS)
    return Lookout(camera_id, latitude, longitude, angle, views, draft.name)


def _degree_text(value: float) -> str:
    return number_text(value, ".10g")
