"""Raise praise to an award: by a lead at once, or before a panel that votes."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Employee, Membership, Role, User
from people.permissions import led_departments
from people.services import audit
from people.services.recipients import holders_of
from people.services.retrying import retried
from people.services.roles import roles_in_force
from recognition.models import (
    Award,
    AwardLevel,
    AwardRecipient,
    Budget,
    BudgetGrant,
    Nomination,
    PanelMember,
    Vote,
)
from recognition.rules.awards import Count, months_before, outcome
from recognition.services.delivering import queue_award
from recognition.services.notices import tell_of_grant, tell_panel
from recognition.services.policies import terms_on
from recognition.services.rewards import BudgetRefused, budget_for, pay_out, take_back
from recognition.services.visibility import readable, reader_of
from recognition.signals import award_granted


class AwardRefused(Exception):
    """Nothing was raised, voted or granted; the message says why."""


def conflict(nomination: Nomination, employee: Employee | None) -> str:
    """Why somebody has no say in an award for this praise; "" when they have.

    Nobody raises or decides on praise they gave or that names them.
    """
    if employee is None:
        return _("Only employees raise and decide awards.")
    if nomination.giver_id == employee.pk:
        return _("You gave this nomination: somebody else raises it.")
    named = set(nomination.nominees.values_list("employee", flat=True))
    if employee.pk in named:
        return _("This nomination is about you.")
    return ""


def conflict_on_panel(award: Award, employee: Employee) -> str:
    """Why a member has no vote: who it is about, or whose money it is; "" when they have one."""
    return conflict_with_people(award, employee) or _conflict_with_money(award, employee)


def conflict_with_people(award: Award, employee: Employee) -> str:
    """As `conflict`; here nobody decides on who reports to them, or on what they raised."""
    own = conflict(award.nomination, employee)
    if own:
        return own
    if award.raised_by_id == employee.user_id:
        return _("You raised this award: others decide on it.")
    if award.nomination.nominees.filter(employee__manager=employee).exists():
        return _("Somebody whom this nomination names reports to you.")
    return ""


def _conflict_with_money(award: Award, employee: Employee) -> str:
    if award.amount_minor and employee.user_id in _kept_from_money(award):
        return _("Who sets what an award is worth, or funds its budget, does not give it.")
    return ""


def _kept_from_money(award: Award) -> set[int]:
    """Ids of users who have a hand in the money already: HR sets amounts and seats panels, and
    whoever funds a budget does not give from it."""
    hr = {user.pk for user in holders_of(Role.HR)}
    funded = BudgetGrant.objects.filter(budget=_budget_of(award))
    return hr | set(funded.values_list("made_by", flat=True))


def _budget_of(award: Award) -> Budget | None:
    """By the day on which it was raised: whoever funded it is kept from the vote by the same."""
    on = timezone.localdate(award.raised_at)
    return budget_for(_paying_department(award), on=on, currency=award.currency)


def _paying_department(award: Award) -> int | None:
    """Of whom the award is for, the first department that its raiser leads; without one, the
    first: nobody gives from a budget next door because somebody there is named too."""
    rows = list(award.nomination.nominees.order_by("pk").values_list("employee", "department"))
    led = led_departments(award.raised_by, on=timezone.localdate(award.raised_at))
    reports = set(
        Employee.objects.filter(
            manager__user=award.raised_by_id, pk__in=[employee for employee, _place in rows]
        ).values_list("pk", flat=True)
    )
    own = [place for employee, place in rows if place in led or employee in reports]
    return own[0] if own else rows[0][1]


@retried
@transaction.atomic
def raise_to(
    nomination: Nomination, level: AwardLevel, *, reason: str, by: User, now: datetime
) -> Award:
    """Raise published praise to a level. A lead's level is granted and paid at once, a panel's
    waits for votes. Raises AwardRefused; then no money has moved.
    """
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    today = timezone.localdate(now)
    _refuse_to_raise(nomination, level, reason=reason, by=by, today=today)
    award = _propose(nomination, level, reason=reason, by=by, now=now)
    if level.decides == AwardLevel.Decides.LEAD:
        refused = _conflict_with_money(award, by.employee)
        if refused:
            raise AwardRefused(refused)
        _grant(award, by=by, now=now)
    else:
        _ask_the_panel(award, on=today)
    return award


def _ask_the_panel(award: Award, *, on: date) -> None:
    members = voters(award, on=on)
    if len(members) < award.level.quorum:
        raise AwardRefused(
            _("Of the panel %(still)s may vote on this, and %(quorum)s have to. Ask HR.")
            % {"still": len(members), "quorum": award.level.quorum}
        )
    tell_panel(award, members)


def _refuse_to_raise(
    nomination: Nomination, level: AwardLevel, *, reason: str, by: User, today: date
) -> None:
    if nomination.state != Nomination.State.PUBLISHED:
        raise AwardRefused(_("Only praise that is published is raised to an award."))
    if level.retired_on and level.retired_on <= today:
        raise AwardRefused(_("%(level)s is not given any more.") % {"level": level})
    if not reason.strip():
        raise AwardRefused(_("Say why: it stands on the certificate's page."))
    refused = conflict(nomination, getattr(by, "employee", None))
    if refused:
        raise AwardRefused(refused)
    named = set(nomination.nominees.values_list("employee", flat=True))
    if not leads_one_of(named, by=by, today=today) and not sits_on(level, by, on=today):
        raise AwardRefused(_("Only a lead of somebody it names, or the panel, raises this."))
    if not readable(reader_of(by, on=today)).filter(pk=nomination.pk).exists():
        raise AwardRefused(_("You can't read this nomination: it is for those concerned alone."))
    running = nomination.awards.filter(
        level=level, state__in=(Award.State.PROPOSED, Award.State.GRANTED)
    )
    if running.exists():
        raise AwardRefused(_("This nomination is raised to %(level)s already.") % {"level": level})
    again = won_lately(level, named, on=today)
    if again:
        names = ", ".join(sorted(each.name for each in again))
        raise AwardRefused(
            _("%(names)s won %(level)s lately; the rule is to wait.")
            % {"names": names, "level": level}
        )


def leads_one_of(employee_ids: Collection[int], *, by: User, today: date) -> bool:
    """Whether somebody leads a department of one of these, or is the manager of one."""
    led = led_departments(by, on=today)
    places = Membership.objects.on(today).filter(employee__in=employee_ids, department__in=led)
    reports = Employee.objects.filter(pk__in=employee_ids, manager__user=by)
    return (bool(led) and places.exists()) or reports.exists()


def sits_on(level: AwardLevel, user: User, *, on: date) -> bool:
    """Whether somebody sits on the panel of a level on a day."""
    return PanelMember.objects.on(on).filter(level=level, employee__user=user).exists()


def won_lately(level: AwardLevel, employee_ids: Collection[int], *, on: date) -> list[Employee]:
    """Who of these has won this level within the months in which nobody wins it again."""
    months = level.repeat_months
    months = terms_on(on).repeat_months if months is None else months
    won = AwardRecipient.objects.filter(
        award__level=level, award__state=Award.State.GRANTED, employee__in=employee_ids,
        award__decided_at__date__gt=months_before(on, months),
    )  # fmt: skip
    return list(Employee.objects.filter(pk__in=won.values("employee"))) if months else []


def _propose(
    nomination: Nomination, level: AwardLevel, *, reason: str, by: User, now: datetime
) -> Award:
    """What it is worth is kept with it: a level's amount may change later."""
    award = Award.objects.create(
        nomination=nomination, level=level, amount_minor=level.amount_minor,
        currency=level.currency if level.amount_minor else "",
        tax_class=level.tax_class if level.amount_minor else "",
        reason=reason, raised_by=by, raised_at=now,
    )  # fmt: skip
    named = nomination.nominees.order_by("employee").values_list("employee", flat=True)
    AwardRecipient.objects.bulk_create(
        AwardRecipient(award=award, employee_id=pk, amount_minor=level.amount_minor) for pk in named
    )
    audit.record(
        "raise_to_award", by=by, subject=f"award:{award.pk}",
        after={"nomination": nomination.pk, "level": level.code}, why=reason,
    )  # fmt: skip
    return award


