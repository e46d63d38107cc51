"""The record: tables, migrations, one writer, queries."""

from engine.store.rejected import RejectedCount
from engine.store.store import Store, open_store
from engine.store.writer import StoreWriter

__all__ = ["RejectedCount", "Store", "StoreWriter", "open_store"]
