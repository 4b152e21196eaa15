from people.import_command import ImportCommand


class Command(ImportCommand):
    help = "Import a card statement, all or nothing; each line counts once, whatever file it is in."
    kind = "card-lines"

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--currency", help="of its amounts, for example GBP")
