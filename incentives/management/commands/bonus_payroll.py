import os
from pathlib import Path

from django.db import transaction

from incentives.models import BonusRun, PayrollLayout
from incentives.services.eligibility import BonusRefused
from incentives.services.payroll import WRITERS, PayrollFile, export_payroll
from incentives.services.payroll_layouts import STANDARD, layout_named
from people.commands import ProductCommand


class Command(ProductCommand):
    help = "Write an approved bonus as a file for payroll, by one of its layouts."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("run", type=int, metavar="RUN")
        parser.add_argument("--output", type=Path, required=True, metavar="F", help=".csv or .xlsx")
        parser.add_argument("--layout", default=STANDARD, metavar="NAME")
        parser.add_argument(
            "--unconfirmed", action="store_true", help="only whom payroll has not confirmed yet"
        )

    def handle(self, **options) -> None:
        output, form = options["output"], options["output"].suffix.lower().removeprefix(".")
        if form not in WRITERS:
            self.usage(f"--output {output}: the name ends in .csv or .xlsx")
        run = BonusRun.objects.filter(pk=options["run"]).first()
        if run is None:
            self.refuse(f"{options['run']}: no such bonus run")
        layout = layout_named(options["layout"])
        if layout is None:
            self.refuse(f"--layout {options['layout']}: no such layout")
        try:
            made = self._written(run, layout, form, options)
        except BonusRefused as refused:
            self.refuse(str(refused))
        except OSError as error:
            self.refuse(f"{output}: {error.strerror}")
        self._say(made, output, options["format"])

    @transaction.atomic
    def _written(
        self, run: BonusRun, layout: PayrollLayout, form: str, options: dict
    ) -> PayrollFile:
        """A file that could not be written was not exported, and the log does not say so."""
        made = export_payroll(
            run, layout=layout, form=form, unconfirmed=options["unconfirmed"],
            by=self.account(options),
        )  # fmt: skip
        # For its owner alone, as it says who gets how much; never in the place of another file.
        handle = os.open(options["output"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(made.content)
        return made

    def _say(self, made: PayrollFile, output: Path, form: str) -> None:
        said = {
            "file": str(output), "people": made.people, "without_share": made.without_share,
            "sha256": made.sha256,
        }  # fmt: skip
        if form == "json":
            self.write_json(said)
            return
        for name, value in said.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {value}")
