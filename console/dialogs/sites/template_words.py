"""What is said of templates at sites: which version is there, what became of an order, and how alerts would differ."""

from engine.model.templates import AlertTrial, OrderAct, OrderOutcome, OrderState, SiteTemplates, TemplateOrder, TemplateVersion
from widgets.engine_text import translate_engine_text
from widgets.number_text import number_text
from widgets.time_text import short_clock_text
from widgets.translation import tr

NONE = "–"


def version_words(version: TemplateVersion, now_ns: int) -> str:
    """`Version 2 · 14:03 · Ana · less repeats`."""
    parts = (tr("Version {0}").format(number_text(version.number)), short_clock_text(version.at_ns, now_ns), version.by, version.note)
    return " · ".join(part for part in parts if part)


def applied_words(site: SiteTemplates, template: str, newest: int) -> str:
    """Which version of a template a site has, and whether it differs."""
    if site.told_ns is None:
        return tr("Not known yet")
    found = next((each for each in site.applied if each.template == template), None)
    if found is None:
        return tr("None") if site.accepts else tr("Does not accept settings")
    words = tr("Version {0} (older)") if found.version < newest else tr("Version {0}")
    return " · ".join((words.format(number_text(found.version)), _difference_words(len(found.differs))))


def _difference_words(count: int) -> str:
    if not count:
        return tr("as applied")
    return tr("1 difference") if count == 1 else tr("{0} differences").format(number_text(count))


def order_words(order: TemplateOrder) -> str:
    """What became of it, in a few words."""
    outcome = order.outcome
    match outcome.state:
        case OrderState.WAITING if order.act is OrderAct.APPLY:
            return tr("Not reached; applied when the site is back")
        case OrderState.WAITING:
            return tr("Waiting for the site…")
        case OrderState.ANSWERED if outcome.refusals:
            return _refused_words(len(outcome.refusals))
        case OrderState.ANSWERED:
            return _change_words(len(outcome.changes))
        case _:
            return _end_words(outcome.state)


def _end_words(state: OrderState) -> str:
    return {
        OrderState.APPLIED: tr("Applied"),
        OrderState.REFUSED: tr("Refused"),
        OrderState.CHANGED: tr("Not applied: run the dry run again"),
        OrderState.REPLACED: tr("Replaced by a later order"),
        OrderState.EXPIRED: tr("No answer from the site"),
    }.get(state, NONE)


def _refused_words(count: int) -> str:
    return tr("1 field refused") if count == 1 else tr("{0} fields refused").format(number_text(count))


def _change_words(count: int) -> str:
    if not count:
        return tr("No change")
    return tr("1 change") if count == 1 else tr("{0} changes").format(number_text(count))


def trial_words(trial: AlertTrial | None) -> str:
    """`14 → 11 (+0 −3)`."""
    if trial is None:
        return NONE
    if trial.why_not:
        return tr("Not known")
    before, after, gained, lost = (number_text(each) for each in (trial.now, trial.then, trial.gained, trial.lost))
    least = tr("at least {0}").format(before) if trial.least else before
    return f"{least} → {after} (+{gained} \N{MINUS SIGN}{lost})"


def why_words(outcome: OrderOutcome) -> str:
    """Longer, for a tool tip; empty where there is nothing to add."""
    trial = outcome.trial
    said = [outcome.message, *(each.message for each in outcome.refusals if not each.field), "" if trial is None else trial.why_not]
    return "\n".join(translate_engine_text(each) for each in said if each)
