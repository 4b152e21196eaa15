"""What somebody wants to be called beside the name: said by that person alone."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import names
from people.models import Employee, User
from people.services import audit

LONGEST = 60


class NicknameRefused(Exception):
    """Nothing was changed; the message says why."""


@transaction.atomic
def call_oneself(employee: Employee, nickname: str, *, by: User, now: datetime) -> bool:
    """Another nickname, or none; False when it is as it was.

    Raises NicknameRefused for somebody else's, and for one that is no name, is too long, or that
    could be taken for a colleague's name.
    """
    if employee.user_id != by.pk:
        raise NicknameRefused(_("Only the person themself chooses the nickname."))
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    nickname, before = names.legible(nickname), employee.known_as
    if nickname == before:
        return False
    if nickname:
        _refuse_what_is_no_name(nickname)
        _refuse_what_looks_like_another(nickname, employee, now=now)
    employee.known_as = nickname
    employee.save(update_fields=["known_as", "search_text"])
    audit.record(
        "call_oneself", by=by, subject=f"employee:{employee.pk}", person=employee,
        before={"known_as": before}, after={"known_as": nickname},
    )  # fmt: skip
    return True


def _refuse_what_is_no_name(nickname: str) -> None:
    if len(nickname) > LONGEST:
        raise NicknameRefused(
            _("This nickname is longer than %(most)s characters.") % {"most": LONGEST}
        )
    if not names.is_a_name(nickname):
        raise NicknameRefused(_("A nickname needs a letter, and no pile of accents on one."))
    mixed = names.mixed_word(nickname)
    if mixed:
        raise NicknameRefused(
            _(
                "“%(word)s” mixes letters of different alphabets, so that it could pass for another"
                " name. Write each word in one alphabet."
            )
            % {"word": mixed}
        )


def _refuse_what_looks_like_another(nickname: str, employee: Employee, *, now: datetime) -> None:
    """One's own name is one's own, whoever else has it."""
    looks = names.looks_like(nickname) - {names.folded(employee.name)}
    colleagues = Employee.objects.here(timezone.localdate(now)).exclude(pk=employee.pk)
    other = colleagues.filter(sort_key__in=looks).first()
    if other:
        raise NicknameRefused(
            _("This could be taken for %(name)s, who works here too. Choose another nickname.")
            % {"name": other.name}
        )
