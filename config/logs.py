"""One line of JSON an event, in UTC: nothing that is typed can begin a line of its own."""

import json
import logging
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest

from people.addresses import path_without_secret
from surveys.middleware import BALLOTS, KIOSK

OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; whatever else it carries are the event's facts."""


class OneLineOfJson(logging.Formatter):
    """Time, level, logger, message, the facts given as `extra`, and the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        facts = {name: value for name, value in vars(record).items() if name not in OWN}
        # Django adds the request itself, whose text may hold what somebody typed.
        request = facts.pop("request", None)
        if isinstance(request, HttpRequest):
            # And it names the address, which may open something.
            safe = path_without_secret(request)
            said["message"] = str(said["message"]).replace(request.path, safe)
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        # Escaped beyond ASCII as well: a terminal obeys some signs, too.
        return json.dumps(said | facts, default=str)


def is_for_ballots(path: str) -> bool:
    """Whether no log may hold that somebody asked for it, and when. Styles and scripts of ballot
    pages would tell it as well; and an invitation keeps no time of its claim, so no log does."""
    if path.startswith((BALLOTS, KIOSK, f"/{settings.STATIC_URL.lstrip('/')}")):
        return True
    return path.startswith("/polls/") and "/claim/" in path


class NoRequestsForBallots(logging.Filter):
    """Leaves out the lines that Django's own server writes of requests for ballot pages."""

    def filter(self, record: logging.LogRecord) -> bool:
        # "POST /ballot/cast/ HTTP/1.1"
        said = str(record.args[0] if isinstance(record.args, tuple) and record.args else "")
        _method, _space, rest = said.partition(" ")
        return not is_for_ballots(rest)
