"""What people are told of figures and corrections."""

from collections import defaultdict
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incentives import rules
from incentives.models import HeldFigure, Restatement, StatementQuestion
from incentives.services.closing import CloseRefused
from incentives.services.reading import due_goals
from people.dates import long_day
from people.models import Department, Role, User
from people.services.calendars import company_yesterday
from people.services.notices import Facts, Kind, News, Way, register, tell, tell_all
from people.services.recipients import Whereabouts, holders_of, leads, leads_of

CONFIRMS = frozenset({Role.LEAD, Role.HR, Role.FINANCE, Role.ADMINISTRATOR})
PROPOSES = frozenset({Role.HR, Role.FINANCE, Role.ADMINISTRATOR})
APPROVES = frozenset({Role.FINANCE, Role.EXECUTIVE})
NAMED = 3
"""So many departments are named; of more, the number is told."""


def _day(facts: Facts) -> str:
    return long_day(date.fromisoformat(facts["date"]))


def _awaited(facts: Facts) -> str:
    departments = facts["departments"]
    named = ", ".join(departments[:NAMED])
    count = facts["count"]
    more = count - len(departments[:NAMED])
    if more > 0:
        text = ngettext("%(named)s and %(n)s other", "%(named)s and %(n)s others", more)
        named = text % {"named": named, "n": more}
    return _("Figures of %(day)s are awaited: %(departments)s.") % {
        "day": _day(facts), "departments": named,
    }  # fmt: skip


def _held(facts: Facts) -> str:
    count = facts["count"]
    text = ngettext(
        "%(n)s unlikely figure of %(day)s waits for somebody to confirm it.",
        "%(n)s unlikely figures of %(day)s wait for somebody to confirm them.",
        count,
    )
    return text % {"n": count, "day": _day(facts)}


def _proposed(facts: Facts) -> str:
    text = _("A correction of %(day)s for %(department)s waits for approval.")
    return text % {"day": _day(facts), "department": facts["department"]}


def _decided(facts: Facts) -> str:
    if facts["state"] == Restatement.State.APPLIED:
        text = _("Your correction of %(day)s for %(department)s is approved.")
    else:
        text = _("Your correction of %(day)s for %(department)s was refused.")
    return text % {"day": _day(facts), "department": facts["department"]}


def _corrected(facts: Facts) -> str:
    text = _("%(day)s was corrected for %(department)s.")
    return text % {"day": _day(facts), "department": facts["department"]}


def _asked(facts: Facts) -> str:
    text = _("Somebody asks about their statement of %(run)s; answer by %(day)s.")
    return text % {"run": facts["run"], "day": _day(facts)}


def _answered(facts: Facts) -> str:
    return _("Your question about your statement of %(run)s is answered.") % {"run": facts["run"]}


AWAITED = Kind(
    "figures-awaited", gettext_lazy("Figures are awaited"), _awaited, way=Way.AT_ONCE,
    roles=frozenset({Role.LEAD}),
)  # fmt: skip
HELD = Kind("figure-held", gettext_lazy("An unlikely figure waits"), _held, roles=CONFIRMS)
PROPOSED = Kind(
    "correction-proposed", gettext_lazy("A correction waits for approval"), _proposed,
    way=Way.AT_ONCE, roles=APPROVES,
)  # fmt: skip
DECIDED = Kind(
    "correction-decided", gettext_lazy("Your correction was decided"), _decided, roles=PROPOSES
)
CORRECTED = Kind(
    "day-corrected", gettext_lazy("A day was corrected"), _corrected, roles=frozenset({Role.LEAD})
)
ASKED = Kind(
    "statement-asked", gettext_lazy("A question about a statement"), _asked, way=Way.AT_ONCE,
    roles=frozenset({Role.FINANCE}),
)  # fmt: skip
ANSWERED = Kind(
    "statement-answered", gettext_lazy("Your question is answered"), _answered, way=Way.AT_ONCE
)
register(AWAITED, HELD, PROPOSED, DECIDED, CORRECTED, ASKED, ANSWERED)


