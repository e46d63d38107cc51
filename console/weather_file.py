"""A file of noon weather that somebody chose: its text, and what to say where it is refused."""

from pathlib import Path

from console.words import sentence
from engine.fire.weather_csv import decoded
from engine.model.errors import EnvironmentFault, InputError
from widgets.engine_text import translate_engine_text
from widgets.translation import tr

MOST_BYTES = 5 << 20  # the engine takes no more


def read_weather_file(path: Path) -> str:
    """Raises EnvironmentFault, InputError. Takes as long as the disk does."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise EnvironmentFault("file", tr("{0} could not be read: {1}.").format(path.name, error.strerror or error)) from None
    if len(data) > MOST_BYTES:
        raise InputError("FILE", tr("is larger than {0} MB").format(MOST_BYTES >> 20))
    return decoded(data)


def weather_refusal(error: InputError) -> str:
    """A sentence: the engine says what is wrong with a field, not which."""
    subject = {"FILE": tr("The file"), "text": tr("The file"), "anchor": tr("Site location")}.get(error.field)
    return sentence(f"{subject} {translate_engine_text(error.message)}" if subject else error.message)
