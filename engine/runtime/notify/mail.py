"""Alerts by e-mail: SMTP (RFC 5321), encrypted by STARTTLS (RFC 3207) or from the start (RFC 8314)."""

import asyncio
import contextlib
import hashlib
import json
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from engine.model.alerts.delivery import Delivery
from engine.model.alerts.notify_settings import ChannelKind, ChannelSettings, Security
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.notify.http_post import wanted_channel
from engine.runtime.notify.message import lines
from engine.runtime.notify.vault import Vault, without_secrets
from engine.runtime.outbound.http import not_proven, trusted, unproven_name
from engine.runtime.outbound.outbox import ATTEMPT_S, Attempt
from engine.runtime.outbound.outward import InHouse, Resolver, allowed_address, resolve
from engine.runtime.ports import SettingsSource

_PERMANENT = 500
_LONGEST_REPLY = 200


class MailChannel:
    """Connects on the outbox's loop to the address that was judged, and talks on a thread of its own, which ends when the outbox gives the
    attempt up: its socket is closed under it."""

    def __init__(
        self, settings: SettingsSource, vault: Vault, resolver: Resolver = resolve, authorities: Callable[[], ssl.SSLContext] = trusted
    ) -> None:
        self._settings = settings
        self._vault = vault
        self._resolver = resolver
        self._authorities = authorities

    async def send(self, delivery: Delivery) -> Attempt:
        channel = wanted_channel(self._settings.now(), ChannelKind.EMAIL, delivery.receiver)
        if channel is None:
            return Attempt.unwanted(f"The channel {delivery.receiver} was removed or switched off.")
        try:
            password = self._vault.get(channel.id, "password") if channel.user else ""
            attempt = await self._send(channel, password, composed(channel, delivery))
        except EnvironmentFault as fault:
            return Attempt.refused(str(fault)) if fault.reason == "address_refused" else Attempt.failed(str(fault))
        except OSError as error:
            return Attempt.failed(f"{channel.host} could not be reached ({_error_words(error)}).")
        return replace(attempt, error=without_secrets(attempt.error, password))

    async def _send(self, channel: ChannelSettings, password: str, message: EmailMessage) -> Attempt:
        in_house = InHouse.ALLOWED if channel.allow_private else InHouse.REFUSED
        host = channel.host.strip("[]")
        address = await allowed_address(host, channel.usual_port, self._resolver, in_house)
        connection = await _connected(address, channel.usual_port)
        talk = Talk(connection, channel, password, message, self._authorities)
        try:
            return await asyncio.to_thread(talk.run)
        except asyncio.CancelledError:
            talk.abort()
            raise


async def _connected(address: str, port: int) -> socket.socket:
    connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, (address, port))
    except BaseException:
        connection.close()
        raise
    return connection


