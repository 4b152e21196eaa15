"""Gunicorn's access log, where somebody turns it on: without a line of who asked for a ballot."""

from typing import Any

from gunicorn.glogging import Logger

from config.logs import is_for_ballots


class AccessLog(Logger):
    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if not is_for_ballots(environ.get("PATH_INFO", "")):
            super().access(resp, req, environ, request_time)
