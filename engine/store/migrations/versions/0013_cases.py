"""Evidence packs and the cases they are in."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    pass