def _grant(award: Award, *, by: User, now: datetime) -> None:
    today = timezone.localdate(now)
    # Two awards of one level for the same person wait here for each other, in one order.
    named = award.recipients.order_by("employee").values_list("employee", flat=True)
    list(Employee.objects.select_for_update(no_key=True).filter(pk__in=named).order_by("pk"))
    if won_lately(award.level, list(named), on=today):
        raise AwardRefused(_("Somebody it names has just won this award elsewhere."))
    if award.amount_minor:
        award.budget = _budget_of(award)
        if award.budget is None:
            raise AwardRefused(
                _("There is no recognition budget in %(currency)s for %(year)s. Ask finance.")
                % {"currency": award.currency, "year": timezone.localdate(award.raised_at).year}
            )
    award.state, award.decided_by, award.decided_at = Award.State.GRANTED, by, now
    award.save()
    try:
        pay_out(award, by=by)
    except BudgetRefused as refused:
        raise AwardRefused(str(refused)) from refused
    audit.record("grant_award", by=by, subject=f"award:{award.pk}", after={"state": "granted"})
    tell_of_grant(award)
    transaction.on_commit(lambda: award_granted.send(sender=Award, award_id=award.pk), robust=True)
    queue_award(award, now=now)


@retried
@transaction.atomic
def vote(award: Award, says: Vote.Says, *, comment: str = "", by: User, now: datetime) -> Award:
    """A panel member's vote, once. With the quorum reached and the outcome certain it is decided.

    Raises AwardRefused; a grant for which no money is left is refused with the vote that made it.
    """
    award = _locked_open(award)
    today = timezone.localdate(now)
    member = getattr(by, "employee", None)
    if member is None or not sits_on(award.level, by, on=today):
        raise AwardRefused(_("Only the panel votes on this award."))
    refused = conflict_on_panel(award, member)
    if refused:
        raise AwardRefused(refused)
    if award.votes.filter(member=member).exists():
        raise AwardRefused(_("You have voted on this award already."))
    Vote.objects.create(award=award, member=member, says=says, comment=comment, made_at=now)
    audit.record("vote_on_award", by=by, subject=f"award:{award.pk}")
    _decide(award, by=by, now=now)
    return award


