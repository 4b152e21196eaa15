"""What lists are narrowed by, as django-filter classes."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from incentives.models import DayVerdict, Restatement
from people.models import Department

HIT, NOT_HIT, NO_VERDICT = "hit", "not-hit", "none"
MEANINGS = {HIT: True, NOT_HIT: False, NO_VERDICT: None}
LONGEST_SEARCH = 100


class DayFilter(FilterSet):
    first = DateFilter("date", "gte", label=_("From"))
    last = DateFilter("date", "lte", label=_("Through"))
    verdict = ChoiceFilter(
        label=_("Verdict"), method="judged", empty_label=_("all"),
        choices=[(HIT, _("hit")), (NOT_HIT, _("not hit")), (NO_VERDICT, _("no verdict"))],
    )  # fmt: skip
    status = ChoiceFilter(
        label=_("Status"), choices=DayVerdict.Status.choices, empty_label=_("all")
    )

    class Meta:
        model = DayVerdict
        fields: tuple[str, ...] = ()

    def judged(self, found: QuerySet, _name: str, verdict: str) -> QuerySet:
        return found.filter(hit=MEANINGS[verdict])


class DepartmentFilter(FilterSet):
    search = CharFilter(label=_("Name or code"), method="searched", max_length=LONGEST_SEARCH)

    class Meta:
        model = Department
        fields: tuple[str, ...] = ()

    def searched(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        return found.filter(Q(name__icontains=said) | Q(code__icontains=said))


def corrected_departments(_request) -> QuerySet[Department]:
    return Department.objects.filter(pk__in=Restatement.objects.values("department")).order_by(
        "name"
    )


class RestatementFilter(FilterSet):
    state = ChoiceFilter(label=_("State"), choices=Restatement.State.choices, empty_label=_("all"))
    department = ModelChoiceFilter(
        label=_("Department"), queryset=corrected_departments, to_field_name="code",
        empty_label=_("all"),
    )  # fmt: skip

    class Meta:
        model = Restatement
        fields: tuple[str, ...] = ()
