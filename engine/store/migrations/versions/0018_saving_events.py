"""Looks are packed camera by camera."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("look_packs", Column("camera_id", Text, nullable=False, server_default=""))
    op.create_index("ix_look_packs_camera", "look_packs", ["model", "camera_id"])
    op.drop_index("ix_looks_pack", "looks")
    op.create_index("ix_looks_pack", "looks", ["pack", "model", "camera_id", "closed"])
