"""What taking one's praise back brings with it, said before and done as it was said."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import User
from people.money import money
from people.services.previews import Effects
from recognition.models import Award, Nomination, RewardLine
from recognition.services.nominating import withdraw


def what_comes_back(nomination: Nomination) -> Effects:
    """In lines for who takes it back."""
    lines = [
        _("Nobody reads this nomination any more, nor the cheers and replies to it."),
        _("It counts for how much you may give all the same."),
    ]
    return lines + what_awards_lose([nomination.pk])


def what_awards_lose(nomination_ids: Collection[int]) -> Effects:
    """When these nominations end: each award, and whose money goes back."""
    awards = Award.objects.filter(
        nomination__in=nomination_ids, state__in=(Award.State.PROPOSED, Award.State.GRANTED)
    )
    found = awards.select_related("level").prefetch_related("recipients__employee")
    return [line for award in found.order_by("pk") for line in _of_award(award)]


def _of_award(award: Award) -> Effects:
    level = {"level": award.level}
    if award.state == Award.State.PROPOSED:
        return [_("%(level)s is not decided on any more.") % level]
    paid = [each for each in award.recipients.all() if each.amount_minor]
    if not paid:
        return [_("%(level)s is taken back.") % level]
    lines = [
        _("%(level)s is taken back: %(amount)s from %(name)s go back to the budget.")
        % {**level, "amount": money(each.amount_minor, award.currency), "name": each.employee}
        for each in paid
    ]
    if RewardLine.objects.filter(recipient__award=award).exists():
        lines.append(_("Payroll has been told of it and is told to take it off again."))
    return lines


@transaction.atomic
def withdraw_and_say(nomination: Nomination, *, by: User, now: datetime, reason: str) -> Effects:
    """Withdraw it; returns what came back by that. Raises NominationRefused."""
    # Whoever raises it to an award locks it too: nothing comes between the lines and the act.
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    lines = what_comes_back(nomination)
    withdraw(nomination, by=by, now=now, reason=reason)
    return lines
