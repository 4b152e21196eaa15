"""What people are told of praise, awards and cases of fair play.

A mail carries a link and one sentence, never the story, and names only whom its reader sees named
anyway: the giver to those praised, own people to their leads.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.models import Employee, Notice, Role, User
from people.services.notices import Facts, Kind, News, Way, register, tell_all
from people.services.recipients import holders_of
from recognition.models import (
    Award,
    AwardLevel,
    AwardRecipient,
    Behaviour,
    CaseStep,
    FairPlayCase,
    Nomination,
    Reply,
    Webhook,
)
from recognition.rules.words import in_language

What = CaseStep.What
NAMED = 3
"""So many people are named; of more, the number is told."""

STEPS = {
    What.REPORTED: gettext_lazy("Praise that concerns you was reported; it is hidden for now."),
    What.WARNED: gettext_lazy("HR has noticed something about praise that concerns you."),
    What.HELD: gettext_lazy("HR has hidden praise that concerns you until it is decided."),
    What.CLEARED: gettext_lazy("Nothing is wrong with the praise that was doubted."),
    What.REMOVED: gettext_lazy("HR has removed praise that concerns you. You can appeal."),
    What.UPHELD: gettext_lazy("Your appeal was decided: the praise stays removed."),
    What.RESTORED: gettext_lazy("Your appeal was decided: the praise is shown again."),
}
"""What those concerned are told of; who reported stays unnamed."""
WAITS = {
    What.REPORTED: gettext_lazy("Praise was reported, is hidden and waits for HR."),
    What.NOTICED: gettext_lazy(
        "The product has noticed a pattern in praise; HR should look at it."
    ),
    What.APPEALED: gettext_lazy("Somebody appeals against the removal of praise."),
}


def spoken(thing: Behaviour | AwardLevel) -> dict[str, str]:
    """A behaviour's or a level's name in each of its languages, for facts."""
    return {"": thing.name, **thing.names}


def listed(names: list[str], count: int) -> str:
    """“Ann, Bob and 2 others”: the first of them by name."""
    more = count - len(names[:NAMED])
    named = ", ".join(names[:NAMED])
    if not more:
        return named
    text = ngettext("%(named)s and %(n)s other", "%(named)s and %(n)s others", more)
    return text % {"named": named, "n": more}


def _nominated(facts: Facts) -> str:
    others = facts["others"]
    said = {"giver": facts["giver"], "behaviour": in_language(facts["behaviour"]), "n": others}
    if not others:
        return _("%(giver)s has praised you: %(behaviour)s.") % said
    text = ngettext(
        "%(giver)s has praised you and %(n)s colleague: %(behaviour)s.",
        "%(giver)s has praised you and %(n)s colleagues: %(behaviour)s.",
        others,
    )
    return text % said


def _colleague(facts: Facts) -> str:
    """Without their names: what is kept here would outlive their consent."""
    text = ngettext(
        "One of your people was praised: %(behaviour)s.",
        "%(n)s of your people were praised: %(behaviour)s.",
        facts["n"],
    )
    return text % {"n": facts["n"], "behaviour": in_language(facts["behaviour"])}


def _granted(facts: Facts) -> str:
    level = {"level": in_language(facts["level"])}
    if facts["won"]:
        return _("You have won an award: %(level)s.") % level
    return _("Praise that you gave has won an award: %(level)s.") % level


def _award_waits(facts: Facts) -> str:
    return _("An award waits for your vote: %(level)s.") % {"level": in_language(facts["level"])}


NOMINATED = Kind("nominated", gettext_lazy("You were praised"), _nominated, way=Way.AT_ONCE)
COLLEAGUE = Kind(
    "colleague-nominated", gettext_lazy("Your people were praised"), _colleague, way=Way.DIGEST
)
THANKED = Kind(
    "thanked", gettext_lazy("Thanks for your praise"),
    lambda facts: _("%(name)s says thanks for your praise.") % facts, way=Way.DIGEST,
)  # fmt: skip
GRANTED = Kind("award-granted", gettext_lazy("An award was granted"), _granted, way=Way.AT_ONCE)
AWARD_WAITS = Kind(
    "award-waits", gettext_lazy("An award waits for your vote"), _award_waits, way=Way.AT_ONCE
)
STEP = Kind(
    "fair-play-step", gettext_lazy("A case of fair play that concerns you"),
    lambda facts: str(STEPS[facts["what"]]), way=Way.AT_ONCE,
)  # fmt: skip
CASE_WAITS = Kind(
    "fair-play-waits", gettext_lazy("A case of fair play waits"),
    lambda facts: str(WAITS[facts["what"]]), roles=frozenset({Role.HR, Role.EXECUTIVE}),
)  # fmt: skip
PAUSED = Kind(
    "webhook-paused", gettext_lazy("A webhook was paused"),
    lambda facts: _("%(name)s is not there any more; nothing is sent to it.") % facts,
    way=Way.AT_ONCE, roles=frozenset({Role.ADMINISTRATOR}),
)  # fmt: skip
KINDS = (NOMINATED, COLLEAGUE, THANKED, GRANTED, AWARD_WAITS, STEP, CASE_WAITS, PAUSED)
register(*KINDS)


def page_of(nomination_id: int) -> str:
    return reverse("nomination", args=[nomination_id])


def key_of(nomination_id: int, what: str) -> str:
    """Begins alike for all that is told of one nomination, so that erasing finds it."""
    return f"nomination:{nomination_id}:{what}"


def tell_of_thanks(reply: Reply) -> None:
    """The giver, when somebody praised replies with thanks; with the reply's transaction."""
    giver = reply.nomination.giver
    if reply.thanks and giver.user and giver.pk != reply.employee_id:
        key = key_of(reply.nomination_id, f"thanks:{reply.pk}")
        tell_all(
            THANKED,
            [News(giver.user, key, {"name": reply.employee.name}, page_of(reply.nomination_id))],
        )


