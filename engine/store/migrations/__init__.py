"""Alembic's folder: `env.py` and, in `versions`, one file per step of the schema. A step that was released is never changed."""
