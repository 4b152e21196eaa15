"""Praise a colleague, and take one's own praise back."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Employee, Membership, ShownTo, User
from people.services import audit
from people.services.consents import Agreed, consents_of
from people.services.retrying import retried
from recognition.models import Behaviour, Nomination, Nominee
from recognition.rules import stories
from recognition.rules.limits import Beyond, beyond
from recognition.services.policies import terms_on
from recognition.services.rewards import take_back_awards
from recognition.signals import nomination_published

OLDEST = timedelta(days=366)
LONGEST_REFERENCE = 60


class NominationRefused(Exception):
    """Nothing was published or changed; `field` of the form is at fault, "" when none is."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Praise:
    """What somebody wants to tell. `key` is made with the form: sent twice it counts once."""

    key: UUID
    nominees: tuple[Employee, ...]
    story: str
    behaviour: Behaviour
    happened_on: date
    customer_reference: str = ""
    audience: ShownTo = ShownTo.STAFF


@retried
@transaction.atomic
def nominate(praise: Praise, *, by: User, now: datetime) -> Nomination:
    """Publish praise at once; the same key again gives the same nomination.

    Raises NominationRefused: nobody is named, oneself is, somebody has left, the story says
    nothing or too much, the day is to come, a limit is reached, the key stands for another.
    """
    giver = _giver(by, now=now)
    # The giver's row is the lock: limits are about what one giver gives.
    locked = Employee.objects.select_for_update(of=("self",), no_key=True).filter(pk=giver.pk)
    locked.order_by().values_list("pk").get()
    story = stories.cleaned(praise.story)
    known = Nomination.objects.filter(key=praise.key).first()
    if known:
        return _same(known, praise, giver=giver, story=story)
    today = timezone.localdate(now)
    _refuse_what_can_never_be(praise, giver=giver, story=story, today=today)
    _refuse_beyond_limits(praise, giver=giver, today=today, now=now)
    nomination = _publish(praise, giver=giver, story=story, now=now)
    audit.record(
        "nominate", by=by, subject=f"nomination:{nomination.pk}", person=giver,
        after={"nominees": [each.pk for each in praise.nominees], "audience": praise.audience.name},
    )  # fmt: skip
    transaction.on_commit(lambda: nomination_published.send(sender=Nomination), robust=True)
    return nomination


def _giver(by: User, *, now: datetime) -> Employee:
    giver = getattr(by, "employee", None)
    if giver is None or giver.erased_at or giver.has_left(on=timezone.localdate(now)):
        raise NominationRefused(_("Only employees nominate: this login belongs to none."))
    return giver


def _same(known: Nomination, praise: Praise, *, giver: Employee, story: str) -> Nomination:
    named = set(known.nominees.values_list("employee", flat=True))
    if (known.giver_id, known.story, named) != (
        giver.pk, story, {each.pk for each in praise.nominees},
    ):  # fmt: skip
        raise NominationRefused(
            _("This form was sent before with another content. Open a new one.")
        )
    if known.state in (Nomination.State.WITHDRAWN, Nomination.State.REMOVED):
        raise NominationRefused(
            _("This nomination was published before and has ended since. Open a new form.")
        )
    return known


def _refuse_what_can_never_be(praise: Praise, *, giver: Employee, story: str, today: date) -> None:
    if not praise.nominees:
        raise NominationRefused(_("Choose at least one colleague."), "nominees")
    for each in praise.nominees:
        if each.pk == giver.pk or (each.user_id and each.user_id == giver.user_id):
            raise NominationRefused(_("Nobody nominates themself."), "nominees")
        if each.erased_at or each.has_left(on=today):
            raise NominationRefused(
                _("%(name)s does not work here any more.") % {"name": each}, "nominees"
            )
    if len(story) > stories.LONGEST:
        raise NominationRefused(
            _("The story has %(length)s characters; at most %(most)s fit. Shorten it.")
            % {"length": len(story), "most": stories.LONGEST},
            "story",
        )
    if not stories.is_a_sentence(story):
        raise NominationRefused(
            _("Tell in at least a sentence what they did, and for whom."), "story"
        )
    if not today - OLDEST <= praise.happened_on <= today:
        raise NominationRefused(
            _("Choose a day of the last twelve months, today at the latest."), "happened_on"
        )
    if len(praise.customer_reference) > LONGEST_REFERENCE:
        raise NominationRefused(
            _("A customer's reference has at most %(most)s characters.")
            % {"most": LONGEST_REFERENCE},
            "customer_reference",
        )
    if praise.behaviour.retired_on and praise.behaviour.retired_on <= today:
        raise NominationRefused(_("Choose what they did from the list."), "behaviour")


