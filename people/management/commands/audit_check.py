import re

from people.commands import ProductCommand
from people.services.audit_chain import verify


class Command(ProductCommand):
    help = "Compute the log's chain anew. Exit 1 when something was altered, removed or slipped in."
    writes = False

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--witness", default="", metavar="SHA", help="an earlier head: it must still be there"
        )

    def handle(self, **options) -> None:
        witness = options["witness"].strip().lower()
        if witness and not re.fullmatch("[0-9a-f]{64}", witness):
            self.usage("--witness: give the 64 hexadecimal digits that an earlier check printed")
        report = verify(witness=witness)
        if options["format"] == "json":
            self.write_json(report.as_json())
        else:
            for fault in report.faults:
                self.stdout.write(f"- {fault}")
            self.stdout.write(
                f"{report.entries} entries under {report.links} links:"
                f" {'in order' if report.ok else f'{len(report.faults)} faults'}"
            )
            self.stdout.write(f"head: {report.head or 'none yet'}")
        if not report.ok:
            raise SystemExit(1)
