"""Run by Alembic with the connection, and the transaction, of `engine.store.shared.schema`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="shared_record_version", transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
