"""Telling people of a poll: its second key's keeper, and, all alike, everybody invited.

Nothing here asks who has claimed: a reminder that knew would tell who has not.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from people.dates import moment
from people.models import AuditEntry, User
from people.services import audit
from people.services.notices import Facts, Kind, News, Way, register, tell, tell_all
from surveys.models import Wave


class RemindRefused(Exception):
    """Nobody was reminded; the message says why."""


def _name(names: Mapping[str, str]) -> str:
    return names.get(get_language() or "") or names[""]


def _time(iso: str) -> str:
    return moment(datetime.fromisoformat(iso))


def _invited(facts: Facts) -> str:
    return _(
        "You are invited to the poll “%(name)s”, open from %(from)s until %(until)s. Taking part is"
        " voluntary."
    ) % {
        "name": _name(facts["names"]),
        "from": _time(facts["from"]),
        "until": _time(facts["until"]),
    }


def _reminded(facts: Facts) -> str:
    return _(
        "The poll “%(name)s” is open until %(until)s. Everybody gets this reminder, whether they"
        " have taken part or not: we do not know."
    ) % {"name": _name(facts["names"]), "until": _time(facts["until"])}


def _holds(facts: Facts) -> str:
    return _("You are asked to keep the staff's key of the poll “%(name)s”: take it.") % {
        "name": _name(facts["names"])
    }


def _taken(facts: Facts) -> str:
    return _(
        "The staff's key of the poll “%(name)s” was taken with your account. If that was not you,"
        " tell HR before the launch: whoever has the code could read ballots together with HR."
    ) % {"name": _name(facts["names"])}


def _launched(facts: Facts) -> str:
    return _(
        "The poll “%(name)s” whose key you keep is launched. Keep the code safe until %(until)s."
    ) % {"name": _name(facts["names"]), "until": _time(facts["until"])}


INVITED = Kind("poll-invited", gettext_lazy("You are invited to a poll"), _invited, way=Way.AT_ONCE)
REMINDED = Kind(
    "poll-reminded", gettext_lazy("A poll is open"), _reminded, way=Way.AT_ONCE
)  # fmt: skip
HOLDS_KEY = Kind(
    "poll-key", gettext_lazy("You are asked to keep a poll's key"), _holds, way=Way.AT_ONCE
)
KEY_TAKEN = Kind(
    "poll-key-taken", gettext_lazy("The key of a poll that you keep was taken"), _taken,
    way=Way.AT_ONCE,
)  # fmt: skip
LAUNCHED = Kind(
    "poll-launched", gettext_lazy("A poll whose key you keep is launched"), _launched,
    way=Way.AT_ONCE,
)  # fmt: skip
register(INVITED, REMINDED, HOLDS_KEY, KEY_TAKEN, LAUNCHED)


def _facts(wave: Wave) -> dict[str, object]:
    facts: dict[str, object] = {"names": {"": wave.name, **wave.names}}
    if wave.opens_at and wave.closes_at:
        facts |= {"from": wave.opens_at.isoformat(), "until": wave.closes_at.isoformat()}
    return facts


def tell_holder(wave: Wave) -> None:
    """Whoever is named learns that the second key waits for them."""
    if wave.staff_holder:
        tell(
            wave.staff_holder, HOLDS_KEY, key=f"poll-key:{wave.code}", facts=_facts(wave),
            path=reverse("take-second-key", args=[wave.code]),
        )  # fmt: skip


def tell_key_taken(wave: Wave) -> None:
    """Every time, so that its keeper notices a stranger at their account while it can be mended."""
    assert wave.staff_holder
    assert wave.staff_key
    key = f"poll-key-taken:{wave.code}:{sha256(wave.staff_key).hexdigest()[:16]}"
    tell(wave.staff_holder, KEY_TAKEN, key=key, facts=_facts(wave))


def tell_invited(wave: Wave) -> int:
    """At the launch: everybody invited who has an account, and who keeps the second key. The link
    is to the first page, so that nothing but having read the notice is known."""
    assert wave.staff_holder
    tell(wave.staff_holder, LAUNCHED, key=f"poll-launched:{wave.code}", facts=_facts(wave))
    return _tell_all(wave, INVITED, key=f"poll-invited:{wave.code}")


@transaction.atomic
def remind(wave: Wave, *, by: User, now: datetime) -> int:
    """Everybody invited once more, at most once a day; returns how many. Who has claimed is never
    asked, and that a reminder was sent is known of the poll only. Raises RemindRefused."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    is_open = wave.opens_at and wave.closes_at and wave.opens_at <= now < wave.closes_at
    if wave.state != Wave.State.OPEN or not is_open:
        raise RemindRefused(_("This poll is not open."))
    if reminded_on(wave, now=now):
        raise RemindRefused(_("Everybody was reminded today. Once a day is enough."))
    day = timezone.localdate(now)
    count = _tell_all(wave, REMINDED, key=f"poll-reminded:{wave.code}:{day.isoformat()}")
    audit.record(
        "remind_of_poll", by=by, subject=f"poll:{wave.code}",
        after={"day": day.isoformat(), "told": count},
    )  # fmt: skip
    return count


def reminded_on(wave: Wave, *, now: datetime) -> bool:
    """Whether everybody was reminded on the day of `now`."""
    sent = AuditEntry.objects.filter(action="remind_of_poll", subject=f"poll:{wave.code}")
    return sent.filter(after__day=timezone.localdate(now).isoformat()).exists()


def _tell_all(wave: Wave, kind: Kind, *, key: str) -> int:
    facts, path = _facts(wave), reverse("today")
    invited = User.objects.filter(employee__invitations__wave=wave).order_by("pk")
    return tell_all(kind, (News(user, key, facts, path) for user in invited.iterator()))
