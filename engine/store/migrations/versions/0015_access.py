"""Who may see which cameras, tokens of machines, and what one shift leaves the next."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    pass
