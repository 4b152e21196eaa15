from collections.abc import Iterator
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from django.utils import timezone

from people.commands import ProductCommand, day
from people.import_command import read_file
from people.services.importing import ImportRefused
from surveys.models import Wave
from surveys.models.waves import LEAST_SCORES
from surveys.rules.scores import ALL, NONE, Score
from surveys.services.results import Results
from surveys.services.wave_imports import Sent, import_wave


class Command(ProductCommand):
    help = "Read an earlier poll from another tool; no individual answer is kept."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("responses", type=Path, help="a row a respondent")
        parser.add_argument("--items", type=Path, required=True)
        parser.add_argument("--name", required=True, help="of the poll, for example 2025")
        cells = "whose values are the cells; a second one divides the first"
        parser.add_argument("--cell", action="append", required=True, metavar="COLUMN", help=cells)
        parser.add_argument("--closed-on", type=day, help="its last day (default: today)")
        parser.add_argument("--fewest", type=int, default=7, help="people behind a score")

    def handle(self, **options) -> None:
        if len(options["cell"]) > 2:
            self.usage("--cell is given once or twice")
        if options["fewest"] < LEAST_SCORES:
            self.usage(f"--fewest is at least {LEAST_SCORES}")
        now = timezone.now()
        closed_on = options["closed_on"] or timezone.localdate(now)
        if closed_on > timezone.localdate(now):
            self.refuse("--closed-on lies in the future")
        files = [Sent(path.name, read_file(path))
                 for path in (options["responses"], options["items"])]  # fmt: skip
        try:
            wave = import_wave(
                *files, name=options["name"].strip()[:120], columns=options["cell"],
                fewest=options["fewest"], by=self.account(options), closed_on=closed_on, now=now,
            )  # fmt: skip
        except ImportRefused as refused:
            self._refused(refused, options["format"])
        self._print(wave, options["format"])

    def _refused(self, refused: ImportRefused, form: str) -> None:
        if form == "json":
            self.write_json({"errors": [problem.as_json() for problem in refused.problems]})
        else:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            self.stderr.write("Nothing was imported.")
        raise SystemExit(1)

    def _print(self, wave: Wave, form: str) -> None:
        for line in lines_of(wave):
            if form == "json":
                self.write_json(line)
            else:
                self.stdout.write(",".join("" if each is None else str(each)
                                           for each in line.values()))  # fmt: skip


def lines_of(wave: Wave) -> Iterator[dict[str, Any]]:
    """Item by cell, then theme by cell. Where all were of one opinion `favourable_pct` is empty and
    `favourable` says "95% or more" or "5% or less"."""
    results = Results(wave, wave.cells.all())
    for row in results.rows:
        for cell in results.cells:
            score = results.score(row.number, cell)
            told = _told(score) if isinstance(score, Score) else {
                "n": None, "favourable_pct": None, "mean": None,
                "status": results.why_hidden(row.number, cell),
            }  # fmt: skip
            yield {"item": row.wording.question.code, "cell": cell.name, **told}
    for theme in results.themes:
        alpha = results.alpha(theme)
        for cell in results.cells:
            found = results.theme(theme, cell)
            index = found.index if found else None
            yield {
                "theme": theme.name, "cell": cell.name, "n": found and found.n,
                "index": index if index is None else _rounded(index, 4),
                "alpha": None if alpha is None or cell.number else _rounded(alpha, 6),
            }  # fmt: skip


def _told(score: Score) -> dict[str, Any]:
    if score.alike:
        words = f"{ALL}% or more" if score.favour else f"{NONE}% or less"
        return {"n": score.n, "favourable_pct": None, "mean": None, "status": "shown",
                "favourable": words}  # fmt: skip
    assert score.mean is not None
    return {
        "n": score.n, "favourable_pct": _rounded(score.favourable, 2),
        "mean": _rounded(score.mean, 4), "status": "shown",
    }  # fmt: skip


def _rounded(value: Fraction, digits: int) -> float:
    """Half up, once."""
    return floor(value * 10**digits + Fraction(1, 2)) / 10**digits
