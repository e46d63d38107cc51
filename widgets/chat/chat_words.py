"""Words of answers about the record, and an answer as markdown that loads nothing."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.model.history.chat import ChatAnswer, Citation, CitationKind, ClaimStatus, PlannerKind, Sentence
from engine.model.time import to_iso
from widgets.time_text import clock_text, short_clock_text
from widgets.translation import inside, tr
from widgets.words import kind_word as event_kind_word

_LONGEST_QUERY = 300
_LONGEST_PLACE = 20
_MARKDOWN = "\\`*_{}[]<>()#+-.!|~"


def zone_named(name: str) -> ZoneInfo:
    """UTC where there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def choices_of(answer: ChatAnswer) -> list[str]:
    """Questions that can be asked instead, in the language on screen; answers from before they were kept by themselves have one."""
    return [each.text for each in answer.choices] or ([answer.suggestion] if answer.suggestion else [])


def kind_word(kind: CitationKind) -> str:
    return {
        CitationKind.EVENT: tr("Event"),
        CitationKind.CLIP: tr("Clip"),
        CitationKind.ALERT: tr("Alert"),
        CitationKind.DECISION: tr("Decision"),
        CitationKind.INCIDENT: tr("Incident"),
        CitationKind.PERSON: tr("Person"),
        CitationKind.SPAN: tr("Watched"),
        CitationKind.COUNT: tr("Counted"),
    }[kind]


def citation_icon(kind: CitationKind) -> str:
    return {
        CitationKind.EVENT: "activity",
        CitationKind.CLIP: "film",
        CitationKind.ALERT: "bell",
        CitationKind.DECISION: "split",
        CitationKind.INCIDENT: "map",
        CitationKind.PERSON: "user",
        CitationKind.SPAN: "eye",
        CitationKind.COUNT: "list-filter",
    }[kind]


def citation_texts(citations: Sequence[Citation], zone: ZoneInfo, now_ns: int, cameras: Mapping[str, str]) -> tuple[str, ...]:
    """`Yard 21:04:07`, with the day before the time unless it is today; what it is, where there is no camera or where two would read the
    same; a number where they still would. A count and a person have a word instead of a moment."""
    plain = [_citation_text(each, zone, now_ns, cameras) for each in citations]
    told = [
        f"{cited_word(each)}, {text}" if plain.count(text) > 1 and _has_place(each, cameras) else text
        for each, text in zip(citations, plain, strict=True)
    ]
    return tuple(text if told.count(text) == 1 else f"{text} ({told[:at].count(text) + 1})" for at, text in enumerate(told))


def _citation_text(citation: Citation, zone: ZoneInfo, now_ns: int, cameras: Mapping[str, str]) -> str:
    if citation.kind in (CitationKind.COUNT, CitationKind.PERSON):
        return kind_word(citation.kind)
    what = cameras[citation.camera_id] if _has_place(citation, cameras) else cited_word(citation)
    shown = what if len(what) <= _LONGEST_PLACE else f"{what[: _LONGEST_PLACE - 1]}…"
    return f"{shown} {moment_text(citation.at_ns, zone, now_ns)}"


def _has_place(citation: Citation, cameras: Mapping[str, str]) -> bool:
    return bool(cameras.get(citation.camera_id))


def cited_word(citation: Citation) -> str:
    """What is cited: of an event its kind, where that is known."""
    return kind_word(citation.kind) if citation.event_kind is None else event_kind_word(citation.event_kind)


def moment_text(at_ns: int, zone: ZoneInfo, now_ns: int) -> str:
    return short_clock_text(at_ns, now_ns, zone)


def citation_tip(citation: Citation, cameras: Mapping[str, str]) -> str:
    """What is cited, in full, and what a click does."""
    where = cameras.get(citation.camera_id, citation.camera_id)
    what = (
        f"{cited_word(citation)}, {citation.id}"
        if citation.kind is not CitationKind.COUNT
        else tr("The query that was counted: {0}").format(citation.id[:_LONGEST_QUERY])
    )
    return "\n".join(part for part in (what, where, tr("Show this moment on the timeline")) if part)


def notes_of(answer: ChatAnswer) -> tuple[int, ...]:
    """Places of the sentences that are to be read before any row: what was not observed, and how the question was read."""
    return tuple(at for at, sentence in enumerate(answer.sentences) if at and _is_note(sentence, answer.time_zone))


