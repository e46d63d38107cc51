"""The English around a spoken name: what makes an introduction, what may stand before and after it, what spoils it."""


def _word_set(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def _forms(*lines: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(form.split()) for line in lines for form in line.split("|"))


FIRST_PERSON = _forms(
    "my name is|my name's|my names|the name is|the name's|my name would be|i am called|i'm called|i go by",
    "my first name is|my full name is",
    "call me|you can call me|people call me|they call me|everyone calls me|everybody calls me|friends call me",
)
I_AM = _forms("i am|i'm|im|i m")
THIS_IS = _forms("this is|it is|it's|it's me|it is me")

BEFORE = _word_set(
    "hello hi hey good morning afternoon evening day yes yeah yep no okay ok well so um uh er erm hmm oh ah and but sorry excuse me",
    "thanks thank you nice to meet pleased everyone everybody all guys folks there again welcome please just my you can the ladies",
    "gentlemen actually let introduce myself",
)
REPORTED = _word_set(
    "said says say saying told tells tell asked asks ask wrote writes called pretend pretends pretending claimed claims quote heard hear",
    "sing sings read if when unless suppose imagine whether wish film movie song",
)
"""Somebody else's words, or no statement."""
AFTER = _word_set(
    "and but from with by i i'm im i've my nice pleased good glad how what who where here speaking at of the your i'd we or so thanks",
    "thank hello hi please not calling reporting again today tonight",
)
AFTER_WORD = AFTER - frozenset(["with", "by", "what", "who", "where", "how", "of", "the", "at", "or", "your", "so", "not"])
"""After a name that is also a word (Frank, Grace): what would make it that word is missing here."""
OF_ANOTHER = _word_set("she he her his my our they who is isn't was has your not the of or at with")
"""After "this is Anna": it is somebody else."""
PRESENT = _word_set("speaking here")
TITLES = _word_set("doctor dr mr mister mrs ms miss madam sir professor prof officer sergeant captain nurse father sister")
PARTICLES = _word_set("van von de der den del della da di dos la le bin ibn al el ter ten zu")
