import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.rule_text import MOST_CHARACTERS, hours_text, parse_hours, read_rules, rules_text
from engine.model.alerts.settings import Hours, Rule, RuleMode, SiteMode, usual_rules
from engine.model.errors import InputError
from engine.model.event import EventKind, Severity
from engine.model.question import WrongLine

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
    assert read_rules(rules_text(given_rules)) == (given_rules, ())


def test_the_usual_rules_are_short():
    text = rules_text(usual_rules())
    assert "area_risk" not in text and read_rules(text) == (usual_rules(), ())
    assert 'kinds = ["fall", "fight"]\n' in text and max(map(len, text.splitlines())) <= 90


def test_hours_are_written_as_people_say_them():
    assert parse_hours("mon-fri 22:00-06:00") == Hours((0, 1, 2, 3, 4), 1320, 360)
    assert parse_hours("fri-mon 8:00 – 24:00") == Hours((0, 4, 5, 6), 480, 1440)
    assert parse_hours("09:00-17:30").days == (0, 1, 2, 3, 4, 5, 6)
    assert hours_text(Hours((0, 1, 2, 3, 4), 1320, 360)) == "mon-fri 22:00-06:00"
    assert hours_text(Hours((5, 6), 0, 1440)) == "sat sun 00:00-24:00"


GOOD = '[[rule]]\nid = "one"\nname = "One"\n\n'


def wrong_in(text: str) -> tuple[WrongLine, ...]:
    rules, wrong = read_rules(text)
    assert rules == () and wrong
    return wrong


@pytest.mark.parametrize(
    ("text", "field", "said", "line"),
    [
        ('[[rule]]\nid = "two"\nname = "Two"\nkinds = ["fal"]', "rules.two.kinds[0]", "'fal' is none of", 8),
        ('[[rule]]\nid = "two"\nname = "Two"\nmin_log_ods = 1', "rules.two.min_log_ods", "did you mean 'min_log_odds'", 8),
        ('[[rule]]\nid = "two"\nmin_log_odds = 11\nname = "Two"', "rules.two.min_log_odds", "is outside −10–10", 7),
        ('[[rule]]\nid = "two"\nname = "Two"\n\nhours = ["mon 25:00-26:00"]', "rules.two.hours", "is no time of the day", 9),
        ('[[rule]]\nid = "two"\nname = "Two"\nhours = ["noday 1:00-2:00"]', "rules.two.hours", "is no day", 8),
        ('[[rule]]\nid = "two"\nname = "Two"\nhours = ["late"]', "rules.two.hours", "is not like", 8),
        ('[[rule]]\nid = "two"\nname = "Two"\nhours = [\n7\n]', "rules.two.hours", "are texts like", 8),
        ('[[rule]]\nname = "Two"', "rules.2.id", "is missing", 5),
        ('[[rule]]\nname = "Two"\nid = "one"', "rules.one.id", "is used twice", 7),
        ('[[rule]]\nid = "a\u2028b"\nname = "Two"', "rules.a\u2028b.id", "may hold only", 6),
        ('[[rule]]\nid = "two"\nname = """\n[[rule]]\nid = 3"""\nmode = "late"', "rules.two.mode", "'late' is none of", 10),
        ('[[rule]]\nid = "two"\nname = "Two\n', "rules", "Illegal character", 7),
        ('[[rule]]\nid = "two"\nname = [\n', "rules", "at the end", 7),
    ],
)
def test_what_is_wrong_is_told_by_rule_field_and_line(text, field, said, line):
    (wrong,) = wrong_in(GOOD + text)
    assert (wrong.field, wrong.line) == (field, line) and said in wrong.message


def test_everything_that_is_wrong_is_told_at_once():
    bad = '[[rule]]\nid = "{0}"\nname = "{0}"\nrepeat_s = -1\n'
    assert [each.line for each in wrong_in(bad.format("a") + GOOD + bad.format("b"))] == [4, 12]


def test_rules_that_name_what_is_not_there_are_told_at_their_line():
    def check(rule: Rule) -> None:
        if "attic" in rule.zone_ids:
            raise InputError("zone_ids", "there is no attic")

    text = GOOD + '[[rule]]\nid = "two"\nname = "Two"\nzone_ids = ["attic"]'
    assert read_rules(text, check) == ((), (WrongLine(8, "rules.two.zone_ids", "there is no attic"),))


@pytest.mark.parametrize(
    "text", ["[[rule]", "[rule]\nid = 'a'", "rule = 3", "other = 1", "a = " + "[" * 5000, "a = " + "1" * 5000, "#" * (MOST_CHARACTERS + 1)]
)
def test_what_is_no_list_of_rules_is_refused(text):
    (wrong,) = wrong_in(text)
    assert wrong.field == "rules" and len(wrong.message) < 300


def test_rules_without_heads_have_no_lines():
    (wrong,) = wrong_in('rule = [{id = "a", name = ""}]')
    assert (wrong.line, wrong.field) == (0, "rules.a.name")


def test_no_text_is_no_rules():
    assert read_rules("") == read_rules("# nothing\n") == ((), ())
