from pathlib import Path

from incentives.models import BonusRun
from incentives.services.eligibility import BonusRefused
from incentives.services.replaying import hand_out_replay
from people.commands import ProductCommand


class Command(ProductCommand):
    help = "Write the replay file of a bonus run, from which docs/replay/replay.py recomputes it."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("run", type=int)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")

    def handle(self, **options) -> None:
        run = BonusRun.objects.select_related("pool").filter(pk=options["run"]).first()
        if run is None:
            self.refuse(f"{options['run']}: no such run")
        output: Path = options["output"]
        # Under another name until it is whole, so that no half file is taken for one.
        unfinished = output.with_name(output.name + ".part")
        try:
            with unfinished.open("w", encoding="utf-8", newline="\n") as file:
                for line in hand_out_replay(run, by=self.account(options)):
                    file.write(line)
            unfinished.replace(output)
        except (BonusRefused, OSError) as refused:
            unfinished.unlink(missing_ok=True)
            self.refuse(str(refused))
        said = {"run": run.pk, "file": str(output), "bytes": output.stat().st_size}
        if options["format"] == "json":
            self.write_json(said)
        else:
            self.stdout.write(f"{output}: {said['bytes']} bytes")
