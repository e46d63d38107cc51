import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.rule_text import hours_text, parse_hours, parse_rules, rules_text
from engine.model.alert_settings import Hours, Rule, RuleMode, SiteMode, usual_rules
from engine.model.errors import InputError
from engine.model.event import EventKind, Severity

words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
hours = st.builds(
    Hours, st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))), st.integers(0, 1439), st.integers(1, 1440)
)
rules = st.builds(
    Rule,
    id=st.text("abc-_09", min_size=1, max_size=8),
    name=words,
    kinds=st.sets(st.sampled_from(EventKind)).map(tuple),
    modes=st.sets(st.sampled_from(SiteMode)).map(tuple),
    hours=st.lists(hours, max_size=3).map(tuple),
    min_log_odds=st.floats(-10, 10),
    area_risk=st.none() | st.floats(0, 1),
    armed_only=st.booleans(),
    severity=st.none() | st.sampled_from(Severity),
    mode=st.sampled_from(RuleMode),
    procedure=st.lists(words, max_size=3).map(tuple),
)


@hypothesis.settings(deadline=None)
@given(st.lists(rules, max_size=4, unique_by=lambda rule: rule.id).map(tuple))
def test_what_is_printed_is_read_as_the_same_rules(given_rules):
    assert parse_rules(rules_text(given_rules)) == given_rules


def test_the_usual_rules_are_short():
    text = rules_text(usual_rules())
    assert "area_risk" not in text and parse_rules(text) == usual_rules()


def test_hours_are_written_as_people_say_them():
    assert parse_hours("mon-fri 22:00-06:00") == Hours((0, 1, 2, 3, 4), 1320, 360)
    assert parse_hours("fri-mon 8:00 – 24:00") == Hours((0, 4, 5, 6), 480, 1440)
    assert parse_hours("09:00-17:30").days == (0, 1, 2, 3, 4, 5, 6)
    assert hours_text(Hours((0, 1, 2, 3, 4), 1320, 360)) == "mon-fri 22:00-06:00"
    assert hours_text(Hours((5, 6), 0, 1440)) == "sat sun 00:00-24:00"


GOOD = '[[rule]]\nid = "one"\nname = "One"\n\n'


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ('[[rule]]\nid = "two"\nname = "Two"\nkinds = ["fal"]', "rules.two.kinds[0]", "'fal' is none of"),
        ('[[rule]]\nid = "two"\nname = "Two"\nmin_log_ods = 1', "rules.two.min_log_ods", "did you mean 'min_log_odds'"),
        ('[[rule]]\nid = "two"\nname = "Two"\nmin_log_odds = 11', "rules.two.min_log_odds", "is outside −10–10"),
        ('[[rule]]\nid = "two"\nname = "Two"\nhours = ["mon 25:00-26:00"]', "rules.two.hours", "is no time of the day"),
        ('[[rule]]\nid = "two"\nname = "Two"\nhours = ["noday 1:00-2:00"]', "rules.two.hours", "is no day"),
        ('[[rule]]\nid = "two"\nname = "Two"\nhours = ["late"]', "rules.two.hours", "is not like"),
        ('[[rule]]\nid = "two"\nname = "Two"\nhours = [7]', "rules.two.hours", "are texts like"),
        ('[[rule]]\nname = "Two"', "rules.2.id", "is missing"),
    ],
)
def test_what_is_wrong_is_told_by_rule_field_and_line(text, field, said):
    with pytest.raises(InputError) as wrong:
        parse_rules(GOOD + text)
    assert wrong.value.field == field and said in wrong.value.message and wrong.value.message.startswith("line 5: ")


@pytest.mark.parametrize("text", ["[[rule]", "[rule]\nid = 'a'", "rule = 3", "other = 1", GOOD + GOOD])
def test_what_is_no_list_of_rules_is_refused(text):
    with pytest.raises(InputError) as wrong:
        parse_rules(text)
    assert wrong.value.field == "rules"
