"""Events and alerts of radio name people by their id too: whoever one name means, and nobody else, is meant by it in older rows.

A name that two persons have had, or nobody whose id is in the record, stays a name.
"""

from alembic import op

revision = "0020"
down_revision = "0019"

_MEANT = """
CREATE TEMP TABLE meant AS
SELECT name, min(id) AS id FROM (
    SELECT name, id FROM persons
    UNION SELECT person, person_id FROM events WHERE person_id != '' AND person != ''
) GROUP BY name HAVING count(DISTINCT id) = 1
"""


def upgrade() -> None:
    op.execute(_MEANT)
    for table in ("events", "alerts"):
        op.execute(
            f"UPDATE {table} SET person_id = (SELECT id FROM meant WHERE name = person)"
            " WHERE person_id = '' AND person != '' AND person IN (SELECT name FROM meant)"
        )
    op.execute("DROP TABLE meant")
