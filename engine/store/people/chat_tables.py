"""The tables of questions in words: what was asked by whom and answered, and what a language model was paid for."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text

from engine.store.tables import metadata

chats = Table(
    "chats",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("asked_ns", BigInteger, nullable=False),
    Column("before_id", Text, nullable=False),  # the answer that it follows on from; empty: none
    Column("body", JSON(none_as_null=True), nullable=False),  # the whole answer
)
Index("ix_chats_user", chats.c.user_id, chats.c.asked_ns, chats.c.id)
Index("ix_chats_asked", chats.c.asked_ns)

chat_spend = Table(
    "chat_spend",
    metadata,
    Column("day", Text, primary_key=True),  # UTC, 2026-01-02
    Column("calls", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("micro_usd", BigInteger, nullable=False),
)
