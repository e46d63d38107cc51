"""What was asked about the record, by whom, and what was answered."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    pass
