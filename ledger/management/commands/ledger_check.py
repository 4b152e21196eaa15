from ledger.services.checking import check_ledger
from people.commands import ProductCommand


class Command(ProductCommand):
    help = "Count the ledger again: sums, floors, keys, days and guards. Exit 1 when not in order."
    writes = False

    def handle(self, **options) -> None:
        report = check_ledger()
        if options["format"] == "json":
            self.write_json(report.as_json())
        else:
            for problem in report.problems:
                self.stdout.write(f"- {problem}")
            self.stdout.write(
                f"{report.transfers} transfers between {report.accounts} accounts:"
                f" {'in order' if report.ok else f'{len(report.problems)} problems'}"
            )
        if not report.ok:
            raise SystemExit(1)
