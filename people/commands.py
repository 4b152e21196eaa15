"""What all commands share: two formats, an account for the log, exit codes 0 done, 1 refused."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from people.models import SYSTEM, User


def day(text: str) -> date:
    """An argparse type: a date as 2026-11-22."""
    return date.fromisoformat(text)


class ProductCommand(BaseCommand):
    """A command of interfaces.md. `run()` returns one JSON object or yields several."""

    writes = True

    def add_arguments(self, parser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        if self.writes:
            parser.add_argument("--by", default=SYSTEM, metavar="LOGIN", help="for the log")

    def account(self, options) -> User:
        """The account under which the log names this change."""
        if options["by"] == SYSTEM:
            return User.objects.system()
        return self.login(options["by"], "--by")

    def login(self, login: str, flag: str) -> User:
        """An active account by its login or e-mail."""
        found = User.objects.filter(Q(username=login) | Q(email__iexact=login), is_active=True)
        if found.count() != 1:
            self.refuse(f"{flag} {login}: no such account")
        return found.get()

    def refuse(self, message: str) -> NoReturn:
        raise CommandError(message)

    def usage(self, message: str) -> NoReturn:
        raise CommandError(message, returncode=2)

    def write_json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, default=str))

    def progress(self, done: int, total: int, what: str) -> None:
        """A bar on standard error, only for people; `done` of `total`, newline at the end."""
        if not sys.stderr.isatty():
            return
        width = 30
        filled = width * done // max(total, 1)
        end = "\n" if done >= total else ""
        bar = "█" * filled + "·" * (width - filled)
        sys.stderr.write(f"\r{bar} {done}/{total} {what}\x1b[K{end}")
        sys.stderr.flush()

    def each(self, items: list, what: str) -> Iterator:
        for number, item in enumerate(items, 1):
            yield item
            self.progress(number, len(items), what)
