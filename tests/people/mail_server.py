"""A mail server for tests: speaks SMTP on a real socket, and can be told to misbehave."""

import asyncio
import contextlib
import email
import email.policy
import random
import socket
from email.message import EmailMessage

from aiosmtpd.controller import Controller

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def free_port() -> int:
    """A port below the range from which the system gives ports to clients."""
    for port in random.sample(range(20_000, 32_000), 50):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


class Mailbox:
    """Takes what comes. `refuse` holds answers by recipient, `hang_up_after_data` drops the line
    when a mail was taken and before that is said, `pause` waits that long with the answer."""

    def __init__(self):
        self.taken: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.refuse_data: list[str] = []
        self.hang_up_after_data = False
        self.hang_up_between = False
        self.pause = 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuse_data:
            return self.refuse_data.pop(0)
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.pause:
            await asyncio.sleep(self.pause)
        if self.hang_up_after_data:
            server.transport.abort()
        elif self.hang_up_between:
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return "250 OK"

    def to(self) -> list[str]:
        return [message["To"] for message in self.taken]


class MailServer:
    """`with MailServer() as server:` and settings from `server.settings`."""

    def __init__(self, port: int | None = None):
        self.mailbox = Mailbox()
        self.port = port or free_port()
        self.controller = Controller(self.mailbox, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "MailServer":
        self.controller.start()
        return self

    def __exit__(self, *_error) -> None:
        self.controller.stop()


def use(settings, port: int) -> None:
    settings.OUTBOX_EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