def tell_of_held(held: list[HeldFigure], *, by: User) -> None:
    """Those who lead the department, or else HR; one notice for all that came together."""
    waiting: dict[tuple[date, User], list[HeldFigure]] = defaultdict(list)
    for figure in held:
        own = leads([figure.department_id], on=figure.date, but_not=[by.pk])
        for user in own or holders_of(Role.HR, but_not=[by.pk]):
            waiting[figure.date, user].append(figure)
    tell_all(
        HELD,
        [
            News(
                user, f"held:{figures[0].pk}:{len(figures)}",
                {"count": len(figures), "date": str(day)}, reverse("held-figures"),
            )
            for (day, user), figures in waiting.items()
        ],
    )  # fmt: skip


def _facts(restatement: Restatement) -> Facts:
    return {
        "date": str(restatement.date), "department": restatement.department.name,
        "state": str(restatement.state),
    }  # fmt: skip


def _page(restatement: Restatement) -> str:
    return reverse("restatement", args=[restatement.pk])


def tell_of_proposal(restatement: Restatement) -> None:
    """Whoever may approve it: nobody approves the own."""
    facts, path = _facts(restatement), _page(restatement)
    approvers = holders_of(*APPROVES, but_not=[restatement.made_by_id])
    key = f"restatement:{restatement.pk}:proposed"
    tell_all(PROPOSED, [News(user, key, facts, path) for user in approvers])


def tell_of_decision(restatement: Restatement) -> None:
    tell(
        restatement.made_by, DECIDED, key=f"restatement:{restatement.pk}:decided",
        facts=_facts(restatement), path=_page(restatement),
    )  # fmt: skip


def tell_of_correction(restatement: Restatement) -> None:
    """The leads of the department, without those who made the correction."""
    facts, path = _facts(restatement), reverse("day", args=[restatement.date])
    done_by = [restatement.made_by_id, restatement.decided_by_id]
    told = leads([restatement.department_id], on=restatement.date, but_not=done_by)
    key = f"restatement:{restatement.pk}:corrected"
    tell_all(CORRECTED, [News(user, key, facts, path) for user in told])


def tell_of_question(question: StatementQuestion, *, by: User) -> None:
    """Finance, without who asks and what: that is read on the page."""
    facts = {"run": str(question.share.run), "date": str(question.answer_by)}
    path, key = reverse("bonus-question", args=[question.pk]), f"question:{question.pk}:asked"
    told = holders_of(Role.FINANCE, but_not=[by.pk])
    tell_all(ASKED, [News(user, key, facts, path) for user in told])


def tell_of_answer(question: StatementQuestion) -> None:
    """Whoever asked, if they still have an account."""
    run, user = question.share.run, question.share.employee.user
    if user:
        path = reverse("my-statement", args=[run.pool.code, run.year])
        key = f"question:{question.pk}:answered"
        tell(user, ANSWERED, key=key, facts={"run": str(run)}, path=f"{path}#questions")


def remind_of_awaited(*, now: datetime) -> int:
    """Tell leads, once a day, in the morning of a working day at their own site, what yesterday
    still awaits. Called as often as one likes; returns how many it told."""
    day = company_yesterday(now)
    awaited = _departments_awaited(day, now=now) if day else {}
    if day is None or not awaited:
        return 0
    found = leads_of(list(awaited), on=day)
    where = Whereabouts(list(found), on=timezone.localdate(now))
    users = User.objects.in_bulk(list(found))
    news = [
        _reminder(users[pk], [awaited[department] for department in sorted(own)], day=day)
        for pk, own in found.items()
        if where.works(pk, now=now) and where.morning(pk, now=now) <= now
    ]
    return tell_all(AWAITED, news)


def _departments_awaited(day: date, *, now: datetime) -> dict[int, Department]:
    try:
        goals = due_goals(day, now=now)
    except CloseRefused:
        return {}
    awaited = (goal for goal in goals if goal.state == rules.GoalState.AWAITED)
    return {goal.department.pk: goal.department for goal in awaited}


def _reminder(user: User, departments: list[Department], *, day: date) -> News:
    names = [department.name for department in departments]
    facts = {"date": str(day), "departments": names[:NAMED], "count": len(names)}
    return News(user, f"awaited:{day}", facts, f"{reverse('figures')}?date={day}")
