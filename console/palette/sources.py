"""What of the site can be gone to by name: cameras, alerts, people, nodes."""

from collections.abc import Callable, Iterator

from console.palette.commands_catalogue import Action
from console.words import place_names
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_words import alert_place, alert_title, state_word
from widgets.translation import tr

Visit = Callable[[str, str], object]


def site_actions(snapshot: Snapshot, visit: Visit) -> tuple[Action, ...]:
    """`visit(page id, what)` brings it on screen."""
    return (*_cameras(snapshot, visit), *_alerts(snapshot, visit), *_people(snapshot, visit), *_nodes(snapshot, visit))


def _cameras(snapshot: Snapshot, visit: Visit) -> Iterator[Action]:
    for view in snapshot.cameras:
        camera = view.settings
        yield Action(
            f"camera.{camera.id}",
            tr("Camera {0}").format(camera.name),
            tr("Maximise on Live"),
            visit,
            about=("live", camera.id),
            words=f"{camera.group} {tr('go to tile picture')}",
        )


def _alerts(snapshot: Snapshot, visit: Visit) -> Iterator[Action]:
    cameras = snapshot.settings.camera_names()
    places = place_names(snapshot.settings)
    for alert in snapshot.alerts.alerts:
        if alert.open:
            yield Action(
                f"alert.{alert.id}",
                tr("Alert: {0}").format(alert_title(alert)),
                ", ".join(filter(None, (alert_place(alert, cameras, places), state_word(alert.state)))),
                visit,
                about=("alerts", alert.id),
            )


def _people(snapshot: Snapshot, visit: Visit) -> Iterator[Action]:
    for person in snapshot.people.persons:
        yield Action(f"person.{person.id}", person.name or person.id, tr("Person"), visit, about=("people", person.id))
        yield Action(
            f"person-past.{person.id}",
            tr("Where {0} was").format(person.name or person.id),
            tr("Investigate"),
            visit,
            about=("investigate", f"person:{person.id}"),
        )


def _nodes(snapshot: Snapshot, visit: Visit) -> Iterator[Action]:
    for node in snapshot.settings.nodes:
        yield Action(f"node.{node.mac}", node.name or node.mac, tr("Radio node"), visit, words=node.mac, about=("devices", node.mac))
