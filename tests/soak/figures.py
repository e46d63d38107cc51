"""What a soak test measured: printed, and kept in the folder that `WATCHROOM_FIGURES` names."""

import json
import os
from pathlib import Path


def keep_figures(name: str, figures: object) -> None:
    """As `<name>.json`; nothing is kept where the variable is not set."""
    if os.environ.get("WATCHROOM_FIGURES"):
        folder = Path(os.environ["WATCHROOM_FIGURES"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")


def report_figures(name: str, figures: object) -> None:
    """Printed, and kept."""
    print(f"\n{json.dumps(figures, indent=1)}")
    keep_figures(name, figures)
