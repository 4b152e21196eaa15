from django.conf import settings
from django.utils import timezone

from people.commands import ProductCommand
from screens.models import Playlist, Screen
from screens.services.pairing import PairingRefused, approve, waiting_pairing


class Command(ProductCommand):
    help = "Approve the code that a new office screen shows; a name that is known gets the device."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code")
        parser.add_argument("name")
        parser.add_argument("--place", default="")
        parser.add_argument("--language", default="en", choices=[c for c, _n in settings.LANGUAGES])

    def handle(self, **options) -> None:
        now = timezone.now()
        pairing = waiting_pairing(options["code"], now=now)
        if pairing is None:
            self.refuse(f"{options['code']}: no screen shows this code now; look at it again")
        screen = Screen.objects.filter(name=options["name"]).first() or Screen(
            name=options["name"],
            place=options["place"],
            languages=options["language"],
            playlist=Playlist.objects.filter(live=True).order_by("pk").first(),
        )
        try:
            approve(pairing, screen, by=self.account(options), now=now)
        except PairingRefused as refused:
            self.refuse(f"{options['code']}: {refused}")
        if options["format"] == "json":
            self.write_json({"screen": screen.name, "place": screen.place})
        else:
            self.stdout.write(f"{screen.name} begins to show within seconds.")
