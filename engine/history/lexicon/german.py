"""A German question in the words that the grammar knows: word by word and turn by turn, as the grammar holds no sentences either.

The words are in `resources/german_questions.txt`. What is not among them stays as it was written, so that it is named as not understood.
"""

import re
from functools import cache
from itertools import groupby

from engine.history.lexicon.tables import is_word
from engine.history.lexicon.tokens import Rewording, folded, reworded, words_of
from engine.history.lexicon.words import table_file
from engine.history.names import Directory, NamedKind, distance, only_slip
from engine.model.value_class import dataclass

_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_DAY = rf"(?:{'|'.join(_WEEKDAYS)}|Sonnabend|(?:mo|di|mi|do|fr|sa|so)\b)"
_HOURS = ("eins?", "zwei", "drei", "vier", "f(?:ü|ue|u)nf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zw(?:ö|oe|o)lf")
_HOUR = rf"(\d{{1,2}}|{'|'.join(_HOURS)})\b"
_EVENING = 6  # from this hour on `nachts` is before midnight
_IN_WORDS = {"fünf": "five", "fuenf": "five", "zehn": "ten", "zwanzig": "twenty"}
_MINUTES = r"fünf|fuenf|zehn|zwanzig|\d{1,2}"
_MONTH = r"(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\b"
_TENS = ("ersten", "zweiten", "dritten", "vierten", "fünften", "sechsten", "siebten", "achten", "neunten", "zehnten", "elften", "zwölften")
_TEENS = ("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn")
_ORDINALS = {word: at for at, word in enumerate((*_TENS, *(f"{word}ten" for word in _TEENS), "zwanzigsten"), 1)}
_UNIT = r"(sekunde|minute|stunde|tag|woche|monat|jahr)\w*"
_VERB = r"^\W*(?:und\s+|aber\s+|auch\s+)*(?:war|ist|is|sind|hat|haben|gab|gibt|kam|kommt|wurde|waren|warn)\b"
_DEVICE = r"\w*kameras?|(?:funk)?knoten|sensoren|sensor"
_PART = "morgen|vormittag|mittag|nachmittag|abend|nacht|früh"
_ENDING = "(?:e|en|er|es|em|m|n|s|se|sen|r|t|te|ten|ern|in|innen|nen)?"


def _hour(text: str) -> int:
    return int(text) if text.isdigit() else next(at for at, word in enumerate(_HOURS, 1) if re.fullmatch(word, text, re.IGNORECASE))


def _half(found: re.Match[str]) -> str:
    """`halb neun` is half past eight."""
    return f"half past {(_hour(found[1]) - 2) % 12 + 1}"


def _three_quarters(found: re.Match[str]) -> str:
    return f"quarter to {_hour(found[1])}"


def _minutes_beside(found: re.Match[str]) -> str:
    """`fünf vor zwölf`."""
    minutes = _IN_WORDS.get(found[1].casefold()) or found[1]
    return f"{minutes} {'to' if found[2].casefold() == 'vor' else 'past'} {_hour(found[3])}"


def _at_night(found: re.Match[str]) -> str:
    """`um zwei in der Nacht` is of the day that is named, not of the night that begins on it."""
    hour = _hour(found[1])
    return f"{hour % 12 if hour < _EVENING or hour == 12 else hour + 12}:00"


def _day_at(text: str) -> int:
    named = "Samstag" if text.casefold() == "sonnabend" else text
    return next(at for at, day in enumerate(_WEEKDAYS) if day.casefold().startswith(named.casefold()))


def _night_before(found: re.Match[str]) -> str:
    """`in der Nacht auf Mittwoch` began on Tuesday."""
    return f"{_WEEKDAYS[(_day_at(found[1]) - 1) % 7]} nacht"


def _clause(found: re.Match[str]) -> str:
    """A clause that a comma parts from what it tells the time of."""
    return f" {_CLAUSES[found[0].strip(' ,').casefold()]}"


def _weekday(found: re.Match[str]) -> str:
    return f"{found[1]} {_WEEKDAYS[_day_at(found[2])]}"


