"""Which focus areas and actions somebody sees, and of which polls."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from people.models import Department, Role, User
from people.permissions import led_departments, roles_of
from surveys.models import Action, AnswerCount, FocusArea, Wave
from surveys.models.actions import Actions

SEE_ALL = frozenset({Role.HR, Role.EXECUTIVE, Role.AUDITOR})
UNTIL_NAMED = timedelta(days=30)
"""After which HR is asked what is done about a poll."""


def focus_areas_of(user: User, *, on: date) -> QuerySet[FocusArea]:
    """Leads see those of the departments they lead, with those below."""
    areas = FocusArea.objects.select_related("wave", "department", "theme")
    if roles_of(user) & SEE_ALL:
        return areas
    return areas.filter(department__in=led_departments(user, on=on))


def actions_of(user: User, *, on: date) -> Actions:
    actions = Action.objects.select_related(
        "focus__wave", "focus__department", "focus__theme", "owner"
    )
    if roles_of(user) & SEE_ALL:
        return actions
    return actions.filter(focus__department__in=led_departments(user, on=on))


def own_actions(user: User) -> Actions:
    return Action.objects.filter(owner__user=user).select_related(
        "focus__wave", "focus__department", "owner"
    )


def with_results(wave: Wave) -> QuerySet[Department]:
    """Departments of which a poll shows something. Of the others nobody acts: what people said in
    a group that is hidden must not be told as what it said."""
    shown = Exists(AnswerCount.objects.filter(cell=OuterRef("pk")))
    return Department.objects.filter(pk__in=wave.cells.filter(shown).values("department"))


def polls_to_act_on(user: User, *, now: datetime) -> QuerySet[Wave]:
    """Released ones; for leads those whose results are shown to them."""
    waves = Wave.objects.filter(state=Wave.State.RELEASED).select_related("release")
    if roles_of(user) & SEE_ALL:
        return waves
    return waves.filter(Q(release=None) | Q(release__shown_at__lte=now))


def counted(areas: QuerySet[FocusArea], *, on: date) -> QuerySet[FocusArea]:
    """Each with how many actions were `planned` in all, and how many are `finished` and `late`."""
    late = Q(actions__state__in=(Action.State.PLANNED, Action.State.BEGUN), actions__due_on__lt=on)
    return areas.annotate(
        planned=Count("actions"), late=Count("actions", filter=late),
        finished=Count("actions", filter=Q(actions__state=Action.State.DONE)),
    )  # fmt: skip


def polls_without_focus(*, now: datetime) -> QuerySet[Wave]:
    """Released so long ago that something should be done about them by now, and nothing is; not
    those of another tool, which are read in as history."""
    areas = FocusArea.objects.filter(wave=OuterRef("pk"))
    return Wave.objects.filter(
        ~Exists(areas), state=Wave.State.RELEASED, answers_digest="",
        release__released_at__lte=now - UNTIL_NAMED,
    )  # fmt: skip