class _Smtp(smtplib.SMTP):
    """Over a connection that is there already. `host` is whom the certificate has to name."""

    def __init__(self, connection: socket.socket, host: str) -> None:
        self._given = connection
        here = str(connection.getsockname()[0])
        super().__init__(host, 25, local_hostname=f"[IPv6:{here}]" if ":" in here else f"[{here}]", timeout=ATTEMPT_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._given


@dataclass
class Talk:
    """One message handed over. `run` on a thread of its own, `abort` on another."""

    connection: socket.socket
    channel: ChannelSettings
    password: str = field(repr=False)
    message: EmailMessage = field(repr=False)
    authorities: Callable[[], ssl.SSLContext] = trusted
    _begun: bool = field(default=False, init=False)

    def run(self) -> Attempt:
        self._begun = True
        host = self.channel.host
        try:
            return self._hand_over()
        except smtplib.SMTPException as error:
            return self._unwilling(error)
        except (OSError, ValueError) as error:
            unproven = unproven_name(error)
            if unproven is not None:
                return Attempt.failed(not_proven(host, unproven))
            return Attempt.failed(f"{host} broke off ({_error_words(error)}).")
        finally:
            self.connection.close()

    def _unwilling(self, error: smtplib.SMTPException) -> Attempt:
        host = self.channel.host
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return self._recipient_failure(error.recipients)
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return Attempt.failed(_unsupported(host, self.channel.security, error))
        if not isinstance(error, smtplib.SMTPResponseException):
            return Attempt.failed(f"{host} broke off ({_error_words(error)}).")
        said = f"({error.smtp_code} {_reply(error.smtp_error)})"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return Attempt.failed(f"{host} does not accept user and password {said}. Enter them again.")
        if isinstance(error, smtplib.SMTPConnectError):
            return Attempt.failed(f"{host} does not want to talk {said}.")
        words = f"{host} did not take the message {said}."
        return Attempt.refused(words) if error.smtp_code >= _PERMANENT else Attempt.failed(words)

    def abort(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        if not self._begun:  # no thread was free yet, and none will take it up
            self.connection.close()

    def _hand_over(self) -> Attempt:
        channel, host = self.channel, self.channel.host.strip("[]")
        self.connection.settimeout(ATTEMPT_S)
        if channel.security is Security.TLS:
            # the wrapped socket takes the descriptor over; `abort` has to reach it, also while it shakes hands
            secured = self.authorities().wrap_socket(self.connection, server_hostname=host, do_handshake_on_connect=False)
            self.connection = secured
            secured.do_handshake()
        smtp = _Smtp(self.connection, host)
        try:
            if channel.security is Security.STARTTLS:
                smtp.starttls(context=self.authorities())
                self.connection = smtp.sock or self.connection
            if channel.user:
                smtp.login(channel.user, self.password)
            refused = smtp.send_message(self.message, channel.sender, list(channel.recipients))
            with contextlib.suppress(smtplib.SMTPException, OSError):  # it is theirs by now
                smtp.quit()
        finally:
            smtp.close()
        return self._recipient_failure(refused) if refused else Attempt.arrived()

    def _recipient_failure(self, refused: dict[str, tuple[int, bytes]]) -> Attempt:
        """Some, or all, of the recipients were. Those who were taken have the message, so it is not sent again."""
        who, (code, reply) = next(iter(refused.items()))
        others = len(self.channel.recipients) - len(refused)
        said = f"{self.channel.host} does not deliver to {who} ({code} {_reply(reply)})" + (
            f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        )
        if others:
            return Attempt.refused(f"{said}; the other {others} have the message.")
        temporary = all(answer[0] < _PERMANENT for answer in refused.values())
        return Attempt.failed(f"{said}.") if temporary else Attempt.refused(f"{said}.")


def composed(channel: ChannelSettings, delivery: Delivery) -> EmailMessage:
    """Plain text. The id is the same for every attempt, so that mailboxes can tell a message that came twice (RFC 5322, 3.6.4)."""
    said = json.loads(delivery.body)
    message = EmailMessage()
    message["Subject"] = said["title"]
    message["From"] = channel.sender
    message["To"] = ", ".join(channel.recipients)
    message["Date"] = format_datetime(datetime.fromtimestamp(delivery.created_ns // SECOND, UTC))
    message["Message-ID"] = f"<{hashlib.sha256(delivery.id.encode()).hexdigest()[:32]}@{channel.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers
    message["X-Watchroom-Key"] = delivery.key
    if said["severity_level"] >= 4:
        message["Importance"] = "high"
    message.set_content("\n".join(lines(said)) + "\n")
    return message


def _unsupported(host: str, security: Security, error: smtplib.SMTPNotSupportedError) -> str:
    if security is Security.STARTTLS and "STARTTLS" in str(error):
        return f"{host} does not encrypt (no STARTTLS). Nothing was sent. Choose TLS and its port, or ask who runs the server."
    return f"{host} cannot do what is needed ({_error_words(error)})."


def _reply(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:_LONGEST_REPLY]


def _error_words(error: Exception) -> str:
    return str(error)[:_LONGEST_REPLY] or type(error).__name__