_CLAUSES = {"als": "when", "während": "while", "bevor": "before", "nachdem": "after"}
_TURNS: tuple[Rewording, ...] = (
    (r"\bbewertet als fehlalarm\b", "found false"),
    (r"\bbewertet als\b", "found"),
    (r"\b(mehr|weniger|öfter|häufiger|seltener)\b([^,]*) als\b", r"\1\2 than"),
    (rf"(?<!nach )(?<!vor )(?<!halb )(?<!viertel )\b{_HOUR}(?: uhr)? (?:nachts|in (?:der|die) nacht|nacht)\b", _at_night),
    (rf"\b(?:nachts|in der nacht) um {_HOUR}(?: uhr)?", _at_night),
    (r",?\s*\b(?:als|während|bevor|nachdem)\b(?= (?:der|die|das|ein|eine|er|sie|es|jemand|niemand|(?-i:[A-ZÄÖÜ]\w+))\b)", _clause),
    (rf"\bzwischen {_HOUR} und {_HOUR}(?: uhr)?\b", r"between \1 uhr and \2 uhr"),
    (rf"\bvon {_HOUR} bis {_HOUR} uhr\b", r"from \1 uhr to \2 uhr"),
    (rf"\bvo[nm] (\d{{1,2}})\. bis (?:zum )?(\d{{1,2}})\. ({_MONTH})\b", r"from \1 \3 to \2 \3"),
    (r"\bvom (?=\d)", "from "),
    (r"\bam (?=\d)", "on "),
    (rf"\b({'|'.join(_ORDINALS)})\w* (?={_MONTH})", lambda found: f"{_ORDINALS[found[1].casefold()]} "),
    (rf"\b({'|'.join(_WEEKDAYS)})(morgen|vormittag|mittag|nachmittag|abend|nacht)\b", r"\1 \2"),
    (r"\bnacht\b(.*)\bnach zw(?:ö|oe|o)lf\b", r"nacht\1after midnight"),
    (r"\bwas (?:ist|war) mit\b(.*?)(?:\blos\b|(?=\W*$))", r"show\1"),
    (r"\bwas (?:war|ist|gab es)\b(.*)\blos\b", r"what happened\1"),
    (r"\bkamera\b(.*)\baus\b(?=\W*$)", r"kamera lost\1"),
    (rf"\b(?:in der )?nacht vo[nm] ({_DAY}) (?:auf|zum?) (?:den )?{_DAY}", r"\1 nacht"),
    (rf"\b(?:in der )?nacht (?:auf|zum?) (?:den )?({_DAY})", _night_before),
    (r"\b(am|bis|von|seit|vom|zum|ab|und(?! so)) (mo|di|mi|do|fr|sa|so)\b\.?(?! \w+ (?:uhr|mal))", _weekday),
    (rf"\bvom (?=(?:{'|'.join(_WEEKDAYS)}) \d)", "from "),
    (rf"\b(?:um|gegen) (?=(?:halb |viertel vor |viertel nach )?{_HOUR} (?:he)?rum\b)", "around "),
    (rf"\bgegen (?=(?:halb |viertel vor |viertel nach )?{_HOUR})", "around "),
    (r"\b(?:he)?rum\b(?! in| im| am)", ""),
    (r"\bvorvorgestern\b|\bvor vorgestern\b", "3 tage ago"),
    (rf"\b({_MINUTES}) (vor|nach) {_HOUR}", _minutes_beside),
    (rf"\bhalb {_HOUR}", _half),
    (rf"\bviertel {_HOUR}", lambda found: f"quarter past {(_hour(found[1]) - 2) % 12 + 1}"),
    (rf"\bviertel über {_HOUR}", lambda found: f"quarter past {_hour(found[1])}"),
    (rf"\b(?:dreiviertel|drei viertel) {_HOUR}", _three_quarters),
    (rf"\bviertel vor {_HOUR}", _three_quarters),
    (rf"\bviertel nach {_HOUR}", lambda found: f"quarter past {_hour(found[1])}"),
    (rf"\bnach ({'|'.join(_HOURS)})\b", lambda found: f"after {_hour(found[1])}"),
    (rf"\bvor ({'|'.join(_HOURS)})\b(?! {_UNIT})", lambda found: f"before {_hour(found[1])}"),
    (r"\b(\d{1,2})[:.](\d\d) ?uhr\b", r"\1:\2"),
    (r"\b(\d{1,2}) uhr (\d\d)\b", r"\1:\2"),
    (rf"\b{_HOUR} uhr\b", lambda found: f"{_hour(found[1])}:00"),
    (rf"\b(?:früh|morgens) um {_HOUR}", lambda found: f"at {_hour(found[1])} in the morning"),
    (rf"\bum {_HOUR}(?! minuten| stunden)", lambda found: f"at {_hour(found[1])}"),
    (rf"\b(\d{{1,2}})\. (?={_MONTH})", r"\1 "),
    (rf"\bvor (\w+) {_UNIT}\b", r"\1 \2 ago"),
    (r"\b(?:herrn?|frau)\s+(?=[A-ZÄÖÜ])", ""),
    (r"\bhie?lt\w*\b(.*)\bauf\b", r"war\1"),
    (r"\bf(?:ü|ue)hre?n? (?:sie )?(?:bitte )?(?=.*\bauf\b)", "liste "),
    (r",? (?:das|den|die) (?:ich|wir|man) (?:mir|uns) (?:anschauen|ansehen) (?:kann|können)\b", ""),
    (r"\bdrau(?:ß|ss)en (?=im|am|auf|bei|vor)", ""),
    (r"\bbis einschlie(?:ß|ss)lich\b", "bis"),
    (r"\bguten (?:morgen|tag|abend)\b", ""),
    (r"\bhäng\w*\b(.*)\b(?:he)?rum\b", r"ist\1"),
    (r"\b(?:trifft|treffen|traf\w*)\b(.*)\bein\b", r"arrived\1"),
    (r"\b(?:kam|kamen|kommt)\b(.*)\ban\b(?=\W*$)", r"arrived\1"),
    (r"\b(?:fiel|fielen|fällt)\b(.*)\baus\b", r"ausgefallen\1"),
    (r"\bl[öo]ste?n?\b(.*)\baus\b", r"ausgelöst\1"),
    (r"\b(ist|sind|war|waren)\b(.*) (nach|vor) (\w+) (gekommen|angekommen|eingetroffen)\b", r"\5\2 \3 \4"),
    (rf"\b({_DEVICE}|bild)\b(.*)\bweg\b", r"\1\2ausgefallen"),
    (rf"\bfehlt(?:e|en)?\b(?=.*\b{_DEVICE})", "ausgefallen"),
    (rf"\b(?:lief|liefen|läuft|laufen)\b(?=.*\b{_DEVICE})(?!.*\bwieder\b)", "was working"),
    (r"\b(wann|um wie ?viel uhr)\b(.*)\bimmer\b(?: so)?", r"\1\2 normalerweise"),
    (r"\bbei(?:m| der| dem) (?=(?:sturz|schlägerei|prügelei|kampf|ausfall|brand)\b)", "during the "),
    (rf"\bseit wann (?:läuft|lief|geht)\b(?=.*\b{_DEVICE})(.*)\bwieder\b", r"when came\1 back online"),
    (r"\bfass\w*\b(?: sie)?(?: mir| uns)?(?: bitte)?(.*)\bzusammen\b", r"summary\1"),
    (r"\bf(?:ä|a)ngt\b(.*)\ban\b", r"arrives\1"),
    (r"\bfing\b(.*)\ban\b", r"arrived\1"),
    (r"\bals (?=(?:harmlos|falsch|echt|berechtigt)\w*)", ""),
    (r"\bzeichnet\b(.*)\bauf\b", r"is\1 recording"),
    (rf"\b(mo|di|mi|do|fr|sa|so) (?={_PART}\b)", lambda found: f"{_WEEKDAYS[_day_at(found[1])]} "),
    (r"\bum (?=kurz (?:vor|nach)\b)", ""),
    (r"\bging\w*\b(.*)\b(alarme?)\b(.*)\blos\b", r"\1\2 ausgelöst\3"),
    (r"\barbeite\w*\b(.*)\bab\b", r"handles\1"),
    (r"\b(?:ging|gingen|geht)\b(.*)\b(?:weg|heim|nach hause)\b", r"left\1"),
    (r"\b(?:laufen|gehen|funktionieren)\b(?= alle\b.*\bkamera)", "are online"),
    (r"\b(?:hatten?|hat|trug|trugen)\b(.*)\ban\b(?=\W*$)", r"wore\1"),
    (r"\btauchten?\b(.*)\bauf\b", r"appeared\1"),
    (rf"({_VERB}.*?)\bwer\b", r"\1 jemand"),
    (r"\b(noch|sonst|auch) wer\b", r"\1 jemand"),
)


