"""Somebody agrees to less: the name goes from every screen that can be asked, within a minute, and
the person is told when it has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from people.models import Employee
from people.services.consents import consent_of
from people.services.notices import Facts, Kind, tell
from people.services.retrying import retried
from screens.models import Contact, Withdrawal
from screens.services.current import NAMES_HOURS, showing
from screens.services.freshness import changed

SILENT = timedelta(minutes=2)
"""A screen that has not asked for so long has no network."""


def _text(facts: Facts) -> str:
    said = ngettext(
        "Your name has gone from %(n)s office screen, at %(at)s.",
        "Your name has gone from %(n)s office screens, at %(at)s.",
        facts["gone"],
    ) % {"n": facts["gone"], "at": facts["at"]}  # fmt: skip
    if not facts["silent"]:
        return said
    rest = ngettext(
        "%(n)s screen without network hides all names by %(by)s by itself.",
        "%(n)s screens without network hide all names by %(by)s by themselves.",
        facts["silent"],
    ) % {"n": facts["silent"], "by": facts["by"]}  # fmt: skip
    return f"{said} {rest}"


RECEIPT = Kind("screens_withdrawn", gettext_lazy("My name on office screens"), _text)


def follow_consent(employee: Employee) -> None:
    """In the transaction that changes the consent. Which screens show the name just now and may not
    any more is noted for the receipt."""
    changed()
    agreed = consent_of(employee).names
    on_glass = showing(employee.pk)
    screens = [each.screen_id for each in on_glass if each.screen.shown_to > agreed]
    if screens:
        Withdrawal.objects.create(employee=employee, at=timezone.now(), screens=screens)


def give_receipts(*, now: datetime) -> int:
    """Tell those whose name no screen shows any more that has been heard of since; returns how
    many."""
    waiting = Withdrawal.objects.filter(told_at=None).select_related("employee__user")
    return sum(_settle(withdrawal.pk, now=now) for withdrawal in waiting)


@retried
@transaction.atomic
def _settle(pk: int, *, now: datetime) -> bool:
    held = Withdrawal.objects.select_for_update(of=("self",)).select_related("employee__user")
    withdrawal = held.filter(pk=pk, told_at=None).first()
    if withdrawal is None:
        return False
    still = {contact.screen_id for contact in showing(withdrawal.employee_id)}
    silent = _silent(withdrawal.screens, withdrawal.at, now=now)
    if still.intersection(withdrawal.screens) - {contact.screen_id for contact in silent}:
        return False
    withdrawal.told_at = now
    withdrawal.save(update_fields=["told_at"])
    _tell(withdrawal, silent, now=now)
    return True


def _silent(screens: Sequence[int], since: datetime, *, now: datetime) -> list[Contact]:
    """Those that have not asked since then, and should have."""
    if now - since < SILENT:
        return []
    return list(Contact.objects.filter(screen__in=screens, seen_at__lte=since))


def _tell(withdrawal: Withdrawal, silent: Sequence[Contact], *, now: datetime) -> None:
    user = withdrawal.employee.user
    if user is None:
        return
    last = max((contact.seen_at for contact in silent), default=now)
    facts = {
        "gone": len(withdrawal.screens) - len(silent), "silent": len(silent),
        "at": _clock(now), "by": _clock(last + timedelta(hours=NAMES_HOURS)),
    }  # fmt: skip
    tell(user, RECEIPT, key=f"withdrawal:{withdrawal.pk}", facts=facts)


def _clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
