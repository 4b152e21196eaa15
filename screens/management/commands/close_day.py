from datetime import date

from django.utils import timezone

from cms.services.posting import post_day
from incentives.services.closing import CloseRefused, PoolRefused, close_day
from incentives.services.reading import as_csv, as_line
from people.commands import ProductCommand, day
from people.rules import days_between


class Command(ProductCommand):
    help = "Take the verdict of a day (or of a span of days) and post it. Safe to run again."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--date", type=day)
        parser.add_argument("--from", dest="first", type=day)
        parser.add_argument("--through", dest="last", type=day)
        parser.add_argument("--final", action="store_true", help="take the cut-off as passed")
        parser.add_argument("--no-post", action="store_true", help="do not post page and snapshot")

    def handle(self, **options) -> None:
        by = self.account(options)
        days = self._days(options)
        for each in self.each(days, "days closed") if len(days) > 1 else days:
            for line in self._close(each, by, options):
                if options["format"] == "json":
                    self.write_json(line)
                else:
                    self.stdout.write(as_csv(line))

    def _days(self, options: dict) -> list[date]:
        if options["date"] and not (options["first"] or options["last"]):
            return [options["date"]]
        if options["first"] and options["last"] and not options["date"]:
            if options["last"] < options["first"]:
                self.usage("--through is before --from")
            return days_between(options["first"], options["last"])
        return self.usage("give --date DATE, or --from DATE with --through DATE")

    def _close(self, each: date, by, options: dict) -> list[dict]:
        now = timezone.now()
        refusal = ""
        try:
            verdicts = close_day(
                each,
                by=by,
                now=now,
                final=options["final"],
                posting_withheld=bool(options["no_post"]),
            )
        except PoolRefused as refused:
            verdicts, refusal = refused.verdicts, str(refused)
        except CloseRefused as refused:
            self.refuse(f"{each}: {refused}")
        if not options["no_post"] and any(verdict.pk for verdict in verdicts):
            post_day(each, now=now)
        if refusal:
            for verdict in verdicts:
                self.stderr.write(as_csv(as_line(verdict)))
            self.refuse(f"{each}: {refusal}")
        nothing_due = not any(verdict.due for verdict in verdicts)
        return [as_line(verdict) for verdict in (verdicts[:1] if nothing_due else verdicts)]
