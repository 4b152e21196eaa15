from incentives.rules import Unreported
from incentives.services.backtesting import NothingToTest, back_test
from incentives.services.figure_imports import read_targets_file
from people.commands import ProductCommand, day
from people.import_command import add_reading_arguments, options_from, read_file
from people.services.importing import ImportRefused
from people.tabular import TableError


class Command(ProductCommand):
    help = "How often would these targets have been met, and how often would the pool have paid?"
    writes = False

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        add_reading_arguments(parser)
        parser.add_argument("--from", dest="first", type=day)
        parser.add_argument("--through", dest="last", type=day)
        parser.add_argument("--unreported", choices=list(Unreported), default=Unreported.MISSED)
        parser.add_argument("--ignore-dates", action="store_true")

    def handle(self, **options) -> None:
        path = options["file"]
        try:
            targets = read_targets_file(
                read_file(path), filename=path.name, options=options_from(options)
            )
            test = back_test(
                targets,
                first=options["first"],
                last=options["last"],
                unreported=options["unreported"],
                ignore_dates=options["ignore_dates"],
            )
        except (ImportRefused, TableError, NothingToTest) as refused:
            self.refuse(f"{path}: {refused}")
        if options["format"] == "json":
            self.write_json(test.as_json())
            return
        for target, days, met in test.targets:
            self.stdout.write(
                f"{target.department.code} {target.metric.code}: {met} of {days} days"
            )
        for threshold, days in test.hits.items():
            self.stdout.write(f"{threshold}% of goals: {days} of {test.days} days")
