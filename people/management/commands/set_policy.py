from people.commands import ProductCommand, day
from people.services import policies


class Command(ProductCommand):
    help = "Set a dated policy: " + "; ".join(
        f"{name} ({form}; default {default})"
        for name, (default, _c, form) in policies.KNOWN.items()
    )

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", choices=sorted(policies.KNOWN))
        parser.add_argument("value")
        parser.add_argument("--from", dest="from_date", type=day, required=True)
        parser.add_argument("--reason", required=True)

    def handle(self, **options) -> None:
        try:
            policy = policies.set_policy(
                options["name"], options["value"], from_date=options["from_date"],
                reason=options["reason"], by=self.account(options),
            )  # fmt: skip
        except ValueError as error:
            self.refuse(str(error))
        if options["format"] == "json":
            self.write_json({"name": policy.name, "from": policy.from_date, "value": policy.value})
        else:
            self.stdout.write(f"{policy.name} is {policy.value} from {policy.from_date}")
