"""How well a text answers what was typed: every word must be found, whole words before beginnings before letters in order."""

_NOTHING = -1.0


def score(query: str, title: str, more: str = "") -> float:
    """0 or more, larger is better; negative where a word of the query is in neither `title` nor `more`. All lower case."""
    total = 0.0
    for word in query.split():
        best = max(_literal_score(word, title), 0.4 * _literal_score(word, more), _letters(word, title))
        if best <= 0:
            return _NOTHING
        total += best
    return total - 0.02 * len(title)


def _literal_score(word: str, text: str) -> float:
    """As it is written: at the beginning 100, at the beginning of a word 80, inside of one 40; a little more for the whole word."""
    at = text.find(word)
    if at < 0:
        return 0.0
    if at > 0 and text[at - 1].isalnum() and (again := text.find(f" {word}")) >= 0:
        at = again + 1
    begins = at == 0 or not text[at - 1].isalnum()
    end = at + len(word)
    whole = begins and (end == len(text) or not text[end].isalnum())
    return (100.0 if at == 0 else 80.0 if begins else 40.0) + (10.0 if whole else 0.0)


def _letters(word: str, text: str) -> float:
    """Its letters in order, at most 30: more where they begin words or follow each other, less the further they are apart."""
    if len(word) < 2:
        return 0.0
    points, at, before = 0.0, 0, -2
    for letter in word:
        at = text.find(letter, at)
        if at < 0:
            return 0.0
        begins = at == 0 or not text[at - 1].isalnum()
        points += 1.0 if begins else 0.7 if at == before + 1 else 0.15
        before, at = at, at + 1
    share = points / len(word)
    return 30.0 * share if share >= 0.45 else 0.0
