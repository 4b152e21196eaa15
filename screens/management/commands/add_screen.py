from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from people.commands import ProductCommand
from screens.services.access import add_screen


class Command(ProductCommand):
    help = "Add an office screen and print the link to open on it once."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name")
        parser.add_argument("--place", default="")
        parser.add_argument("--language", default="en", choices=[c for c, _n in settings.LANGUAGES])

    def handle(self, **options) -> None:
        try:
            with transaction.atomic():
                screen, secret = add_screen(
                    options["name"], place=options["place"], language=options["language"],
                    by=self.account(options),
                )  # fmt: skip
        except IntegrityError:
            self.refuse(f"a screen named {options['name']} is known already")
        link = settings.BASE_URL + reverse("open-screen", args=[secret])
        if options["format"] == "json":
            self.write_json({"screen": screen.name, "link": link})
        else:
            self.stdout.write(f"Open this once on the screen: {link}")
