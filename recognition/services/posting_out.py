"""One HTTP POST to an address that somebody typed, and nowhere else.

The name is resolved once, every address found is checked, and the socket is opened to one of
those: who answers differently the second time (DNS rebinding) is not asked a second time. No
proxies, no redirects, a bounded answer, a bounded time.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from recognition.rules.addresses import may_be_reached

CONNECT_SECONDS = 5
WHOLE_SECONDS = 15
LONGEST_ANSWER = 64 * 1024


class AddressRefused(Exception):
    """Nothing was sent, and it never will be: the address is not one to send to."""


class NotReached(Exception):
    """Nothing was sent: nobody answered, or not with a certificate that is trusted."""


class LineBroke(Exception):
    """It was sent, at least in part, and nobody knows whether it was taken."""


@dataclass(frozen=True)
class Answer:
    """`retry_after`: seconds that the other side asks to wait."""

    status: int
    retry_after: int = 0


def checked(url: str) -> SplitResult:
    """The parts of an address that may be sent to. Raises AddressRefused with the reason."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(_("This is not a web address.")) from None
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOK_ALLOW_HTTP):
        raise AddressRefused(_("The address begins with https://."))
    if not parts.hostname or port == 0:
        raise AddressRefused(_("The address names no server."))
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(_("Leave name and password out of the address."))
    if not url.isascii() or any(c <= " " or c == "\x7f" for c in url):
        raise AddressRefused(_("The address holds a blank or a letter that addresses don't have."))
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send once. Raises AddressRefused, NotReached or LineBroke."""
    parts = checked(url)
    secure = parts.scheme == "https"
    host, port = str(parts.hostname), parts.port or (443 if secure else 80)
    call = _Call(host, port, secure=secure)
    target = parts.path or "/"
    if parts.query:
        target = f"{target}?{parts.query}"
    try:
        call.connect()
        return call.send(target, body, {"Host": parts.netloc, **headers})
    finally:
        call.close()


def addresses_of(host: str, port: int) -> list[str]:
    """What a name resolves to. Raises NotReached for none, AddressRefused when one is not to be
    sent to: an honest name does not point inside and outside at once."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(_("The name %(host)s is not known.") % {"host": host}) from error
    ips = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for ip in ips:
        if not may_be_reached(ip, settings.WEBHOOK_ALLOWED_NETWORKS):
            raise AddressRefused(
                _("%(host)s leads to %(ip)s, which is inside a network.") % {"host": host, "ip": ip}
            )
    return ips


class _Call:
    """A connection that is cut when the whole of it takes too long."""

    def __init__(self, host: str, port: int, *, secure: bool) -> None:
        self.host, self.port, self.secure = host, port, secure
        self.line: socket.socket | None = None
        self.clock = threading.Timer(WHOLE_SECONDS, self._cut)
        self.clock.daemon = True

    def connect(self) -> None:
        ips = addresses_of(self.host, self.port)
        self.clock.start()
        try:
            self.line = self._first_of(ips)
            if self.secure:
                context = ssl.create_default_context()
                self.line = context.wrap_socket(
                    self.line, server_hostname=self.host, do_handshake_on_connect=False
                )
                self.line.do_handshake()
        except (OSError, UnicodeError) as error:  # ssl's errors are OSErrors
            raise NotReached(str(error)) from error

    def _first_of(self, ips: list[str]) -> socket.socket:
        last = OSError("no address")
        for ip in ips:
            try:
                return socket.create_connection((ip, self.port), timeout=CONNECT_SECONDS)
            except OSError as error:
                last = error
        raise last

    def send(self, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        spoken = http.client.HTTPConnection(self.host, self.port)
        spoken.sock = self.line
        # Whatever happens from here on, the other side may have it.
        try:
            spoken.request("POST", target, body, dict(headers))
            answer = spoken.getresponse()
            answer.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise LineBroke(str(error) or type(error).__name__) from error
        asked = answer.headers.get("Retry-After", "")
        return Answer(answer.status, int(asked) if asked.isdecimal() and len(asked) < 8 else 0)

    def close(self) -> None:
        self.clock.cancel()
        if self.line:
            self.line.close()

    def _cut(self) -> None:
        line = self.line
        if line:
            try:
                # Not the TLS layer's own: it would say goodbye, and wait for that.
                socket.socket.shutdown(line, socket.SHUT_RDWR)
            except OSError:
                return
