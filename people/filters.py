"""What lists are narrowed by, as django-filter classes."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from people import names
from people.models import Department, Employee, Membership
from people.services.calendars import subtree

LONGEST_SEARCH = 100


def department_choices() -> list[tuple[str, str]]:
    return list(Department.objects.order_by("name").values_list("code", "name"))


class DirectoryFilter(FilterSet):
    """Any part of name, number or e-mail; a department with those below it."""

    search = CharFilter(
        label=_("Name, number or e-mail"), method="searched", max_length=LONGEST_SEARCH
    )
    department = ChoiceFilter(
        label=_("Department, with those below"), choices=department_choices, method="in_department",
        empty_label=_("all"),
    )  # fmt: skip

    class Meta:
        model = Employee
        fields: tuple[str, ...] = ()

    def searched(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        for word in names.searched(said):
            found = found.filter(search_text__contains=word)
        return found

    def in_department(self, found: QuerySet, _name: str, code: str) -> QuerySet:
        today = timezone.localdate()
        top = Department.objects.filter(code=code).values_list("pk", flat=True)
        places = Membership.objects.on(today).filter(
            employee=OuterRef("pk"), department__in=subtree(set(top), on=today)
        )
        return found.filter(Exists(places))


HERE, LEFT, WITHOUT_ACCOUNT = "here", "left", "without-account"


class StaffFilter(DirectoryFilter):
    """For those who keep the people: also who has left, and who cannot sign in yet."""

    state = ChoiceFilter(
        label=_("State"), method="in_state", empty_label=_("all"),
        choices=[
            (HERE, _("here")), (LEFT, _("left")), (WITHOUT_ACCOUNT, _("here, without account")),
        ],
    )  # fmt: skip

    def in_state(self, found: QuerySet, _name: str, state: str) -> QuerySet:
        today = timezone.localdate()
        if state == LEFT:
            return found.filter(left_on__lt=today)
        if state == WITHOUT_ACCOUNT:
            found = found.filter(user=None)
        return found.here(today)
