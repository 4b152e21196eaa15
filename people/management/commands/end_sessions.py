from people.commands import ProductCommand
from people.services.sessions import end_everybodys_sessions, end_sessions


class Command(ProductCommand):
    help = "Sign somebody out everywhere, or everybody."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--login", metavar="LOGIN")
        whose.add_argument("--everybody", action="store_true")

    def handle(self, **options) -> None:
        by = self.account(options)
        if options["everybody"]:
            ended = end_everybodys_sessions(by=by)
        else:
            ended = end_sessions(self.login(options["login"], "--login"), by=by)
        if options["format"] == "json":
            self.write_json({"ended": ended})
        else:
            self.stdout.write(f"{ended} sessions ended")
