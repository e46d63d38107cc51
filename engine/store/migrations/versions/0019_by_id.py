"""Bookmarks, saved searches and hand-overs are kept by the id of the user, not by a name that somebody else may have later.

A name that no user has now was somebody who is gone: what they left is nobody's.
"""

from alembic import op
from sqlalchemy import Column, Text

revision = "0019"
down_revision = "0018"

_ID = "coalesce((SELECT users.id FROM users WHERE users.name = {0}), '')"


def upgrade() -> None:
    for table in ("bookmarks", "saved_searches"):
        op.add_column(table, Column("by_id", Text, nullable=False, server_default=""))
        found = _ID.format(f'{table}."by"')
        op.execute(f"UPDATE {table} SET by_id = {found}")
    read = _ID.format("json_extract(each.value, '$.by')")
    writer = _ID.format("json_extract(handovers.body, '$.by')")
    each = f"json_set(each.value, '$.by_id', {read})"
    readers = f"json((SELECT json_group_array(json({each})) FROM json_each(handovers.body, '$.read') AS each))"
    op.execute(f"UPDATE handovers SET body = json_set(body, '$.by_id', {writer}, '$.read', {readers})")