def tell_of_grant(award: Award) -> None:
    """Who won it, and who gave the praise."""
    recipients = AwardRecipient.objects.filter(award=award, employee__user__isnull=False)
    won = [row.employee for row in recipients.select_related("employee__user").order_by("pk")]
    giver = award.nomination.giver
    told = [*((each, True) for each in won), (giver, False)]
    key = key_of(award.nomination_id, f"award:{award.pk}")
    level = spoken(award.level)
    tell_all(
        GRANTED,
        [
            News(each.user, key, {"level": level, "won": is_winner}, page_of(award.nomination_id))
            for each, is_winner in told
            if each.user
        ],
    )


def tell_panel(award: Award, members: Iterable[Employee]) -> None:
    """Who may vote; nobody whose own praise it is."""
    key = key_of(award.nomination_id, f"vote:{award.pk}")
    facts = {"level": spoken(award.level)}
    voters = [each.user for each in members if each.user]
    path = reverse("award", args=[award.pk])
    tell_all(AWARD_WAITS, [News(user, key, facts, path) for user in voters])


def tell_of_step(step: CaseStep, case: FairPlayCase) -> None:
    """Those concerned of what was done, HR of what waits; nobody of what they did themself."""
    concerned = User.objects.filter(employee__fair_play_cases=case).order_by("pk")
    key, path = f"fair-play:{case.pk}:{step.pk}", f"/fair-play/{case.pk}/"
    facts = {"what": str(step.what)}
    if step.what in STEPS:
        readers = concerned.exclude(pk=step.made_by_id)
        tell_all(STEP, [News(user, key, facts, path) for user in readers])
    if step.what in WAITS:
        # Who is concerned does not decide, and is told as somebody concerned.
        busy: list[int | None] = [step.made_by_id, *concerned.values_list("pk", flat=True)]
        if step.what == What.APPEALED:
            busy.append(case.decided_by_id)
        deciders = holders_of(Role.HR, but_not=busy) or holders_of(Role.EXECUTIVE, but_not=busy)
        tell_all(CASE_WAITS, [News(user, key, facts, path) for user in deciders])


def tell_of_paused(webhook: Webhook, administrators: Iterable[User]) -> None:
    """Those who keep webhooks, when its receiver said that it is gone."""
    key = f"webhook:{webhook.pk}:{timezone.now().isoformat()}"
    path = reverse("webhook", args=[webhook.pk])
    tell_all(PAUSED, [News(user, key, {"name": webhook.name}, path) for user in administrators])


def forget_told(employee: Employee) -> None:
    """What others were told in which an erased person is named."""
    named = Q(nominees__employee=employee) | Q(giver=employee) | Q(replies__employee=employee)
    ids = set(Nomination.objects.filter(named).values_list("pk", flat=True))
    codes = [NOMINATED.code, COLLEAGUE.code, THANKED.code]
    told = Notice.objects.filter(kind__in=codes, key__startswith="nomination:")
    gone = [pk for pk, key in told.values_list("pk", "key") if int(key.split(":")[1]) in ids]
    Notice.objects.filter(pk__in=gone).delete()
