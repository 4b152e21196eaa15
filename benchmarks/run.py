"""What is measured and how: each benchmark times a floor and the product in one process run.

`python -m benchmarks.run [NAME …]` against a database of its own, made and dropped here:
DATABASE_URL names the server (PostgreSQL) or nothing (SQLite). Prints floor, product, ratio; a
figure is the median of several runs that take turns. No test depends on these.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402

from benchmarks import (  # noqa: E402
    bonus,
    casting,
    circle,
    closing,
    directory,
    empowerment_reports,
    importing,
    nominations,
    phone,
    polls,
    screens,
    serving,
    spending,
    statements,
    wall,
)

BENCHMARKS: dict[str, Callable] = {
    "bonus-split": bonus.split_bonus,
    "bonus-people": bonus.read_people,
    "circle": circle.count_circle,
    "close-10k": closing.close_ten_thousand,
    "close-100k": closing.close_hundred_thousand,
    "decisions": spending.decide_many,
    "directory": directory.search_directory,
    "empowerment-reports": empowerment_reports.read_reports,
    "import-20k": importing.import_twenty_thousand,
    "import-roster": importing.import_roster,
    "nominations": nominations.nominate_many,
    "phone": phone.open_case_on_a_phone,
    "poll-cast-http": casting.cast_over_http,
    "poll-cast": polls.cast_ballots,
    "poll-count": polls.count_ballots,
    "poll-seal": polls.seal_poll,
    "screens": screens.poll_a_thousand_screens,
    "results-page": serving.serve_results_page,
    "statements": statements.make_statements,
    "wall": wall.read_wall,
    "statement-workers": statements.share_statements_among_workers,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    print(f"{connection.vendor}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    # A file even on SQLite: the memory of another process is measured on it.
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"{connection.settings_dict['NAME']}.bench"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    old = runner.setup_databases()
    try:
        for name in names:
            BENCHMARKS[name](report)
    finally:
        runner.teardown_databases(old)


def report(name: str, *, floor: list[float], product: list[float], goal: str) -> None:
    """One line: medians in milliseconds, their ratio, the spread of the product, the goal."""
    low, mid = statistics.median(floor), statistics.median(product)
    print(
        f"{name}: floor {1000 * low:.1f} ms, product {1000 * mid:.1f} ms"
        f" ({1000 * min(product):.1f} to {1000 * max(product):.1f}), ratio {mid / low:.2f}; {goal}",
        flush=True,
    )


if __name__ == "__main__":
    main()
