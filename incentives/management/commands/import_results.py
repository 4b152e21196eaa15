from people.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import figures from a file in any of the forms people send, all or nothing."
    kind = "results"

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--accept-implausible", metavar="REASON")
