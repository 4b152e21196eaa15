"""One line of JSON an event, in UTC: nothing that is typed can begin a line of its own."""

import json
import logging
from datetime import UTC, datetime

from django.http import HttpRequest

from people.addresses import path_without_secret

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
