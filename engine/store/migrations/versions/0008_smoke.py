"""Sequences of smoke and plumes."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    pass
