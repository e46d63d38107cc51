"""Who is signed in has an account at each site, under names that need not be the same."""

from dataclasses import replace
from typing import TypeVar, cast

from engine.model.alerts.commands import AssignAlert
from engine.model.question import ListAlerts

T = TypeVar("T")


def named_there(value: T, here: str, there: str) -> T:
    """What names the console's own user by the name `here`, naming the same person's account at a site, `there`. A user who is named by
    id stays that one."""
    if isinstance(value, AssignAlert | ListAlerts) and value.assignee == here and not value.assignee_id and here != there:
        return cast("T", replace(value, assignee=there))
    return value
