"""Run by Alembic with the connection, and the transaction, of `engine.store.schema`."""

from alembic import context

from engine.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's is, once the driver leaves transactions alone (see connection.py)
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