@dataclass(frozen=True, slots=True)
class EnglishWording:
    """`text`: the question in English words. written: words as they were written, by what became of them. notes: of slips."""

    text: str
    written: dict[str, str]
    notes: tuple[str, ...] = ()

    def as_written(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.written.get(word, word) for word in words))


def in_english(message: str, directory: Directory) -> EnglishWording:
    """A message that is not German is given back as it is; so are all names."""
    names = _names(directory)
    if _germanness(message, names) <= 0:
        return EnglishWording(message, {})
    message, notes = _mended(_apart(message, names), names)
    message = reworded(message, _TURNS, re.IGNORECASE)
    written = {folded(word): word for word in re.findall(r"\w+", message)}

    def english_of(found: re.Match[str]) -> str:
        if {folded(word) for word in found[0].split()} & names:
            return found[0]
        ways = _table()[1][int(found.lastindex or 1) - 1].split("|")  # several words for a place: the one that something is called by
        english = next((each for each in ways if set(folded(each).split()) & names), next(iter(ways)))
        written.update({word: found[0] for word in english.split() if word not in written})
        return english

    return EnglishWording(_table()[0].sub(english_of, message), written, notes)


def _apart(message: str, names: set[str]) -> str:
    """`Hofkamera`: the camera of a place that is known."""

    def two_words(found: re.Match[str]) -> str:
        place = found[1]
        return f"{place} {found[2]}" if folded(place) in names or _table()[0].fullmatch(place) else found[0]

    return re.sub(r"\b([^\W\d_]{3,}?)(kameras?)\b", two_words, message, flags=re.IGNORECASE)


