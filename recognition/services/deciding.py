"""What HR can do in a case, what that brings with it, and doing it as it was shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.models import User
from people.services.previews import Effects, digest_of
from recognition.models import FairPlayCase, Nomination
from recognition.services import fair_play
from recognition.services.withdrawing import what_awards_lose

State = FairPlayCase.State


@dataclass(frozen=True)
class Act:
    """One of the things to do in a case; `effects` are those on the case as it stands."""

    code: str
    title: Promise | str
    states: frozenset[str]
    effects: Callable[[FairPlayCase], Effects]
    do: Callable[..., Any]
    final: bool = False
    """Whether it takes praise away that stood there."""


def _count(case: FairPlayCase, *states: str) -> int:
    return case.nominations.filter(state__in=states).count()


def _tells(case: FairPlayCase) -> str:
    n = case.people.count()
    return ngettext(
        "%(n)s person concerned is told, and reads your reason.",
        "%(n)s people concerned are told, and read your reason.",
        n,
    ) % {"n": n}


def _warning(case: FairPlayCase) -> Effects:
    return [_("Nothing is hidden, and nobody loses anything."), _tells(case)]


def _holding(case: FairPlayCase) -> Effects:
    n = _count(case, Nomination.State.PUBLISHED)
    hidden = ngettext(
        "%(n)s nomination is hidden until it is decided, and its awards wait.",
        "%(n)s nominations are hidden until it is decided, and their awards wait.",
        n,
    )
    return [hidden % {"n": n}, _tells(case)]


def _clearing(case: FairPlayCase) -> Effects:
    n = _count(case, Nomination.State.HELD)
    shown = ngettext(
        "%(n)s hidden nomination is shown again, unless another case holds it.",
        "%(n)s hidden nominations are shown again, unless another case holds them.",
        n,
    )
    lines = [shown % {"n": n}] if n else []
    if case.reply_id and case.state == State.HELD:
        lines.append(_("The reply is shown again."))
    return [*lines, _("The case is closed: nothing is wrong."), _tells(case)]


def _removing(case: FairPlayCase) -> Effects:
    held = case.nominations.filter(state=Nomination.State.HELD)
    n = held.count()
    removed = ngettext(
        "%(n)s nomination is removed and counts for nothing any more.",
        "%(n)s nominations are removed and count for nothing any more.",
        n,
    )
    lines = [removed % {"n": n}] if n else []
    if case.reply_id:
        lines.append(_("The reply is removed."))
    lines += what_awards_lose(list(held.values_list("pk", flat=True)))
    return [*lines, _tells(case), _("They can appeal; somebody else than you decides that.")]


def _restoring(case: FairPlayCase) -> Effects:
    n = fair_play.restorable(case).count()
    shown = ngettext(
        "%(n)s nomination is shown and counts again.",
        "%(n)s nominations are shown and count again.",
        n,
    )
    lines = [shown % {"n": n}] if n else []
    if case.reply_id:
        lines.append(_("The reply is shown again."))
    again = _("Awards that were taken back are not given again by this: raise them anew.")
    return [*lines, again, _tells(case)]


def _upholding(case: FairPlayCase) -> Effects:
    return [_("What was removed stays removed. There is no second appeal."), _tells(case)]


def _decide(*, restore: bool) -> Callable[..., Any]:
    def do(case: FairPlayCase, **said: Any) -> FairPlayCase:
        return fair_play.decide_appeal(case, restore=restore, **said)

    return do


ACTS = (
    Act("warn", gettext_lazy("Warn"), frozenset({State.OPEN}), _warning, fair_play.warn),
    Act("hold", gettext_lazy("Hide until decided"), frozenset({State.OPEN, State.WARNED}),
        _holding, fair_play.hold),
    Act("clear", gettext_lazy("Nothing is wrong"),
        frozenset({State.OPEN, State.WARNED, State.HELD}), _clearing, fair_play.clear),
    Act("remove", gettext_lazy("Remove"), frozenset({State.HELD}), _removing, fair_play.remove,
        final=True),
    Act("restore", gettext_lazy("Restore"), frozenset({State.APPEALED}), _restoring,
        _decide(restore=True)),
    Act("uphold", gettext_lazy("Confirm the removal"), frozenset({State.APPEALED}), _upholding,
        _decide(restore=False), final=True),
)  # fmt: skip
BY_CODE = {act.code: act for act in ACTS}


def digest_for(act: Act, case: FairPlayCase) -> str:
    """Of what is shown: what has changed since is looked at again."""
    return digest_of(act.effects(case))


def acts_for(case: FairPlayCase) -> list[Act]:
    return [act for act in ACTS if case.state in act.states]


@transaction.atomic
def decide_and_say(
    case: FairPlayCase, act: Act, *, reason: str, by: User, now: datetime
) -> Effects:
    """Do it; returns what came of it. Raises FairPlayRefused."""
    # Held from here on: nothing comes between the lines and the act.
    case = FairPlayCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    lines = act.effects(case)
    act.do(case, reason=reason, by=by, now=now)
    return lines
