"""What a bonus run's page leads to: each subject adds the address of its own page here."""

from collections.abc import Callable
from dataclasses import dataclass

import rules
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incentives.models import BonusRun
from people.models import User


@dataclass(frozen=True)
class RunLink:
    """The name of an address that takes the run's number, who may open it, and for which runs."""

    name: str
    text: str | Promise
    needs: str
    fits: Callable[[BonusRun], bool] = lambda _run: True


LINKS = (
    RunLink("bonus-run-people", _("People and their shares"), "incentives.see_bonus_of_people"),
    RunLink("statements-of-run", _("Statements"), "incentives.run_bonus", BonusRun.is_decided),
    RunLink("bonus-replay", _("Replay file"), "incentives.see_replay"),
    RunLink("payroll", _("For payroll"), "incentives.run_bonus", BonusRun.is_decided),
)


def links_of(run: BonusRun, *, user: User) -> list[tuple[str, str | Promise]]:
    """(address, text) of what this person may open of this run."""
    return [
        (reverse(link.name, args=[run.pk]), link.text)
        for link in LINKS
        if rules.has_perm(link.needs, user) and link.fits(run)
    ]