def _mended(message: str, names: set[str]) -> tuple[str, tuple[str, ...]]:
    """Slips of the pen in words that German questions are full of, put right; and what was taken for what."""
    notes: list[str] = []

    def intended_word(found: re.Match[str]) -> str:
        word = found[0]
        plain = folded(word)
        known = is_word(plain) or _table()[0].fullmatch(word) or any(distance(plain, name, 1) < 2 for name in names)
        meant = "" if known or len(plain) < _LEAST_MENDED else only_slip(plain, _common(), _LONG)
        if meant:
            notes.append(f"“{word}” is taken for “{meant}”.")
        return meant or word

    return re.sub(r"[^\W\d_]+", intended_word, message), tuple(notes)


@cache
def _common() -> tuple[str, ...]:
    return tuple(table_file("german_questions.txt")["words"]["common"].split())


def language_of(message: str, directory: Directory) -> str:
    """`de` or `en`; empty: its words are of both or of none."""
    german = _germanness(message, _names(directory))
    return "de" if german > 0 else "en" if german < 0 else ""


def _names(directory: Directory) -> set[str]:
    return {word for named in directory.named if named.kind is not NamedKind.RULE for word in words_of(named.name) if len(word) > 1}


def _germanness(message: str, names: set[str]) -> int:
    """How many more of its words are German only than English only."""
    words = [word for word in re.findall(r"[^\W\d_]+", message) if folded(word) not in names]
    german = {word for found in _table()[0].finditer(message) for word in found[0].split()}
    return sum((word in german) - is_word(folded(word)) for word in words)


@cache
def _table() -> tuple[re.Pattern[str], list[str]]:
    """One pattern with a group for each phrase, by their first letters the longest first, and what each group becomes."""
    known = table_file("german_questions.txt")["phrases"]
    ordered = sorted(known, key=lambda phrase: (folded(phrase)[0], -phrase.count(" "), "~" in phrase, -len(phrase)))
    buckets = [
        rf"(?=[{letter}{_UMLAUTS.get(letter, '')}])(?:{'|'.join(rf'({_pattern(each)})' for each in several)})"
        for letter, several in groupby(ordered, key=lambda phrase: folded(phrase)[0])
    ]
    return re.compile(rf"\b(?:{'|'.join(buckets)})\b", re.IGNORECASE), [known[each] for each in ordered]


_LEAST_MENDED, _LONG = 4, 8  # letters
_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü"}


def _pattern(phrase: str) -> str:
    text = re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]").replace("\\~", _ENDING).replace("~", _ENDING)
    for letter, others in (("ä", "ä|ae|a"), ("ö", "ö|oe|o"), ("ü", "ü|ue|u"), ("ß", "ß|ss")):
        text = text.replace(letter, f"(?:{others})")
    return text
