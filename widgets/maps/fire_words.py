"""What is known of fire weather, since when, and what is wrong with it, in words."""

from engine.model.fire.fire import FireView
from widgets.time_text import clock_text
from widgets.translation import tr

Told = tuple[str, str]  # a sentence, and the level of its mark


def fire_state(view: FireView, has_source: bool, now_ns: int) -> Told:
    """`Learnt 04:00:12 CET; 3 of 4 cameras.` or since when it is unknown, why, and when it is tried again."""
    if view.trouble:
        return f"{_trouble_sentence(view, now_ns)} {_next_try_sentence(view, now_ns)}", "moderate" if count_known_classes(view) else "high"
    if not has_source and not any(risk.fetched_ns for risk in view.risks):
        return tr("No fire weather source; nothing is suppressed."), "neutral"
    if not view.fetched_ns:
        return f"{tr('No data yet.')} {_next_try_sentence(view, now_ns)}", "neutral"
    reason = next((risk.trouble for risk in view.risks if risk.fire_class is None and risk.trouble), "")
    parts = (_learnt(view, now_ns), _with_full_stop(reason), _next_try_sentence(view, now_ns))
    return " ".join(filter(None, parts)), "good" if count_known_classes(view) == len(view.risks) else "moderate"


def fire_notice(view: FireView, now_ns: int) -> Told:
    """What the map says beside the classes of its cameras; empty while all is well."""
    return (_trouble_sentence(view, now_ns), "moderate" if count_known_classes(view) else "high") if view.trouble else ("", "neutral")


def count_known_classes(view: FireView) -> int:
    """Of how many cameras the class is known."""
    return sum(risk.fire_class is not None for risk in view.risks)


def _trouble_sentence(view: FireView, now_ns: int) -> str:
    since = clock_text(view.since_ns, now_ns)
    if not count_known_classes(view):
        return tr("Fire risk unknown since {0}; nothing is suppressed. {1}").format(since, _with_full_stop(view.trouble))
    return tr("{0} Since {1}: {2}").format(_learnt(view, now_ns), since, _with_full_stop(view.trouble))


def _learnt(view: FireView, now_ns: int) -> str:
    said = tr("Updated {0}; {1} of 1 camera.") if len(view.risks) == 1 else tr("Updated {0}; {1} of {2} cameras.")
    return said.format(clock_text(view.fetched_ns, now_ns), count_known_classes(view), len(view.risks))


def _next_try_sentence(view: FireView, now_ns: int) -> str:
    if not view.next_ns:
        return tr("Updating…")
    at = clock_text(view.next_ns, now_ns)
    return (tr("Next try at {0}.") if view.trouble else tr("Next update at {0}.")).format(at)


def _with_full_stop(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."
