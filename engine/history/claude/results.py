"""Results of queries as a language model gets them: JSON with pseudonyms and short references; and what its sentences may say of them.

The model does not have to be trusted. A sentence that it takes over word for word is the offline planner's, with that one's citations. One
of its own words may rest on one thing only, and has to keep to a small vocabulary of which the checker knows every claim. Everything else
is struck, whatever it says.
"""

import re
from dataclasses import field, replace

from engine.history.answers.answers import Answers
from engine.history.answers.words import Words, safe
from engine.history.claude.pseudonyms import Pseudonyms
from engine.history.grammar.form import Form
from engine.history.lexicon.tokens import word_set
from engine.history.names import NamedKind
from engine.history.queries.queries import Query
from engine.history.queries.rows import Result, Row
from engine.model.history.chat import Citation, CitationKind, ClaimStatus, Sentence, VideoClip
from engine.model.value_class import dataclass

MOST_ROWS = 40
MOST_SENTENCES = 40
LONGEST_SENTENCE = 600
_OWN_WORDS_OF = frozenset({CitationKind.EVENT, CitationKind.CLIP, CitationKind.ALERT, CitationKind.INCIDENT})
_PLAIN_WORDS = word_set(  # none that claims what the checker would not see: no "left", "since", "first", "alert", "not"
    "a an the and of on at in from to was were is seen went through there camera zone person unidentified "
    "this that it he she they s min h motion fight fall fell gesture made crowd"
)
_WORD = re.compile(r"[^\W\d_]+")
_TIMES = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(slots=True)
class ShownToModel:
    """Everything of the record that one question has shown to the model. One thread."""

    words: Words
    names: Pseudonyms
    citations: dict[str, Citation] = field(default_factory=dict[str, Citation])
    _refs: dict[Citation, str] = field(default_factory=dict[Citation, str])
    _said: dict[str, Sentence] = field(default_factory=dict[str, Sentence])
    _clips: dict[str, VideoClip] = field(default_factory=dict[str, VideoClip])
    results: list[Result] = field(default_factory=list[Result])
    rows: int = 0

    def result(self, result: Result) -> dict[str, object]:
        """As JSON for the model. Whoever is named in it has a pseudonym from here on."""
        for row in result.rows:
            for name in (row.person, row.by):
                self.names.also(name)
        self.results.append(result)
        self._clips |= {clip.event_id: clip for clip in result.clips}
        self.rows += min(len(result.rows), MOST_ROWS)
        told = Answers(self.words).write_answer(result, Form.PLAIN)
        return {
            "total": result.total,
            "rows": [self._row_to_plain(row) for row in result.rows[:MOST_ROWS]],
            "nobody_could_have_seen": [self._mask_names(each.reason) for each in result.blind[:MOST_ROWS]],
            "sentences": [self._sentence(sentence) for sentence in told if sentence.citations],
        }

    def _row_to_plain(self, row: Row) -> dict[str, object]:
        plain: dict[str, object] = {
            "ref": self._ref(row.citation),
            "what": self._mask_names(self.words.event_at(row)) if row.citation.kind is CitationKind.EVENT else "",
            "kind": row.kind,
            "person": self.names.of_id(row.person_id) or self._mask_names(row.person),
            "camera": row.camera_id,
            "zone": row.zone_id,
            "severity": row.severity,
            "state": row.state,
            "label": self._mask_names(row.label),
            "text": self._mask_names(row.text),
            "by": self._mask_names(row.by),
            "key": self.names.of_id(row.key) or row.key,
            "count": row.count,
            "seconds": round(row.seconds),
        }
        return {name: value for name, value in plain.items() if value not in ("", 0)}

    def _sentence(self, sentence: Sentence) -> dict[str, object]:
        text = self._mask_names(sentence.text)
        self._said[_folded(text)] = sentence
        return {"text": text, "refs": [self._ref(citation) for citation in sentence.citations]}

    def _ref(self, citation: Citation) -> str:
        if citation not in self._refs:
            self._refs[citation] = f"r{len(self._refs) + 1}"
            self.citations[self._refs[citation]] = citation
        return self._refs[citation]

    def _mask_names(self, text: str) -> str:
        return self.names.out(text)

    # what comes back

    def sentence(self, text: str, refs: list[str]) -> Sentence:
        """As the checker gets it. Struck already where there is nothing that it could be checked by."""
        cleaned = " ".join(_CONTROLS.sub(" ", text).split())[:LONGEST_SENTENCE]
        known = self._said.get(_folded(cleaned))
        if known is not None:
            return known
        cited = tuple(dict.fromkeys(self.citations[ref] for ref in refs if ref in self.citations))
        shown = safe(self.names.back(cleaned))
        fits = len(cited) == 1 and cited[0].kind in _OWN_WORDS_OF and self._is_plain(cleaned)
        return Sentence(shown, cited, ClaimStatus.VERIFIED if fits else ClaimStatus.STRUCK)

    def _is_plain(self, text: str) -> bool:
        directory = self.words.directory
        left = _TIMES.sub(" ", text)
        for each in sorted(directory.named, key=lambda named: -len(named.name)):
            if each.kind in (NamedKind.CAMERA, NamedKind.ZONE):
                left = re.sub(rf"(?<!\w){re.escape(each.name)}(?!\w)", " ", left)
        left = re.sub(r"\bPerson [A-Z]{1,3}\b", " ", left)
        return all(word in _PLAIN_WORDS for word in _WORD.findall(left.casefold()))

    def is_told(self, sentence: Sentence) -> bool:
        """It was taken over word for word."""
        return sentence in self._said.values()

    def clips(self, sentences: tuple[Sentence, ...]) -> tuple[VideoClip, ...]:
        cited = {citation.id for sentence in sentences for citation in sentence.citations}
        return tuple(clip for clip in self._clips.values() if clip.event_id in cited or clip.clip_id in cited)

    def main_query(self, sentences: tuple[Sentence, ...]) -> Query | None:
        """The one that most of what is said rests on; what a follow-up goes on from."""
        if not self.results:
            return None
        cited = [citation for sentence in sentences for citation in sentence.citations]
        return max(reversed(self.results), key=lambda result: sum(each in _all_of(result) for each in cited)).query


def _all_of(result: Result) -> set[Citation]:
    return {result.counted, *(row.citation for row in result.rows), *(each.citation for each in result.blind)}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")


def at_most(result: Result) -> Result:
    """No more rows than are told to the model, so that `sentences` are about the same."""
    return replace(result, rows=result.rows[:MOST_ROWS])
