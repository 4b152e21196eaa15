"""What lists are narrowed by, as django-filter classes."""

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from incentives.models import BonusRun, BonusShare, DayVerdict, Restatement, StatementQuestion
from incentives.services.questions import overdue, waiting
from people import names
from people.filters import department_choices
from people.models import Department
from people.widgets import LongSelect

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


class RunFilter(FilterSet):
    state = ChoiceFilter(
        label=_("State"), empty_label=_("all"),
        choices=[choice for choice in BonusRun.State.choices if choice[0] != "estimate"],
    )  # fmt: skip

    class Meta:
        model = BonusRun
        fields: tuple[str, ...] = ()


CAPPED, NOTHING = "capped", "nothing"


class RunPeopleFilter(FilterSet):
    """The shares of one run."""

    search = CharFilter(
        label=_("Name, number or e-mail"), method="searched", max_length=LONGEST_SEARCH
    )
    department = ChoiceFilter(
        label=_("Department"), field_name="department__code", choices=department_choices,
        empty_label=_("all"), widget=LongSelect,
    )  # fmt: skip
    share = ChoiceFilter(
        label=_("Share"), method="narrowed", empty_label=_("all"),
        choices=[(CAPPED, _("at the cap")), (NOTHING, _("nothing"))],
    )  # fmt: skip

    class Meta:
        model = BonusShare
        fields: tuple[str, ...] = ()

    def searched(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        for word in names.searched(said):
            found = found.filter(employee__search_text__contains=word)
        return found

    def narrowed(self, found: QuerySet, _name: str, which: str) -> QuerySet:
        if which == NOTHING:
            return found.filter(share_minor=0)
        return found.filter(share_minor=F("cap_minor"), share_minor__gt=0)


OPEN, OVERDUE, ANSWERED = "open", "overdue", "answered"


class QuestionFilter(FilterSet):
    state = ChoiceFilter(
        label=_("State"), method="in_state", empty_label=_("all"),
        choices=[(OPEN, _("open")), (OVERDUE, _("overdue")), (ANSWERED, _("answered"))],
    )  # fmt: skip

    class Meta:
        model = StatementQuestion
        fields: tuple[str, ...] = ()

    def in_state(self, found: QuerySet, _name: str, state: str) -> QuerySet:
        if state == OVERDUE:
            return overdue(found, on=timezone.localdate())
        return waiting(found) if state == OPEN else found.exclude(answered_at=None)
