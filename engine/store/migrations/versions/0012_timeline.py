"""What the timeline draws from afar, words that are looked for, bookmarks and saved searches."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    pass
