"""What made-up voices say in `bench speech`: names and forms of introductions in two halves, and sentences to be refused.

Limits, forms and pronunciations were chosen with the names and the voices of the tuning half only.
"""

from collections.abc import Sequence

from engine.model.value_class import dataclass

TUNING_VOICES = frozenset(("flite slt", "flite kal", "espeak-ng en-us+f3"))
TUNING_NAMES = (
    *("Sarah", "John", "Anna", "Bob", "Peter", "Maria", "David", "Lisa", "Michael", "Emma"),
    *("Thomas", "Julia", "Ravi", "Aisha", "Kenji", "Olga", "Diego", "Ingrid", "Wei", "Nadia"),
)
HELD_OUT_NAMES = (
    *("Priya", "Yuki", "Hannah", "Carlos", "Sophie", "Daniel", "Fatima", "Lukas", "Chiara", "Oliver"),
    *("Svetlana", "Kwame", "Natalie", "George", "Mei", "Rosa", "Patrick", "Leila", "Hugo", "Ximena"),
)
OTHER_NAMES = ("Gertrude", "Hakim", "Walter", "Winston", "Pablo", "Brenda", "Chen", "Victor")
"""That the site does not know."""

PLAIN_FORMS = ("my name is {}", "i'm {}", "this is {} speaking", "call me {}", "i am {}", "{} here")
GREETING_FORMS = (
    "hello my name is {}",
    "hi, i'm {}",
    "good morning, my name is {}",
    "hello, i am {}",
    "hi there, my name is {}",
    "hey, i'm {}",
)
NO_INTRODUCTION = (
    "i am tired",
    "this is sparta",
    "i saw john yesterday",
    "my name is not john",
    "her name is anna",
    "is this anna speaking",
    "we should go home now",
    "turn on the lights please",
    "the weather is nice today",
    "i am going to the kitchen",
    "what is your name",
    "call me later",
    "do you know where peter is",
    "anna is not here",
    "please tell maria that i called",
    "my name is on the list",
    "hello how are you today",
    "hi i'm late for the meeting",
    "good morning everybody please sit down",
    "hello is daniel here",
    "hi there come in",
    "i'm hungry",
    "he said my name is carlos",
    "hey i'm over here",
)


@dataclass(frozen=True, slots=True)
class Said:
    """`name`: what is to be found; empty: nothing."""

    text: str
    name: str
    kind: str


def sentences_of(names: Sequence[str]) -> list[Said]:
    """Each name in two plain forms and in two with a greeting."""
    said: list[Said] = []
    for kind, forms in (("plain form", PLAIN_FORMS), ("with a greeting", GREETING_FORMS)):
        for number, name in enumerate(names):
            for form in (forms[number % len(forms)], forms[(number + 3) % len(forms)]):
                said.append(Said(form.format(name), name, kind))
    said += [Said(text, "", "no introduction") for text in NO_INTRODUCTION]
    said += [Said(f"my name is {name}", "", "name not in the list") for name in OTHER_NAMES]
    return said
