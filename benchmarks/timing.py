"""A stopwatch, and a scale for memory."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from django.db import connection


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


MEASURED = """
import sys
from pathlib import Path
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
status = Path("/proc/self/status").read_text().split()
print("peak", status[status.index("VmHWM:") + 1])
"""


def peak_mib(*command: str) -> float:
    """The most memory that `manage.py COMMAND` ever holds in a process of its own, in MiB.

    Asked of the process itself: what the parent is told counts its own memory at the fork.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        env=product_environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout.split()[-1]) / 1024


def product_environment() -> dict[str, str]:
    """For a process of its own at the benchmark's database."""
    database = connection.settings_dict
    where = f"{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    sqlite = connection.vendor == "sqlite"
    url = f"sqlite:///{database['NAME']}" if sqlite else f"postgres://{where}"
    return os.environ | {"DATABASE_URL": url}
