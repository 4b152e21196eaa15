"""What owners of actions are told: that one is theirs, and that its day is over."""

from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from people.dates import short_day
from people.models import User
from people.services.notices import Facts, Kind, News, Way, register, tell_all
from surveys.models import Action


def _said(facts: Facts) -> dict[str, str]:
    names = facts["names"]
    return {
        "poll": names.get(get_language() or "") or facts["name"],
        "day": short_day(date.fromisoformat(facts["due_on"])),
    }


def _given(facts: Facts) -> str:
    return _("An action after the poll “%(poll)s” is yours. It is due on %(day)s.") % _said(facts)


def _overdue(facts: Facts) -> str:
    return _(
        "Your action after the poll “%(poll)s” was due on %(day)s. Say how far it is."
    ) % _said(facts)  # fmt: skip


ACTION_GIVEN = Kind(
    "action-given", gettext_lazy("An action after a poll is yours"), _given, way=Way.AT_ONCE
)
ACTION_OVERDUE = Kind(
    "action-overdue", gettext_lazy("Your action after a poll is overdue"), _overdue
)
register(ACTION_GIVEN, ACTION_OVERDUE)


def tell_owner(action: Action, *, by: User) -> None:
    """Whoever was given it, unless they took it themselves or have no account."""
    user = action.owner.user
    if user and user != by:
        tell_all(ACTION_GIVEN, [_news(user, action, f"given:{action.owner_id}")])


def remind_of_overdue(*, now: datetime) -> int:
    """Tell each owner once of each day that passed; returns how many were told now."""
    today = timezone.localdate(now)
    late = Action.objects.overdue(today).filter(owner__user__isnull=False)
    return tell_all(
        ACTION_OVERDUE,
        [
            _news(action.owner.user, action, f"overdue:{action.owner_id}:{action.due_on}")
            for action in late.select_related("owner__user", "focus__wave")
            if action.owner.user and not action.owner.has_left(on=today)
        ],
    )


def _news(user: User, action: Action, what: str) -> News:
    wave = action.focus.wave
    facts = {"name": wave.name, "names": wave.names, "due_on": action.due_on.isoformat()}
    return News(user, f"action:{action.pk}:{what}", facts, reverse("action", args=[action.pk]))
