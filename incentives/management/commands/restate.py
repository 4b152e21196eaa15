from django.utils import timezone

from incentives.models import Metric, Restatement
from incentives.services.figure_imports import as_figure
from incentives.services.restatement_effects import effects_on_people, in_total
from incentives.services.restating import Correction, RestateRefused, preview, propose
from people.commands import ProductCommand, day
from people.models import Department


class Command(ProductCommand):
    help = "Correct a final day: a figure, a target in force or an excuse. Look first: --dry-run."

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("date", type=day)
        parser.add_argument("--department", required=True)
        parser.add_argument("--metric", required=True)
        kinds = parser.add_mutually_exclusive_group(required=True)
        kinds.add_argument("--value")
        kinds.add_argument("--target")
        kinds.add_argument("--excuse", action="store_true")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--approved-by", metavar="LOGIN")

    def handle(self, **options) -> None:
        by = self.account(options)
        approved_by = None
        if options["approved_by"]:
            approved_by = self.login(options["approved_by"], "--approved-by")
            if approved_by.pk == by.pk:
                self.refuse("--approved-by: who proposes does not approve")
            if not approved_by.has_perm("incentives.approve_restatement"):
                self.refuse(
                    f"--approved-by {options['approved_by']}: needs the role finance or executive"
                )
        correction = self._correction(options)
        try:
            if options["dry_run"]:
                people = in_total(effects_on_people(correction, by=by, now=timezone.now()))
                answer = {"status": "preview", **preview(correction, by=by), "people": people}
            else:
                made = propose(
                    correction, reason=options["reason"], by=by, now=timezone.now(),
                    approved_by=approved_by,
                )  # fmt: skip
                answer = {"status": str(made.state), "restatement": made.pk, **made.preview}
        except RestateRefused as refused:
            self.refuse(str(refused))
        self._say(answer, options["format"])

    def _correction(self, options: dict) -> Correction:
        department = Department.objects.filter(code__iexact=options["department"]).first()
        if department is None:
            self.refuse(f"--department {options['department']}: no such department")
        metric = Metric.objects.filter(code__iexact=options["metric"]).first()
        if metric is None:
            self.refuse(f"--metric {options['metric']}: no such metric")
        if options["excuse"]:
            return Correction(options["date"], department, metric, Restatement.Kind.EXCUSE)
        flag = "value" if options["value"] is not None else "target"
        try:
            new = as_figure(options[flag], metric)
        except ValueError as error:
            self.refuse(f"--{flag} {options[flag]}: {error}")
        if new is None:
            self.refuse(f"--{flag}: is empty")
        return Correction(options["date"], department, metric, Restatement.Kind(flag), new)

    def _say(self, answer: dict, form: str) -> None:
        if form == "json":
            self.write_json(answer)
            return
        self.stdout.write(answer["status"].replace("_", " "))
        for verdict in answer["verdicts"]:
            name = verdict["pool"] or "company"
            for when in ("before", "after"):
                v = verdict[when]
                self.stdout.write(
                    f"  {name} {when}: {v['met']} of {v['counted']} met, {v['needed']} needed,"
                    f" hit {v['hit']}, {v['contribution_minor']} {v['currency']} minor units"
                )
        for pool in answer.get("people", {}).get("pools", []):
            self.stdout.write(
                f"  {pool['pool']} {pool['year']}: {pool['changed']} people's bonus changes,"
                f" {pool['gain_minor']} gained and {pool['loss_minor']} lost"
                f" {pool['currency']} minor units{' (decided: it stays)' * pool['decided']}"
            )
