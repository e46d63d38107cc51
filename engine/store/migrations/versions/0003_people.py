"""Who is known, with their faces; gestures that were taught; whom and what events are about."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, Text, text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("events", Column("person_id", Text, nullable=False, server_default=""))
    op.add_column("events", Column("label", Text, nullable=False, server_default=""))
    op.add_column("events", Column("shadow", Boolean, nullable=False, server_default=text("0")))
    _index_events("ix_events_person", "person_id")
    _index_events("ix_events_label", "label")
    _create_persons()
    _create_faces()
    _create_gestures()


def _index_events(name: str, column: str) -> None:
    given = text(f"{column} != ''")
    op.create_index(name, "events", [column, "started_ns", "id"], sqlite_where=given, postgresql_where=given)


def _create_persons() -> None:
    op.create_table(
        "persons",
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("color", Text, nullable=False),
        Column("name_source", Text, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("first_seen_ns", BigInteger),
        Column("last_seen_ns", BigInteger),
        Column("last_camera_id", Text, nullable=False),
        Column("visits", Integer, nullable=False),
        Column("consent", Text, nullable=False),
        Column("note", Text, nullable=False),
        Column("archived_ns", BigInteger),
        Column("locked", Boolean, nullable=False),
    )


def _create_faces() -> None:
    op.create_table(
        "faces",
        Column("id", Text, primary_key=True),
        Column("person_id", Text, nullable=False),
        Column("embedding", JSON, nullable=False),
        Column("model", Text, nullable=False),
        Column("quality", Double, nullable=False),
        Column("taken_ns", BigInteger, nullable=False),
        Column("camera_id", Text, nullable=False),
        Column("negative", Boolean, nullable=False),
    )
    op.create_index("ix_faces_person_id", "faces", ["person_id"])


def _create_gestures() -> None:
    op.create_table(
        "gestures",
        Column("id", Text, primary_key=True),
        Column("label", Text, nullable=False),
        Column("takes", JSON, nullable=False),
        Column("threshold", Double, nullable=False),
        Column("created_ns", BigInteger, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("mode", Text, nullable=False),
    )
