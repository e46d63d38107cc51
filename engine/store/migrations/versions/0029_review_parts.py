"""What the camera of a review item saw of it, and when the newest of its events began."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("review_items", Column("camera_part", JSON))
    op.add_column("review_items", Column("newest_ns", BigInteger, nullable=False, server_default="0"))
