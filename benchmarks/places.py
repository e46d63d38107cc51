"""Where the benches find their footage: what the user names, or the folder `shared` beside the checkout."""

from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError

_SHARED = Path(__file__).resolve().parents[2] / "shared"
STREET = "data/video/vtest_480x360.avi"
ONE_BY_ONE = "data/video/one-by-one-person-detection.mp4"


def given_or_shared(given: Path | None, relative: str, option: str) -> Path:
    """The file or folder that an option names, or the shared one.

    Raises:
        InputError: what the option names does not exist (field: the option).
        EnvironmentFault: `missing_data`: nothing is named and nothing is shared.
    """
    if given is not None:
        if not given.exists():
            raise InputError(option, f"{given} does not exist")
        return given
    if (_SHARED / relative).exists():
        return _SHARED / relative
    name = Path(relative).name
    raise EnvironmentFault("missing_data", f"This bench needs {name}, and there is none beside the checkout. Name one with --{option}.")