def _is_note(sentence: Sentence, time_zone: str) -> bool:
    is_reading = sentence.status is ClaimStatus.VERIFIED and not sentence.citations and time_zone not in sentence.text
    return is_reading or sentence.status is ClaimStatus.NOT_OBSERVED


def status_word(sentence: Sentence) -> str:
    """Of a sentence that claims something; empty for one that does not."""
    if sentence.status is ClaimStatus.STRUCK:
        return tr("Not proven")
    if sentence.status is ClaimStatus.NOT_OBSERVED:
        return tr("Not observed")
    return tr("Verified") if sentence.citations else ""


def status_tip(sentence: Sentence) -> str:
    return {
        ClaimStatus.STRUCK: tr("Not supported by the record; not counted"),
        ClaimStatus.NOT_OBSERVED: tr("Not observed at that time, which does not mean that nothing happened"),
        ClaimStatus.VERIFIED: tr("Re-derived from the record: same result") if sentence.citations else "",
    }[sentence.status]


def status_icon(sentence: Sentence) -> tuple[str, str]:
    """Icon and colour role."""
    return {
        ClaimStatus.STRUCK: ("x", "critical"),
        ClaimStatus.NOT_OBSERVED: ("eye-off", "moderate"),
        ClaimStatus.VERIFIED: ("circle-check", "good") if sentence.citations else ("message-square", "secondary"),
    }[sentence.status]


def planner_word(answer: ChatAnswer) -> str:
    """Who understood the question; the answer is written from the record in each case."""
    if answer.planner is not PlannerKind.CLAUDE:
        return tr("Understood on this computer")
    return tr("Understood by {0}").format(answer.model or "Claude")


def degraded_text(answer: ChatAnswer) -> str:
    """Why it is not by the planner that was asked for; empty: it is."""
    if not answer.degraded_reason:
        return ""
    return tr("Understood on this computer, without the language model. {0}").format(answer.degraded_reason)


def tally_text(sentences: Iterable[Sentence]) -> str:
    """`4 verified, 1 not proven`."""
    all_ = tuple(sentences)
    claims = sum(1 for each in all_ if each.status is ClaimStatus.VERIFIED and each.citations)
    struck = sum(1 for each in all_ if each.status is ClaimStatus.STRUCK)
    unseen = sum(1 for each in all_ if each.status is ClaimStatus.NOT_OBSERVED)
    parts = ((claims, tr("{0} verified")), (struck, tr("{0} not proven")), (unseen, tr("{0} not observed")))
    return ", ".join(text.format(count) for count, text in parts if count)


def answer_markdown(answer: ChatAnswer, site: str = "") -> str:
    """Everything of it. Signs that mean something in markdown are escaped, so that no name can become a link or a picture.

    `site`: that answered, where there are several."""
    asked = clock_text(answer.asked_ns, None, zone_named(answer.time_zone))
    who = f"{escaped(site)}. " if site else ""
    lines = [f"## {escaped(answer.question)}", "", f"{who}{tr('Asked')} {asked}. {planner_word(answer)}."]
    if degraded := degraded_text(answer):
        lines += ["", escaped(degraded)]
    lines.append("")
    lines += [sentence_markdown(sentence) for sentence in answer.sentences]
    for choice in choices_of(answer):
        lines += ["", f"{tr('Nearest question')}: {escaped(choice)}"]
    return "\n".join(lines) + "\n"


def history_markdown(site: str, user: str, answers: Iterable[ChatAnswer], sites: Mapping[str, str] = MappingProxyType({})) -> str:
    """Oldest first, whatever order they come in. `sites`: who answered, by id of the answer, where there are several."""
    told = sorted(answers, key=attrgetter("asked_ns", "id"))
    head = f"# {tr('Questions to the record')}: {escaped(site)}, {escaped(user)}\n"
    return "\n".join([head, *(answer_markdown(answer, sites.get(answer.id, "")) for answer in told)])


def sentence_markdown(sentence: Sentence) -> str:
    text = escaped(sentence.text)
    word = status_word(sentence)
    said = f"~~{text}~~" if sentence.status is ClaimStatus.STRUCK else text
    cited = "; ".join(f"{inside(kind_word(each.kind))} `{_code(each.id)}` {to_iso(each.at_ns)}" for each in sentence.citations)
    return f"- {said}" + (f" **{word}**" if word else "") + (f" ({cited})" if cited else "")


def escaped(text: str) -> str:
    plain = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in plain)


def _code(text: str) -> str:
    return " ".join(text.replace("`", "'").split())