def _locked(award: Award) -> Award:
    """First the nomination, as everything that ends praise does: else two would wait for each
    other."""
    nomination = Nomination.objects.select_for_update(of=("self",)).get(pk=award.nomination_id)
    award = Award.objects.select_for_update(of=("self",)).select_related("level").get(pk=award.pk)
    award.nomination = nomination
    return award


def _locked_open(award: Award) -> Award:
    award = _locked(award)
    if award.state != Award.State.PROPOSED:
        raise AwardRefused(_("This award is decided already."))
    if award.nomination.state != Nomination.State.PUBLISHED:
        raise AwardRefused(_("This nomination is doubted: HR decides first."))
    return award


@retried
@transaction.atomic
def count_again(award: Award, *, by: User, now: datetime) -> Award:
    """When those who have not voted left the panel, nobody's vote would decide any more: HR has the
    votes counted as they are. Raises AwardRefused, also while somebody may still vote."""
    award = _locked_open(award)
    _refuse_who_decides(award, by=by)
    still = len(voters(award, on=timezone.localdate(now)))
    if still:
        raise AwardRefused(_("Still to vote: %(still)s of the panel.") % {"still": still})
    _decide(award, by=by, now=now)
    return award


@retried
@transaction.atomic
def recall(award: Award, *, reason: str, by: User, now: datetime) -> Award:
    """Take an award back and leave the praise as it is: HR; before the panel has decided also who
    raised it. Money that it paid comes back, once. Raises AwardRefused."""
    award = _locked(award)
    if award.state not in (Award.State.PROPOSED, Award.State.GRANTED):
        raise AwardRefused(_("This award does not count any more."))
    if not may_recall(award, by=by):
        raise AwardRefused(_("Only HR takes an award back."))
    if not reason.strip():
        raise AwardRefused(_("Say why: those who won it read it."))
    if award.raised_by_id != by.pk:
        _refuse_who_decides(award, by=by)
    take_back(award, by=by, now=now, why=reason)
    return award


def may_recall(award: Award, *, by: User) -> bool:
    if Role.HR in roles_in_force(by):
        return True
    return award.state == Award.State.PROPOSED and award.raised_by_id == by.pk


def _refuse_who_decides(award: Award, *, by: User) -> None:
    if Role.HR not in roles_in_force(by):
        raise AwardRefused(_("Only HR does that."))
    refused = conflict_with_people(award, by.employee) if hasattr(by, "employee") else ""
    if refused:
        raise AwardRefused(refused)


def _decide(award: Award, *, by: User, now: datetime) -> None:
    decided = outcome(count_of(award, on=timezone.localdate(now)))
    if decided is True:
        _grant(award, by=by, now=now)
    elif decided is False:
        award.state, award.decided_by, award.decided_at = Award.State.REFUSED, by, now
        award.save(update_fields=["state", "decided_by", "decided_at"])
        audit.record("refuse_award", by=by, subject=f"award:{award.pk}", after={"state": "refused"})


def count_of(award: Award, *, on: date) -> Count:
    """Votes so far, and how many of the panel may still vote."""
    says = list(award.votes.values_list("says", flat=True))
    return Count(
        yes=says.count(Vote.Says.YES), no=says.count(Vote.Says.NO),
        still=len(voters(award, on=on)), quorum=award.level.quorum,
    )  # fmt: skip


def voters(award: Award, *, on: date) -> list[Employee]:
    """Who of the panel may vote and has not: without those in conflict."""
    nomination = award.nomination
    named = nomination.nominees.values("employee")
    seats = PanelMember.objects.on(on).filter(level=award.level)
    members = Employee.objects.here(on).filter(pk__in=seats.values("employee"))
    in_conflict = Q(pk=nomination.giver_id) | Q(pk__in=named) | Q(reports__in=named)
    in_conflict |= Q(user__isnull=False, user=award.raised_by_id)
    if award.amount_minor:
        in_conflict |= Q(user__in=_kept_from_money(award))
    voted = award.votes.values("member")
    return list(members.exclude(in_conflict).exclude(pk__in=voted).distinct())
