"""Key words on word boundaries: what counts, what is denied, and what only looks like a word that counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents.atlas.taxonomy import POLISEN_TYPES
from engine.incidents.classification import apply_classification, classified_here
from engine.incidents.local_classifier import classify_words, is_emergency
from engine.incidents.vocabulary import TOPICS
from engine.model.event import Severity
from engine.model.incidents.incident import Classification, Corroboration, EvidenceKind, Incident, IncidentCategory, IncidentState

WHY = "Atlas did not answer."


def category(text: str) -> str:
    return classify_words(text, WHY, 7).category


def polisen(text: str) -> str:
    return dict(classify_words(text, WHY, 7).products)["polisen"]


def test_the_result_is_degraded_of_severity_2_and_half_sure() -> None:  # H19
    said = classify_words("shots fired, man with gun", WHY, 7)
    assert (said.by, said.severity, said.confidence, said.degraded_reason, said.at_ns) == ("local", 2, 0.5, WHY, 7)
    assert said.emergency


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("man with a gun", "weapons"),
        ("they are shooting", "weapons"),
        ("several weapons were seen", "weapons"),
        ("a fight broke out", "violence"),
        ("she was attacked", "violence"),
        ("two men assaulted him", "violence"),
        ("theft at the shop", "theft"),
        ("he steals bags", "theft"),
        ("I was robbed", "theft"),
        ("GUN!", "weapons"),
        ("a man walks around", "suspicious_activity"),
        ("", "suspicious_activity"),
        ("graffiti on the wall", "vandalism"),
        ("loud noise all night", "disturbance"),
        ("they sell cocaine", "drug_related"),
        ("flames from the roof", "fire"),
        ("Brand i villa", "fire"),
        ("burglars in the house", "burglary"),
        ("someone broke into my flat", "burglary"),
        ("someone broke into my car", "vehicle_crime"),
        ("tjuvar stjäl min bil", "vehicle_crime"),
        ("my new red car was stolen", "vehicle_crime"),
        ("he stole my phone from the car", "theft"),
        ("a fight, then another fight, then a gun", "violence"),  # two against one
        ("a fight and a gun", "weapons"),  # one each: the graver
    ],
)
def test_words_that_count(text: str, expected: str) -> None:
    assert category(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a robust man has begun to run",
        "a white car passes",
        "it begun in Roberta's carpet shop",
        "a screenshot of a shotput",
        "the weaponless unarmed guard",
        "Rob told me so",
        "he had a heart attack",
        "nail gun at the site all day",
        "a photo shoot in the park",
        "a brand new bike",
        "bags of a brand I know",
        "the fire brigade washed its truck",
        "kids kicked a ball",
        "a snowball fight",
        "two shots of espresso",
        "the alarm is armed",
        "a kid with a water pistol",
        "we shot hoops",
        "he killed the engine",
        "Gun bor på vägen och är snäll",
    ],
)
def test_words_that_only_look_like_it(text: str) -> None:
    assert category(text) == "suspicious_activity"
    assert not is_emergency(text)


@pytest.mark.parametrize(
    "text",
    [
        "no gun",
        "not a fight",
        "there was no gun and he left",
        "no sign of a gun",
        "it was not a fight, they dance",
        "there isn’t any weapon",
        "he doesn't have a knife",
        "without a weapon",
        "nobody was shot",
        "no one was robbed",
        "no guns, knives or shots",
        "neither gun nor knife",
        "never stolen",
        "I don't think it's a gun",
        "they are not fighting",
        "ingen pistol",
        "inget slagsmål",
        "inte något vapen",
        "utan kniv",
        "inga vapen eller knivar",
    ],
)
def test_words_that_are_denied(text: str) -> None:
    assert category(text) == "suspicious_activity"
    assert not is_emergency(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No, he has a gun", "weapons"),
        ("no that is a gun", "weapons"),
        ("No gun, fight going on", "violence"),
        ("not only a fight", "violence"),
        ("no doubt a gun", "weapons"),
        ("I am not sure if he has a gun", "weapons"),
        ("no fight but a gun", "weapons"),
        ("I could not see who shot", "weapons"),
        ("it is not clear, a man was stabbed", "violence"),
        ("man with no shirt stole my bag", "theft"),
        ("not far from the shooting", "weapons"),
        ("ingen pistol men en kniv syns", "weapons"),
        ("inte bara bråk utan kniv", "disturbance"),
    ],
)
def test_words_that_are_not_denied(text: str, expected: str) -> None:
    assert category(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rånare i butiken", "Rån"),
        ("en man misshandlades i parken, våld", "Våld mot person"),
        ("misstänkt mord i lägenhet", "Mord/dråp"),
        ("våldtäkt i parken", "Sexualbrott"),
        ("de säljer narkotika", "Narkotikabrott"),
        ("skottlossning vid torget", "Vapenbrott"),
        ("klotter på väggen", "Skadegörelse"),
        ("inbrott i villa", "Inbrott"),
        ("stöld av väska", "Stöld"),
        ("stulen bil på gatan", "Motorfordon stöld"),
        ("brand i ett hus på gatan", "Brand"),
        ("trafikolycka på E4", "Trafikolycka"),
        ("trafikstopp på bron", "Trafikhinder"),
        ("bråk utanför krogen", "Bråk"),
        ("en man står där", "Övrigt"),
    ],
)
def test_every_type_of_polisen_is_known_in_swedish(text: str, expected: str) -> None:
    assert polisen(text) == expected


def test_the_words_lead_to_types_of_the_list_only() -> None:
    assert {topic.polisen for topic in TOPICS} <= set(POLISEN_TYPES)


@pytest.mark.parametrize("text", ["man unconscious", "she is not breathing", "han andas inte", "house on fire", "stabbed in the park"])
def test_what_cannot_wait_is_flagged(text: str) -> None:
    assert is_emergency(text)


@given(st.text(max_size=300))
def test_any_text_has_a_category(text: str) -> None:
    said = classify_words(text, WHY, 7)
    assert said.category in set(IncidentCategory)
    assert (said.severity, said.confidence) == (2, 0.5)


LETTERS = st.text("aberstxzåäöéß", min_size=1, max_size=5)


@given(LETTERS, st.sampled_from(["gun", "rob", "fight", "fire", "skott", "rån"]), LETTERS)
def test_a_word_within_a_word_never_counts(before: str, word: str, after: str) -> None:
    assert category(f"{before}{word}{after}") == "suspicious_activity"


# ---------------------------------------------------------------------------------------------------------------------- what becomes of it


def incident(**more: object) -> Incident:
    link = Corroboration(EvidenceKind.REPORT, "rp-1", "user:1", 1, "first", 1.0, category="other", severity=Severity.HIGH)
    known = Incident("in-1", IncidentCategory.OTHER, "a man with a gun", 59, 18, 1, 1, 1, Severity.HIGH, corroborations=(link,))
    return replace(known, **more)  # type: ignore[arg-type]


ATLAS = Classification("theft", Severity.LOW, 0.9, "atlas", 5, "t-1")


def test_words_never_lower_what_the_reporter_said() -> None:
    assert classified_here(incident(), WHY, 7).severity is Severity.HIGH
    assert apply_classification(incident(), ATLAS, 7).severity is Severity.HIGH


def test_a_graver_classification_raises_it() -> None:
    assert apply_classification(incident(), replace(ATLAS, severity=Severity.CRITICAL), 7).severity is Severity.CRITICAL


def test_what_an_operator_set_stays() -> None:
    edited = incident(edited=("severity", "category"), severity=Severity.MINIMAL, category=IncidentCategory.FIRE)
    known = apply_classification(edited, replace(ATLAS, severity=Severity.CRITICAL), 7)
    assert (known.severity, known.category, known.classification) == (
        Severity.MINIMAL,
        IncidentCategory.FIRE,
        replace(ATLAS, severity=Severity.CRITICAL),
    )


def test_words_do_not_replace_atlas_and_the_old_does_not_replace_the_new() -> None:
    known = apply_classification(incident(), ATLAS, 7)
    assert classified_here(known, WHY, 8) is known
    assert apply_classification(known, replace(ATLAS, at_ns=4), 8) is known
    assert apply_classification(known, replace(ATLAS, at_ns=6, category="weapons"), 8).classification != ATLAS
    assert apply_classification(classified_here(incident(), WHY, 9), ATLAS, 10).classification == ATLAS  # though it is the older


def test_the_same_words_change_nothing_and_another_reason_does() -> None:
    known = classified_here(incident(), WHY, 7)
    assert classified_here(known, WHY, 8) is known
    assert classified_here(known, "Another reason.", 8).degraded_reason == "Another reason."


def test_an_incident_that_was_merged_takes_it_and_stays_as_it_is() -> None:
    merged = incident(state=IncidentState.MERGED, merged_into="in-2")
    known = apply_classification(merged, replace(ATLAS, severity=Severity.CRITICAL), 7)
    assert known.classification is not None
    assert (known.severity, known.state, known.revision) == (Severity.HIGH, IncidentState.MERGED, 2)