def _refuse_beyond_limits(praise: Praise, *, giver: Employee, today: date, now: datetime) -> None:
    limits = terms_on(today).limits
    since = now - timedelta(days=limits.giver_days)
    since_for_pair = now - timedelta(days=limits.pair_days)
    people = {each.pk: each for each in praise.nominees}
    before = Nominee.objects.filter(
        nomination__giver=giver, nomination__published_at__gt=min(since, since_for_pair)
    )
    # What the limits themselves keep small, read once for both.
    rows = list(before.order_by().values_list("nomination", "nomination__published_at", "employee"))
    lately = Counter(employee for _pk, at, employee in rows if at > since_for_pair)
    found = beyond(
        limits, given=len({pk for pk, at, _employee in rows if at > since}),
        to_each={pk: lately[pk] for pk in people},
    )  # fmt: skip
    if found:
        raise NominationRefused(_beyond_in_words(found, people), "nominees")


def _beyond_in_words(found: Beyond, people: dict[int, Employee]) -> str:
    if found.limit == "nominees":
        text = ngettext(
            "A nomination names at most %(most)s colleague.",
            "A nomination names at most %(most)s colleagues.",
            found.most,
        )
        return text % {"most": found.most}
    if found.limit == "giver":
        text = ngettext(
            "You have given %(most)s nomination in %(days)s days; that is the most for now."
            " Your text is kept here: send it in a few days.",
            "You have given %(most)s nominations in %(days)s days; that is the most for now."
            " Your text is kept here: send it in a few days.",
            found.most,
        )
        return text % {"most": found.most, "days": found.days}
    text = ngettext(
        "You have praised %(name)s %(most)s time in %(days)s days; that is the most for now.",
        "You have praised %(name)s %(most)s times in %(days)s days; that is the most for now.",
        found.most,
    )
    return text % {"name": people[found.whom or 0], "most": found.most, "days": found.days}


def _publish(praise: Praise, *, giver: Employee, story: str, now: datetime) -> Nomination:
    today = timezone.localdate(now)
    named = {each.pk for each in praise.nominees}
    places = Membership.objects.on(today).filter(employee__in=[*named, giver.pk])
    departments = dict(places.values_list("employee", "department"))
    nomination = Nomination.objects.create(
        key=praise.key, giver=giver, giver_department_id=departments.get(giver.pk), story=story,
        behaviour=praise.behaviour, customer_reference=praise.customer_reference.strip(),
        happened_on=praise.happened_on, audience=praise.audience,
        shown_to=how_far(praise.audience, named), published_at=now, published_on=today,
    )  # fmt: skip
    Nominee.objects.bulk_create(
        Nominee(nomination=nomination, employee_id=pk, department_id=departments.get(pk))
        for pk in sorted(named)
    )
    return nomination


def how_far(audience: ShownTo, employee_ids: Collection[int]) -> ShownTo:
    """How far praise is shown: as its giver chose, but where at least one of those whom it names
    agrees to be named there."""
    return as_far_as(audience, consents_of(employee_ids).values())


def as_far_as(audience: ShownTo, agreed: Iterable[Agreed]) -> ShownTo:
    """The giver's choice and what those named agree to, both."""
    return min(audience, max(each.names for each in agreed))


@retried
@transaction.atomic
def withdraw(nomination: Nomination, *, by: User, now: datetime, reason: str = "") -> Nomination:
    """Take one's own praise back, and with it what it was awarded. Raises NominationRefused."""
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    if nomination.giver.user_id != by.pk:
        raise NominationRefused(_("Only who gave a nomination withdraws it."))
    if nomination.state == Nomination.State.WITHDRAWN:
        return nomination
    if nomination.state == Nomination.State.REMOVED:
        raise NominationRefused(_("This nomination has been removed already."))
    end(nomination, Nomination.State.WITHDRAWN, by=by, now=now, reason=reason)
    audit.record(
        "withdraw_nomination", by=by, subject=f"nomination:{nomination.pk}",
        person=nomination.giver, why=reason,
    )  # fmt: skip
    return nomination


def end(
    nomination: Nomination, state: Nomination.State, *, by: User, now: datetime, reason: str
) -> None:
    """Withdrawn or removed: nobody sees it any more, and its awards' money comes back, once.

    The nomination is locked by the caller.
    """
    nomination.state, nomination.end_reason = state, reason
    nomination.ended_by, nomination.ended_at = by, now
    nomination.save(update_fields=["state", "end_reason", "ended_by", "ended_at"])
    take_back_awards(nomination, by=by, now=now, why=reason or str(state.label))
