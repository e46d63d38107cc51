"""A mail server on loopback (RFC 5321) that keeps what it is given, and fails as it is told to."""

import base64
import email
import email.policy
import queue
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    encrypted: bool
    user: str


@dataclass
class MailServer:
    """`refuse`: replies by verb (`CONNECT`, `RCPT nurse@…`, `DATA`, …), each used once for every entry of its list, the last for ever.

    `hang`: verbs that are never answered. `drop`: verbs after which the connection is cut.
    """

    certificate: Path | None = None
    implicit_tls: bool = False
    offers_starttls: bool = True
    logins: dict[str, str] = field(default_factory=dict)
    refuse: dict[str, list[str]] = field(default_factory=dict)
    hang: set[str] = field(default_factory=set)
    drop: set[str] = field(default_factory=set)
    mails: "queue.Queue[Mail]" = field(default_factory=queue.Queue)
    heard: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    port: int = 0

    def mail(self) -> Mail:
        """The next one, waited for."""
        return self.mails.get(timeout=60)

    def refusal(self, verb: str) -> str:
        replies = self.refuse.get(verb, [])
        return replies.pop(0) if len(replies) > 1 else replies[0] if replies else ""


class _Cut(Exception):
    pass


class _Session:
    """One client."""

    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.encrypted = False
        self.user = ""
        self.sender, self.recipients = "", []
        self._file: BinaryIO | None = None

    def run(self) -> None:
        with suppress(OSError, _Cut):
            if self.server.implicit_tls:
                self._encrypt()
            self._listen()
        if self._file is not None:
            self._file.close()
        self.connection.close()

    def _listen(self) -> None:
        self._file = self.connection.makefile("rb")
        if not self._answer("CONNECT", "220 mail.test ESMTP"):
            return
        while line := self._file.readline():
            text = line.decode("utf-8", "replace").rstrip()
            self.server.heard.append(text)
            verb = text.split(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._do(verb, text)

    def _do(self, verb: str, text: str) -> None:
        if verb in ("EHLO", "HELO"):
            self._answer(verb, self._offer())
        elif verb == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
            self._file = self.connection.makefile("rb")
        elif verb == "AUTH":
            self._log_in(text)
        elif verb == "MAIL":
            self.sender, self.recipients = _address(text), []
            self._answer(verb, "250 ok")
        elif verb == "RCPT":
            if self._answer(f"RCPT {_address(text)}", "250 ok"):
                self.recipients.append(_address(text))
        elif verb == "DATA":
            if self._answer(verb, "354 go on"):
                self._take()
        else:
            self._say("250 ok" if verb == "RSET" else "502 what")

    def _offer(self) -> str:
        starttls = self.server.certificate is not None and self.server.offers_starttls and not self.encrypted
        lines = ["mail.test", *(["STARTTLS"] if starttls else []), *(["AUTH PLAIN"] if self.server.logins else []), "8BITMIME"]
        return "\r\n".join(f"250{'-' if number < len(lines) - 1 else ' '}{line}" for number, line in enumerate(lines))

    def _encrypt(self) -> None:
        assert self.server.certificate is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.encrypted = True

    def _log_in(self, text: str) -> None:
        _, user, password = base64.b64decode(text.split(" ")[2]).decode().split("\0")
        if self.server.logins.get(user) != password:
            self._say(f"535 5.7.8 no such login {password}")  # servers do repeat what they are given
            return
        self.user = user
        self._say("235 welcome")

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self._file.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.server.mails.put(Mail(self.sender, tuple(self.recipients), message, self.encrypted, self.user))
        self._answer("END", "250 queued")

    def _answer(self, verb: str, reply: str) -> bool:
        """Whether it went as usual."""
        if verb in self.server.hang:
            self.server.release.wait(30)
            raise _Cut
        if verb in self.server.drop:
            raise _Cut
        refusal = self.server.refusal(verb)
        self._say(refusal or reply)
        return not refusal

    def _say(self, reply: str) -> None:
        self.connection.sendall(reply.encode() + b"\r\n")


def _address(text: str) -> str:
    return text.partition("<")[2].partition(">")[0]


@contextmanager
def mail_server(**parts: object) -> Iterator[MailServer]:
    server = MailServer(**parts)  # type: ignore[arg-type]
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    sessions: list[tuple[threading.Thread, _Session]] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            session = _Session(server, connection)
            thread = threading.Thread(target=session.run, name="smtp session")
            sessions.append((thread, session))
            thread.start()

    accepting = threading.Thread(target=accept, name="smtp")
    accepting.start()
    try:
        yield server
    finally:
        server.release.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread, session in sessions:
            with suppress(OSError):
                session.connection.shutdown(socket.SHUT_RDWR)
            thread.join()
