"""What lists are narrowed by, as django-filter classes."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import DateInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from people import names
from people.dates import WITHIN_REASON
from people.models import (
    AuditEntry,
    Department,
    Employee,
    ImportDraft,
    Membership,
    Role,
    RoleAssignment,
    Site,
)
from people.services.calendars import subtree
from people.widgets import LongSelect

LONGEST_SEARCH = 100
MOST_MEANT = 500
"""People whom the words of a search in the log may mean."""


def department_choices() -> list[tuple[str, str]]:
    return list(Department.objects.order_by("name").values_list("code", "name"))


def named(people: QuerySet, said: str) -> QuerySet:
    """Those in whose name, number or e-mail each word occurs."""
    for word in names.searched(said):
        people = people.filter(search_text__contains=word)
    return people


class DirectoryFilter(FilterSet):
    """Any part of name, number or e-mail; a department with those below it."""

    search = CharFilter(
        label=_("Name, number or e-mail"), method="searched", max_length=LONGEST_SEARCH
    )
    department = ChoiceFilter(
        label=_("Department, with those below"), choices=department_choices, method="in_department",
        empty_label=_("all"), widget=LongSelect,
    )  # fmt: skip

    class Meta:
        model = Employee
        fields: tuple[str, ...] = ()

    def searched(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        return named(found, said)

    def in_department(self, found: QuerySet, _name: str, code: str) -> QuerySet:
        today = timezone.localdate()
        top = Department.objects.filter(code=code).values_list("pk", flat=True)
        places = Membership.objects.on(today).filter(
            employee=OuterRef("pk"), department__in=subtree(set(top), on=today)
        )
        return found.filter(Exists(places))


HERE, LEFT, WITHOUT_ACCOUNT = "here", "left", "without-account"
NOT_MARKED = "left-not-marked"


class StaffFilter(DirectoryFilter):
    """For those who keep the people: also who has left, and who cannot sign in yet."""

    state = ChoiceFilter(
        label=_("State"), method="in_state", empty_label=_("all"),
        choices=[
            (HERE, _("here")), (LEFT, _("left")), (WITHOUT_ACCOUNT, _("here, without account")),
        ],
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.request.user.has_perm("people.keep_leaves"):
            offered = self.filters["state"].extra
            leavers = (NOT_MARKED, _("left in the last 12 months, not marked"))
            offered["choices"] = [*offered["choices"], leavers]

    def in_state(self, found: QuerySet, _name: str, state: str) -> QuerySet:
        today = timezone.localdate()
        if state == NOT_MARKED:
            return found.unmarked_leavers(today)
        if state == LEFT:
            return found.filter(left_on__lt=today)
        if state == WITHOUT_ACCOUNT:
            found = found.without_account()
        return found.here(today)


class AuditFilter(FilterSet):
    text = CharFilter(label=_("What"), method="about", max_length=LONGEST_SEARCH)
    person = CharFilter(label=_("About whom"), method="about_person", max_length=LONGEST_SEARCH)
    who = CharFilter(label=_("Who did it"), method="done_by", max_length=LONGEST_SEARCH)
    since = DateFilter(
        label=_("From"), field_name="at", lookup_expr="date__gte",
        widget=DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    through = DateFilter(
        label=_("Through"), field_name="at", lookup_expr="date__lte",
        widget=DateInput(attrs={"type": "date"}),
    )  # fmt: skip

    class Meta:
        model = AuditEntry
        fields: tuple[str, ...] = ()

    def about(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        # People read “set roles” where the log says set_roles.
        return found.filter(
            Q(subject__icontains=said) | Q(action__icontains=said.replace(" ", "_"))
        )

    def about_person(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        people = list(named(Employee.objects, said).values_list("pk", "user_id")[:MOST_MEANT])
        subjects = [f"employee:{pk}" for pk, _user in people]
        subjects += [f"user:{user}" for _pk, user in people if user]
        return found.filter(Q(person__in=[pk for pk, _user in people]) | Q(subject__in=subjects))

    def done_by(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        return found.filter(
            Q(by__employee__in=named(Employee.objects, said)) | Q(by__username__iexact=said)
        )


class ImportFilter(FilterSet):
    filename = CharFilter("filename", "icontains", label=_("File"), max_length=LONGEST_SEARCH)
    state = ChoiceFilter(label=_("State"), choices=ImportDraft.State.choices, empty_label=_("all"))

    class Meta:
        model = ImportDraft
        fields: tuple[str, ...] = ()


class OrganisationFilter(FilterSet):
    """The day has been chosen before: the rows are those of it."""

    search = CharFilter(label=_("Name or code"), method="searched", max_length=LONGEST_SEARCH)
    site = ModelChoiceFilter(
        label=_("Site"), queryset=Site.objects.order_by("name"), to_field_name="code",
        method="at_site", empty_label=_("all"),
    )  # fmt: skip
    on = DateFilter(
        label=_("On"),
        method="as_it_is",
        validators=WITHIN_REASON,
        widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = Department
        fields: tuple[str, ...] = ()

    def searched(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        return found.filter(Q(name__icontains=said) | Q(code__icontains=said))

    def at_site(self, found: QuerySet, _name: str, site: Site) -> QuerySet:
        return found.filter(site=site.name)

    def as_it_is(self, found: QuerySet, _name: str, _said: object) -> QuerySet:
        return found


class RoleFilter(FilterSet):
    search = CharFilter(label=_("Name or number"), method="held_by", max_length=LONGEST_SEARCH)
    role = ChoiceFilter(label=_("Role"), choices=Role.choices, empty_label=_("all"))

    class Meta:
        model = RoleAssignment
        fields: tuple[str, ...] = ()

    def held_by(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        return found.filter(user__employee__in=named(Employee.objects, said))
