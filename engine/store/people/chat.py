"""Questions in words and their answers, of each user for themselves; and how much a language model has cost, day by day."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select

from engine.model.errors import NotFound
from engine.model.history.chat import ChatAnswer
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.store.guarded import GuardedTables
from engine.store.people.chat_tables import chat_spend, chats
from engine.store.upsert import upsert

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Spend:
    """Of one day, UTC. A millionth of a US dollar is the unit of money."""

    day: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    micro_usd: int = 0


@dataclass(frozen=True, slots=True)
class KeptChat:
    """An answer with whose it is and which it follows on from."""

    answer: ChatAnswer
    user_id: str
    before_id: str


class ChatTable(GuardedTables):
    """Any thread; each write is its own transaction. Faults of the database are EnvironmentFault."""

    def put(self, answer: ChatAnswer, user_id: str, before_id: str = "") -> None:
        row = {"id": answer.id, "user_id": user_id, "asked_ns": answer.asked_ns, "before_id": before_id, "body": to_plain(answer)}
        with self._write() as connection:
            upsert(connection, chats, [row])

    def of_user(self, user_id: str, limit: int, before_id: str | None = None) -> tuple[ChatAnswer, ...]:
        """Newest first; `before_id` pages on from that one. Raises NotFound: there is none of that id, or it is somebody else's."""
        query = _of(user_id).order_by(chats.c.asked_ns.desc(), chats.c.id.desc()).limit(limit)
        with self._read() as connection:
            if before_id is not None:
                last = connection.execute(select(chats.c.asked_ns, chats.c.id).where(_mine(user_id, before_id))).first()
                if last is None:
                    raise _none(before_id)
                query = query.where(or_(chats.c.asked_ns < last[0], and_(chats.c.asked_ns == last[0], chats.c.id < last[1])))
            return tuple(read_as(ChatAnswer, body) for body in connection.scalars(query))

    def conversation(self, user_id: str, answer_id: str, most: int) -> tuple[ChatAnswer, ...]:
        """An answer and those it follows on from, oldest first. Raises NotFound."""
        found: list[ChatAnswer] = []
        with self._read() as connection:
            while answer_id and len(found) < most:
                row = connection.execute(select(chats.c.body, chats.c.before_id).where(_mine(user_id, answer_id))).first()
                if row is None:
                    if not found:
                        raise _none(answer_id)
                    break
                found.append(read_as(ChatAnswer, row[0]))
                answer_id = row[1]
        return tuple(reversed(found))

    def forget(self, user_id: str, answer_id: str = "") -> int:
        """One, or all of a user's; how many went."""
        whose = _mine(user_id, answer_id) if answer_id else chats.c.user_id == user_id
        with self._write() as connection:
            return connection.execute(delete(chats).where(whose)).rowcount

    def stored_chats(self, user_id: str, answer_id: str = "") -> tuple[KeptChat, ...]:
        """One, or all of a user's, as they can be put back."""
        whose = _mine(user_id, answer_id) if answer_id else chats.c.user_id == user_id
        with self._read() as connection:
            rows = connection.execute(select(chats.c.body, chats.c.before_id).where(whose).order_by(chats.c.asked_ns)).all()
        return tuple(KeptChat(read_as(ChatAnswer, body), user_id, before_id) for body, before_id in rows)

    def forget_before(self, before_ns: int) -> None:
        with self._write() as connection:
            connection.execute(delete(chats).where(chats.c.asked_ns < before_ns))

    def forget_where(self, told: Callable[[ChatAnswer], bool]) -> int:
        """Of all users, those of which `told` is true; how many went."""
        with self._read() as connection:
            gone = [row[0] for row in connection.execute(select(chats.c.id, chats.c.body)) if told(read_as(ChatAnswer, row[1]))]
        self._remove(gone)
        return len(gone)

    def _remove(self, ids: Sequence[str]) -> None:
        with self._write() as connection:
            for begin in range(0, len(ids), _AT_ONCE):
                connection.execute(delete(chats).where(chats.c.id.in_(ids[begin : begin + _AT_ONCE])))

    def spent(self, day: str) -> Spend:
        with self._read() as connection:
            row = connection.execute(select(chat_spend).where(chat_spend.c.day == day)).mappings().first()
        return Spend(day) if row is None else Spend(**row)

    def spend(self, more: Spend) -> None:
        """Added to what that day has. Durable when this returns."""
        with self._write() as connection:
            row = connection.execute(select(chat_spend).where(chat_spend.c.day == more.day)).mappings().first()
            known = Spend(more.day) if row is None else Spend(**row)
            summed = {name: getattr(known, name) + getattr(more, name) for name in ("calls", "input_tokens", "output_tokens", "micro_usd")}
            upsert(connection, chat_spend, [{"day": more.day, **summed}])


def _of(user_id: str) -> Select[tuple[object]]:
    return select(chats.c.body).where(chats.c.user_id == user_id)


def _mine(user_id: str, answer_id: str) -> ColumnElement[bool]:
    return and_(chats.c.id == answer_id, chats.c.user_id == user_id)


def _none(answer_id: str) -> NotFound:
    return NotFound(f"There is no conversation {answer_id[:80]!r} of yours.")
