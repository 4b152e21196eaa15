from pathlib import Path

from incentives.models import BonusRun
from incentives.services.eligibility import BonusRefused
from incentives.services.statement_files import BUNDLE, Written, write_statements
from people.commands import ProductCommand


class Command(ProductCommand):
    help = "A statement as PDF for each person of an approved bonus run, and one bundle for print."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("run", type=int, help="the run's number, as bonus_run prints it")
        parser.add_argument("--output", type=Path, required=True, metavar="DIR")

    def handle(self, **options) -> None:
        by, folder = self.account(options), options["output"]
        run = BonusRun.objects.select_related("pool").filter(pk=options["run"]).first()
        if run is None:
            self.refuse(f"{options['run']}: no such bonus run")
        try:
            written = write_statements(run, folder, by=by, progress=self._progress)
        except BonusRefused as refused:
            self.refuse(f"run {run.pk}: {refused}")
        except OSError as error:
            self.refuse(f"--output {folder}: {error.strerror}")
        self._say(run, written, folder, options["format"])
        if written.missing:
            self.refuse("; ".join(f"{each.number}: {each.message}" for each in written.missing))

    def _progress(self, done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            self.progress(done, total, "statements")

    def _say(self, run: BonusRun, written: Written, folder: Path, form: str) -> None:
        if form == "json":
            missing = [
                {"employee": each.number, "characters": each.characters} for each in written.missing
            ]
            self.write_json(
                {
                    "run": run.pk, "statements": written.statements,
                    "bundle": str(folder / BUNDLE), "missing": missing,
                }
            )  # fmt: skip
            return
        self.stdout.write(f"{written.statements} statements and {BUNDLE} in {folder}")
