"""A program that receives webhooks: a real HTTP server on this machine."""

import errno
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTS = range(18950, 18999)
"""Below those that the system hands out by itself."""


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`status` is answered, `pause` is how long that takes, `cut` hangs up without an answer."""

    status: int = 204
    pause: float = 0
    cut: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    answer: Callable | None = None
    taken: list[Received] = field(default_factory=list)

    def __enter__(self) -> "Receiver":
        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_args):
                """Somebody hung up."""

        for port in PORTS:
            try:
                self.server = Server(("127.0.0.1", port), _handler_of(self))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                break
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exception) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/in?token=1"


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            said = {name.lower(): value for name, value in self.headers.items()}
            receiver.taken.append(Received(self.path, said, self.rfile.read(length)))
            time.sleep(receiver.pause)
            if receiver.cut:
                self.close_connection = True
                return
            if receiver.answer:
                receiver.answer(self)
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_args):
            pass

    return Handler
