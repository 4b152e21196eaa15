"""What lists of cases are narrowed by."""

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from empowerment.models import Case, MomentOfTruth, Remedy
from empowerment.permissions import READ_ALL
from people.dates import WITHIN_REASON
from people.models import Department
from people.permissions import led_departments, roles_of
from people.widgets import LongSelect


def departments_of(request: HttpRequest) -> QuerySet[Department]:
    """Those whose cases this person lists."""
    found = Department.objects.order_by("name")
    if roles_of(request.user) & READ_ALL:
        return found
    return found.filter(pk__in=led_departments(request.user, on=timezone.localdate()))


class OwnCaseFilter(FilterSet):
    state = ChoiceFilter(label=_("State"), choices=Case.State.choices, empty_label=_("all"))
    first = DateFilter(label=_("From"), method="entered_from", validators=WITHIN_REASON)
    last = DateFilter(label=_("Through"), method="entered_through", validators=WITHIN_REASON)

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def entered_from(self, found: QuerySet, _name: str, day: date) -> QuerySet:
        return found.filter(entered_at__gte=_midnight(day))

    def entered_through(self, found: QuerySet, _name: str, day: date) -> QuerySet:
        return found.filter(entered_at__lt=_midnight(day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


class CaseFilter(OwnCaseFilter):
    department = ModelChoiceFilter(
        label=_("Department"), queryset=departments_of, to_field_name="code", empty_label=_("all"),
        widget=LongSelect,
    )  # fmt: skip
    moment = ModelChoiceFilter(
        label=_("What for"), queryset=MomentOfTruth.objects.all(), to_field_name="code",
        empty_label=_("all"),
    )  # fmt: skip
    remedy = ChoiceFilter(label=_("Remedy"), choices=Remedy.choices, empty_label=_("all"))
