"""What this app keeps about a person, and what it forgets when somebody is erased."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from people.models import Employee
from people.services.personal import Part, Row, as_row, rows_of
from recognition.models import (
    Award,
    AwardRecipient,
    BudgetGrant,
    CaseStep,
    Cheer,
    FairPlayCase,
    FeedToken,
    Nomination,
    Nominee,
    PanelMember,
    RecognitionPolicy,
    ReminderPutOff,
    Reply,
    RewardExport,
    RewardLine,
    Vote,
    Webhook,
)
from recognition.rules.stories import without_names
from recognition.services.notices import forget_told

EMPTIED = "–"


def _praise_received(employee: Employee) -> list[Row]:
    found = Nomination.objects.filter(nominees__employee=employee).order_by("pk")
    return [as_row(each, without=("key", "told_at")) for each in found.select_related("behaviour")]


def _steps(employee: Employee) -> list[Row]:
    """What somebody did in cases of fair play, in their own words."""
    made = CaseStep.objects.filter(made_by__employee=employee).order_by("pk")
    return [as_row(each, without=("case",)) for each in made]


def _cases(employee: Employee) -> list[Row]:
    """What is or was held against the person, without who reported it."""
    return [
        {
            "kind": case.kind, "state": case.state, "opened_at": case.opened_at.isoformat(),
            "steps": [
                {"what": step.what, "reason": step.reason, "at": step.made_at.isoformat()}
                for step in case.steps.exclude(what=CaseStep.What.REPORTED)
            ],
        }
        # A pattern on which nobody has acted is held against nobody.
        for case in FairPlayCase.objects.filter(people=employee)
        .exclude(state=FairPlayCase.State.OPEN)
        .order_by("pk")
    ]  # fmt: skip


PARTS = (
    rows_of("praise-given", _("Nominations given"), Nomination, "giver", without=("told_at",)),
    Part("praise-received", _("Nominations received"), _praise_received,
         frozenset({"recognition.Nominee.employee"})),
    rows_of("praise-ended", _("Nominations withdrawn or removed"), Nomination, "ended_by",
            without=("story", "told_at")),
    rows_of("cheers", _("Cheers"), Cheer, "employee"),
    rows_of("replies", _("Replies to praise"), Reply, "employee"),
    rows_of("feeds", _("Feeds of the wall"), FeedToken, "user", without=("sha256",)),
    rows_of("awards", _("Awards won"), AwardRecipient, "employee"),
    rows_of("awards-raised", _("Awards raised or decided"), Award, "raised_by", "decided_by"),
    rows_of("panels", _("Seats on panels"), PanelMember, "employee"),
    rows_of("votes", _("Votes on awards"), Vote, "member"),
    rows_of("recognition-money", _("Recognition budgets funded"), BudgetGrant, "made_by"),
    rows_of("reward-files", _("Files of rewards made"), RewardExport, "made_by"),
    rows_of("webhooks", _("Webhooks made"), Webhook, "made_by",
            without=("sealed_url", "sealed_secret", "sealed_old_secret")),
    rows_of("recognition-rules", _("Rules of recognition set"), RecognitionPolicy, "made_by"),
    rows_of("reminders-put-off", _("Reminders of colleagues put off"), ReminderPutOff, "user"),
    # Who put it off is the other's value.
    rows_of("reminders-of-me", _("Reminders of you that were put off"), ReminderPutOff, "employee",
            without=("user",)),
    Part("fair-play", _("Cases of fair play"), _cases,
         frozenset({"recognition.FairPlayCase.people"})),
    rows_of("fair-play-decided", _("Cases of fair play decided"), FairPlayCase, "decided_by",
            without=("facts",)),
    Part("fair-play-steps", _("Steps in cases of fair play"), _steps,
         frozenset({"recognition.CaseStep.made_by"})),
)  # fmt: skip


def forget(employee: Employee, called: tuple[str, ...]) -> None:
    """What an erased person wrote, and stories about that person alone; out of what others wrote
    where they are praised their name is taken."""
    forget_told(employee)
    _empty(Nomination.objects.filter(giver=employee))
    of_others = Nominee.objects.exclude(employee=employee).values("nomination")
    about = Nomination.objects.filter(nominees__employee=employee)
    _empty(about.exclude(pk__in=of_others))
    Reply.objects.filter(employee=employee).update(text=EMPTIED)
    RewardLine.objects.filter(recipient__employee=employee).update(name=employee.name)
    praise = Nomination.objects.filter(Q(giver=employee) | Q(pk__in=about.values("pk")))
    _take_out(praise, ("story", "customer_reference", "end_reason"), called)
    _take_out(Reply.objects.filter(nomination__in=praise), ("text",), called)
    _take_out(Award.objects.filter(nomination__in=praise), ("reason",), called)
    own = Q(employee=employee) | Q(user__employee=employee)
    ReminderPutOff.objects.filter(own).delete()
    FeedToken.objects.filter(user__employee=employee).delete()


def _empty(nominations: QuerySet[Nomination]) -> None:
    keys = list(nominations.values_list("pk", flat=True))
    Nomination.objects.filter(pk__in=keys).update(story=EMPTIED, customer_reference="")


def _take_out(rows: QuerySet[Any], fields: tuple[str, ...], called: tuple[str, ...]) -> None:
    """Hide what somebody was called in these texts."""
    for row in rows:
        found = {name: without_names(getattr(row, name), called) for name in fields}
        changed = [name for name, text in found.items() if text != getattr(row, name)]
        for name in changed:
            setattr(row, name, found[name])
        if changed:
            row.save(update_fields=changed)
