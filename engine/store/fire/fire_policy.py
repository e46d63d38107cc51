"""Which sequences lists leave out for fire weather, as a condition that goes before LIMIT, so that pages are full."""

from typing import Any

from sqlalchemy import ColumnElement, case, literal, or_, true

from engine.model.fire.fire import FireRiskPolicy


def kept_by(policy: FireRiskPolicy, camera_id: ColumnElement[str], max_conf: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same as `policy.keeps(camera_id, max_conf)` for confidences of 0 and more, row by row."""
    if policy.override is not None:
        return _at_least(max_conf, literal(policy.threshold(""))) if policy.threshold("") > 0 else true()
    needed = _cameras_by_threshold(policy)
    if not needed:
        return true()
    least = case(*((camera_id.in_(cameras), literal(threshold)) for threshold, cameras in needed.items()), else_=literal(0.0))
    return _at_least(max_conf, least)


def _at_least(max_conf: ColumnElement[Any], threshold: ColumnElement[float]) -> ColumnElement[bool]:
    return or_(max_conf.is_(None), max_conf >= threshold)


def _cameras_by_threshold(policy: FireRiskPolicy) -> dict[float, list[str]]:
    """Without asking the policy camera by camera, which takes long where there are a thousand."""
    least = {known: FireRiskPolicy((), policy.thresholds, known).threshold("") for _, known in policy.classes}
    classes = dict(reversed(policy.classes))  # the first of two counts, as in `threshold`
    found: dict[float, list[str]] = {}
    for camera_id, known in classes.items():
        if least[known] > 0:
            found.setdefault(least[known], []).append(camera_id)
    return found
