"""What the import commands share."""

from pathlib import Path

from django.core.management.base import CommandError

from people.commands import ProductCommand, day
from people.services.importing import ImportRefused, Options, Report, run_import


def options_from(options: dict) -> Options:
    """Options of an import from a command line. Raises CommandError for a wrong form."""
    return Options(
        map=_pairs(options["map"], "--map", "HEADER=FIELD"),
        sheets=_pairs(options.get("sheet") or [], "--sheet", "NAME=metric:CODE"),
        encoding=options["encoding"],
        date_order=options["date_order"],
        decimal=options["decimal"],
        as_of=options.get("as_of"),
        accept_implausible=options.get("accept_implausible") or "",
        currency=options.get("currency") or "",
    )


def _pairs(given: list[str], flag: str, form: str) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, meaning = text.rpartition("=")
        if not equals or not name or not meaning:
            raise CommandError(f"{flag} '{text}': write it as {form}", returncode=2)
        pairs[name] = meaning
    return pairs


def add_reading_arguments(parser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--map", action="append", default=[], metavar="HEADER=FIELD")
    parser.add_argument("--sheet", action="append", default=[], metavar="NAME=metric:CODE")
    parser.add_argument("--encoding", choices=["utf-8", "utf-16", "gb18030", "cp1252"])
    parser.add_argument("--date-order", choices=["dmy", "mdy"])
    parser.add_argument("--decimal", choices=["comma", "point"])


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


class ImportCommand(ProductCommand):
    """Import one file, all or nothing."""

    kind = ""

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        add_reading_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument("--as-of", type=day, help="from when changes hold (default: today)")

    def handle(self, **options) -> None:
        path = options["file"]
        try:
            report = run_import(
                self.kind,
                read_file(path),
                filename=path.name,
                options=options_from(options),
                by=self.account(options),
                dry_run=options["dry_run"],
                progress=lambda done, total: self.progress(done, total, str(path.name)),
            )
        except ImportRefused as refused:
            self._refused(path, refused, options["format"])
        else:
            self._done(path, report, options)

    def _refused(self, path: Path, refused: ImportRefused, form: str) -> None:
        if form == "json":
            self.write_json((refused.report or Report()).as_json(refused.problems))
        else:
            for problem in refused.problems:
                self.stderr.write(f"{path}, {problem}")
            self.stderr.write("Nothing was imported.")
        raise SystemExit(1)

    def _done(self, path: Path, report: Report, options: dict) -> None:
        if options["format"] == "json":
            self.write_json(report.as_json())
            return
        for header, meaning in report.mapping.items():
            if header.casefold() != meaning:
                self.stdout.write(f"  {header} = {meaning}")
        for name, meaning in report.sheet_mapping.items():
            self.stdout.write(f"  sheet {name} = {meaning}")
        for note in report.notes:
            self.stdout.write(f"  {note}")
        if options["dry_run"]:
            for change in report.changes[:50]:
                self.stdout.write(f"  would change: {change}")
        verb = "would be" if options["dry_run"] else "were"
        self.stdout.write(
            f"{path}: {report.rows} rows, {report.skipped} left out; {report.created} {verb}"
            f" created, {report.updated} updated, {report.unchanged} unchanged"
        )
