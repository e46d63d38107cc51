"""What becomes of a file of reports."""

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """`place`: "line 3", "feature 3". `field`: empty where the row as a whole is wrong."""

    place: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """So far, or in the end.

    Attributes:
        began: reports that began an incident. joined: that joined one. duplicates: by a reporter who is among those of it already.
        known: that were in the record already, and changed nothing. left_out: that were refused; refused: the first of them.
    """

    began: int = 0
    joined: int = 0
    duplicates: int = 0
    known: int = 0
    left_out: int = 0
    refused: tuple[RefusedRow, ...] = ()

    @property
    def kept(self) -> int:
        """In the record now, and not before."""
        return self.began + self.joined + self.duplicates
