"""One way to try again when the database asks for it: the same call, the same key, some jitter."""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 8
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"


class DatabaseBusy(Exception):
    """Tried eight times in vain; nothing was changed. Shown as 503."""


def retried(verb: Callable[P, R]) -> Callable[P, R]:
    """Repeat a whole transaction after a serialization failure, a deadlock or "locked".

    Inside somebody else's transaction it does not repeat: the outermost call has to.
    """

    @functools.wraps(verb)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return verb(*args, **kwargs)
        for attempt in range(TRIES):
            try:
                return verb(*args, **kwargs)
            except OperationalError as error:
                if not _asks_for_another_try(error):
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
        raise DatabaseBusy(f"{verb.__name__}: the database stayed busy; nothing was changed")

    return again


def _asks_for_another_try(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (SERIALIZATION_FAILURE, DEADLOCK) or "locked" in str(error)
