"""Cheers and short replies under a nomination. Only who reads it says something to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Employee, Membership, User
from people.services import audit
from people.services.consents import consents_of
from people.services.retrying import retried
from recognition.models import Cheer, Nomination, Nominee, Reply
from recognition.rules.stories import cleaned, without_names
from recognition.services.notices import tell_of_thanks
from recognition.services.visibility import Reader, Shown, readable

LONGEST = 280
AN_HOUR = 20
"""Replies of one person in an hour."""
MOST_REPLIES = 50
MOST_CHEERING = 50


class ReplyRefused(Exception):
    """Nothing was said or changed; the message says why."""


@dataclass(frozen=True)
class ShownReply:
    """A reply as a reader sees it: `by` is None for “a colleague”; `own` ones can be taken back."""

    reply: Reply
    by: Employee | None
    text: str
    own: bool


@dataclass(frozen=True)
class Cheering:
    """Who cheers: those who may be named to the reader, and how many more there are."""

    named: list[Employee]
    others: int


@retried
@transaction.atomic
def cheer(nomination: Nomination, reader: Reader, *, by: User, now: datetime) -> bool:
    """Cheer, or take one's cheer back; returns whether one cheers now. Raises ReplyRefused."""
    employee = _speaker(nomination, reader, by=by, now=now)
    if _is_concerned(nomination, employee):
        raise ReplyRefused(_("Those whom it is about do not cheer themselves."))
    taken_back, _rows = Cheer.objects.filter(nomination=nomination, employee=employee).delete()
    if not taken_back:
        Cheer.objects.create(nomination=nomination, employee=employee, made_at=now)
    audit.record(
        "take_back_cheer" if taken_back else "cheer", by=by, subject=f"nomination:{nomination.pk}",
        person=employee,
    )  # fmt: skip
    return not taken_back


@retried
@transaction.atomic
def reply(
    nomination: Nomination, reader: Reader, *, text: str, key: UUID, by: User, now: datetime
) -> Reply:
    """Say a few words; the same key again gives the same reply. From a nominee they are thanks.

    Raises ReplyRefused: empty or too long, too many in an hour, the key stands for another.
    """
    employee = _speaker(nomination, reader, by=by, now=now)
    text = cleaned(text)
    known = Reply.objects.filter(key=key).first()
    if known:
        if (known.nomination_id, known.employee_id, known.text) != (
            nomination.pk, employee.pk, text,
        ):  # fmt: skip
            raise ReplyRefused(
                _("This form was sent before with other words. Open the page again.")
            )
        return known
    _refuse_words(text)
    _refuse_beyond_limit(employee, now=now)
    made = Reply.objects.create(
        nomination=nomination, employee=employee, text=text, key=key, made_at=now,
        thanks=nomination.nominees.filter(employee=employee).exists(),
    )  # fmt: skip
    audit.record(
        "reply_to_praise", by=by, subject=f"nomination:{nomination.pk}", person=employee,
        after={"reply": made.pk},
    )  # fmt: skip
    tell_of_thanks(made)
    return made


@retried
@transaction.atomic
def withdraw_reply(said: Reply, *, by: User) -> Reply:
    """Take one's own words back. Raises ReplyRefused."""
    said = Reply.objects.select_for_update(of=("self",)).get(pk=said.pk)
    if said.employee.user_id != by.pk:
        raise ReplyRefused(_("Only who wrote a reply takes it back."))
    if said.state == Reply.State.WITHDRAWN:
        return said
    if said.state == Reply.State.REMOVED:
        raise ReplyRefused(_("This reply has been removed already."))
    said.state = Reply.State.WITHDRAWN
    said.save(update_fields=["state"])
    audit.record(
        "withdraw_reply", by=by, subject=f"nomination:{said.nomination_id}", person=said.employee,
        after={"reply": said.pk},
    )  # fmt: skip
    return said


def replies_to(
    shown: Shown, reader: Reader, *, before: int | None = None
) -> tuple[list[ShownReply], int | None]:
    """The newest replies, oldest of them first, and the number before which there are more.

    Who replies signs it, as who praises does; but a nominee who is not named to the reader is not
    named by a reply either.
    """
    found = shown.nomination.replies.filter(state=Reply.State.PUBLISHED)
    if before is not None:
        found = found.filter(pk__lt=before)
    newest = list(found.select_related("employee").order_by("-pk")[: MOST_REPLIES + 1])
    page = newest[:MOST_REPLIES][::-1]
    unnamed = _unnamed_nominees(shown)
    return (
        [
            ShownReply(
                each,
                None if each.employee_id in unnamed else each.employee,
                without_names(each.text, shown.hidden),
                each.employee_id == reader.employee_id,
            )
            for each in page
        ],
        page[0].pk if len(newest) > MOST_REPLIES else None,
    )


def _unnamed_nominees(shown: Shown) -> set[int]:
    named = {each.employee.pk for each in shown.nominees if each.employee}
    rows = Nominee.objects.filter(nomination=shown.nomination).exclude(employee__in=named)
    return set(rows.values_list("employee", flat=True))


def cheering_for(nomination: Nomination, reader: Reader, *, today: date) -> Cheering:
    """Who cheers: oneself, and those who agree to be named to the reader."""
    cheers = Cheer.objects.filter(nomination=nomination)
    people = [
        each.employee for each in cheers.select_related("employee").order_by("-pk")[:MOST_CHEERING]
    ]
    agreed = consents_of([each.pk for each in people])
    near = Membership.objects.on(today).filter(
        employee__in=people, department__in=reader.departments
    )
    colleagues = set(near.values_list("employee", flat=True))
    named = []
    for each in people:
        far = agreed[each.pk].names
        reached = far >= reader.audience or (far and each.pk in colleagues)
        if reader.sees_all or reached or each.pk == reader.employee_id:
            named.append(each)
    return Cheering(named, cheers.count() - len(named))


def _speaker(nomination: Nomination, reader: Reader, *, by: User, now: datetime) -> Employee:
    """Who says something, locked: limits and double sending are about one person."""
    employee = getattr(by, "employee", None)
    if employee is None or employee.erased_at or employee.has_left(on=timezone.localdate(now)):
        raise ReplyRefused(_("Only employees reply: this login belongs to none."))
    Employee.objects.select_for_update(of=("self",), no_key=True).get(pk=employee.pk)
    if not readable(reader).filter(pk=nomination.pk).exists():
        raise ReplyRefused(_("This nomination is not shown any more."))
    return employee


def _is_concerned(nomination: Nomination, employee: Employee) -> bool:
    concerned = Q(giver=employee) | Q(nominees__employee=employee)
    return Nomination.objects.filter(concerned, pk=nomination.pk).exists()


def _refuse_words(text: str) -> None:
    if not any(letter.isprintable() and not letter.isspace() for letter in text):
        raise ReplyRefused(_("Write a few words."))
    if len(text) > LONGEST:
        raise ReplyRefused(
            _("The reply has %(length)s characters; at most %(most)s fit. Shorten it.")
            % {"length": len(text), "most": LONGEST}
        )


def _refuse_beyond_limit(employee: Employee, *, now: datetime) -> None:
    lately = Reply.objects.filter(employee=employee, made_at__gt=now - timedelta(hours=1))
    if lately.count() >= AN_HOUR:
        raise ReplyRefused(
            _("You have replied %(most)s times in an hour; that is the most. Go on a little later.")
            % {"most": AN_HOUR}
        )
