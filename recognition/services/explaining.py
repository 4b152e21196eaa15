"""What was noticed, in sentences that a person understands and in the reader's language."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.models import Employee
from recognition.models import FairPlayCase
from recognition.rules.fair_play.second_accounts import DEVICE, LOOK_ALIKE, MAIL, NAME
from recognition.services.notices import NAMED, listed

Kind = FairPlayCase.Kind
Facts = dict[str, Any]

MOST_NAMED = 10
SIGNS = {
    NAME: gettext_lazy("they have the same name"),
    LOOK_ALIKE: gettext_lazy("their names look the same, written with other letters"),
    MAIL: gettext_lazy("their mail arrives in one box"),
    DEVICE: gettext_lazy("both signed in on one device within minutes, and nobody else uses it"),
}


def explained(cases: Sequence[FairPlayCase]) -> dict[int, list[str]]:
    """By case, its sentences; in one query for all names."""
    ids = {pk for case in cases for pk in case.facts.get("members", ())}
    names = {each.pk: each.name for each in Employee.objects.filter(pk__in=ids)} if ids else {}
    return {case.pk: explanation(case, names) for case in cases}


def explanation(case: FairPlayCase, names: dict[int, str]) -> list[str]:
    """What was seen, what is usual, and what it may be instead."""
    if case.kind == Kind.REPORTED:
        what = _("a reply") if case.reply_id else _("a nomination")
        return [_("Somebody reported %(what)s. It is hidden until it is decided.") % {"what": what}]
    members = [names.get(pk, "–") for pk in case.facts["members"]]
    return SENTENCES[Kind(case.kind)](case.facts, _named(members))


def _named(members: list[str]) -> str:
    """“Ann, Bob and Cas”; of many, the first."""
    if len(members) > MOST_NAMED:
        return listed(members[:NAMED], len(members))
    return get_text_list(members, _("and"))


def _ring(facts: Facts, names: str) -> list[str]:
    return [
        _(
            "%(names)s gave %(inside)s of their %(given)s nominations to each other in twelve"
            " months. Of what they got, %(inside)s of %(received)s came from each other."
        )
        % {**facts, "names": names},
        _("Others in their departments give about %(n)s of 10 to as many colleagues.")
        % {"n": round(facts["usual_percent"] / 10)},
        _("It may be a team that works alone, with few others who see it."),
    ]


def _copied(facts: Facts, names: str) -> list[str]:
    told = ngettext(
        "%(count)s nomination by %(names)s tells the same story.",
        "%(count)s nominations by %(names)s tell nearly the same story: at least"
        " %(alike_percent)s%% of the text is the same.",
        facts["count"],
    )
    return [
        told % {**facts, "names": names},
        _("It may be several who tell of one event in words they agreed on."),
    ]


def _burst(facts: Facts, names: str) -> list[str]:
    first = timezone.localtime(datetime.fromisoformat(facts["first"]))
    lines = [
        _("%(names)s gave %(count)s nominations within six hours from %(first)s on.")
        % {
            "names": names,
            "count": facts["count"],
            "first": date_format(first, "SHORT_DATETIME_FORMAT"),
        },
        _("On other days on which they give, it is about %(usual)s together.")
        % {"usual": f"{facts['usual']:g}"},
    ]
    left = facts["days_left"]
    if left <= 14:
        text = ngettext(
            "The quarter ended %(n)s day later.", "The quarter ended %(n)s days later.", left
        )
        lines.append(text % {"n": left})
    return [*lines, _("It may be thanks after something that all of them took part in.")]


def _second_account(facts: Facts, names: str) -> list[str]:
    signs = "; ".join(str(SIGNS[sign]) for sign in facts["signs"])
    praised = ngettext(
        "There is %(count)s nomination between them.",
        "There are %(count)s nominations between them.",
        facts["count"],
    )
    return [
        _("Are %(names)s one person? %(signs)s.") % {"names": names, "signs": signs},
        praised % facts,
        _("Two people may have one name or share a computer: ask them before you decide."),
    ]


SENTENCES: dict[Kind, Callable[[Facts, str], list[str]]] = {
    Kind.PAIR: _ring,
    Kind.RING: _ring,
    Kind.COPIED: _copied,
    Kind.BURST: _burst,
    Kind.SECOND_ACCOUNT: _second_account,
}
