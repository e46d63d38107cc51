"""What was raised is found again by key as it is by looking through all of it, whatever happened in between."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.alerts import memory as memories
from engine.alerts.candidate import Candidate, same_matter
from engine.alerts.memory import TEN_MINUTES_NS, TRIED, Memory, Recent
from engine.model import wire
from engine.model.alerts.decision import AlertFacts
from engine.model.alerts.settings import AlertSettings, Rule, RuleMode, SiteMode
from engine.model.event import EventKind, Severity
from engine.model.time import SECOND

RULES = (Rule("armed", "Armed", repeat_s=60.0), Rule("other", "Other", repeat_s=900.0), Rule("trial", "On trial", mode=RuleMode.SHADOW))
SETTINGS = AlertSettings()
FLOOD = SETTINGS.flood_at  # alerts in ten minutes


def candidate(subject: int, at_ns: int, load: int = 0) -> Candidate:
    """Of four subjects two are incidents; the other two are seen by one camera or two."""
    if subject < 2:
        facts = AlertFacts(EventKind.INCIDENT, Severity.MODERATE, SiteMode.HOME, incident_id=f"in-{subject}", label="theft", load=load)
        return Candidate(facts, (), f"in-{subject}", "", at_ns)
    kind = EventKind.PERSON if subject < 4 else EventKind.PRESENCE
    return Candidate(
        AlertFacts(kind, Severity.MODERATE, SiteMode.HOME, same_id=f"tr-{subject}", load=load),
        (),
        f"tr-{subject}",
        f"cam-{subject % 2}",
        at_ns,
    )


def looked_through(memory: Memory, of: Candidate, rule: Rule, crowded: bool) -> Recent | None:
    on_trial = rule.mode is RuleMode.SHADOW
    known = [each for each in memory.recent if each.open and (each.alert_id == TRIED) is on_trial]
    alike = [each for each in known if each.rule_id == rule.id and each.candidate.cause == of.cause]
    matters = [each for each in alike if same_matter(each.candidate, of)]
    of_cause = [each for each in alike if crowded and of.at_ns - each.at_ns < TEN_MINUTES_NS]
    return next(reversed(matters or of_cause), None)


@dataclass(frozen=True)
class Act:
    what: str
    subject: int
    rule: int
    after_s: int


acts = st.builds(
    Act,
    st.sampled_from(["happens", "happens", "happens", "closed", "upkeep", "stored"]),
    st.integers(0, 5),
    st.integers(0, len(RULES) - 1),
    st.sampled_from([0, 1, 30, 400]),
)


def done(memory: Memory, act: Act, number: int, at_ns: int) -> Memory:
    rule, new = RULES[act.rule], candidate(act.subject, at_ns, FLOOD)
    if act.what == "closed":
        return memory.closed([f"al-{number // 2}"])
    if act.what == "upkeep":
        return memory.as_of(at_ns)
    if act.what == "stored":
        return wire.read_as(Memory, wire.to_plain(memory))
    if rule.mode is RuleMode.SHADOW:
        return memory.tried(new, rule)
    same = memory.same(new, rule, SETTINGS)
    return memory.raised(new, rule, f"al-{number}") if same is None or number % 3 == 0 else memory.again(same, new)


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=40), st.sampled_from([3, 7, 2_000]))
def test_what_is_the_same_is_found_as_by_looking_through_all(several: list[Act], most: int) -> None:
    before, memories.MOST_RECENT = memories.MOST_RECENT, most
    try:
        memory, at_ns = Memory(), 1_000 * SECOND
        for number, act in enumerate(several):
            at_ns += act.after_s * SECOND
            memory = done(memory, act, number, at_ns)
            assert len(memory.recent) <= most
            for rule in RULES:
                for subject in range(6):
                    for load in (0, FLOOD):
                        asked = candidate(subject, at_ns, load)
                        assert memory.same(asked, rule, SETTINGS) is looked_through(memory, asked, rule, load == FLOOD)
    finally:
        memories.MOST_RECENT = before


def test_the_newest_of_several_is_the_same() -> None:
    rule, one = RULES[0], candidate(0, 0)
    memory = Memory().raised(one, rule, "al-1").raised(replace(one, at_ns=SECOND), rule, "al-2")
    found = memory.same(replace(one, at_ns=2 * SECOND), rule, SETTINGS)
    assert found is not None and found.alert_id == "al-2"
    left = memory.closed(["al-2"]).same(replace(one, at_ns=2 * SECOND), rule, SETTINGS)
    assert left is not None and left.alert_id == "al-1"


def test_nothing_passes_and_nothing_is_made_anew() -> None:
    memory = Memory().raised(candidate(0, 0), RULES[0], "al-1")
    assert memory.as_of(SECOND) is memory
    assert memory.as_of(2 * TEN_MINUTES_NS).recent == memory.recent, "its alert is open"
    assert memory.as_of(2 * TEN_MINUTES_NS).raised_ns == ()
