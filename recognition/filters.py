"""What lists of recognition are narrowed by, and how colleagues are looked up."""

from datetime import date

from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter

from people import names
from people.filters import LONGEST_SEARCH, DirectoryFilter, named
from people.models import Employee
from recognition.models import Award, AwardLevel, Budget, Delivery, FairPlayCase, Nomination
from recognition.services.circle_people import gave

MOST_FOUND = 10
GIVEN, RECEIVED = "given", "received"
NEVER, LONG_AGO = "never", "long-ago"
GAVE, GAVE_NOTHING = "gave", "gave-nothing"


def colleagues_like(said: str, *, giver: Employee, on: date) -> list[Employee]:
    """Whom somebody may mean to praise, each with its place: those of whom a word begins as it was
    typed come first. At most MOST_FOUND, without the giver; nobody when nothing is said."""
    said = said.replace("\x00", "")[:LONGEST_SEARCH]
    begins = Q()
    for word in names.searched(said):
        begins &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    if not begins:
        return []
    found = named(Employee.objects.here(on).exclude(pk=giver.pk), said).with_place(on)
    return list(found.order_by(Case(When(begins, 0), default=1), "sort_key", "number")[:MOST_FOUND])


class OwnPraiseFilter(FilterSet):
    side = ChoiceFilter(
        label=_("Which"), method="on_side", empty_label=_("all"),
        choices=[(GIVEN, _("given by me")), (RECEIVED, _("about me"))],
    )  # fmt: skip

    class Meta:
        model = Nomination
        fields: tuple[str, ...] = ()

    def on_side(self, found: QuerySet, _name: str, side: str) -> QuerySet:
        given = Q(giver=self.request.user.employee)
        return found.filter(given if side == GIVEN else ~given)


class UnrecognisedFilter(DirectoryFilter):
    last = ChoiceFilter(
        label=_("Last recognised"), method="last_time", empty_label=_("all"),
        choices=[(NEVER, _("never")), (LONG_AGO, _("over 12 months ago"))],
    )  # fmt: skip

    def last_time(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        return found.filter(last_praised__isnull=said == NEVER)


class GiverFilter(DirectoryFilter):
    gave = ChoiceFilter(
        label=_("In the last 12 months"), method="in_a_year", empty_label=_("all"),
        choices=[(GAVE, _("praised somebody")), (GAVE_NOTHING, _("praised nobody"))],
    )  # fmt: skip

    def in_a_year(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        return gave(found, timezone.localdate(), something=said == GAVE)


class AwardFilter(FilterSet):
    level = ModelChoiceFilter(
        label=_("Award"), queryset=AwardLevel.objects.all(), to_field_name="code",
        empty_label=_("all"),
    )  # fmt: skip
    state = ChoiceFilter(label=_("State"), choices=Award.State.choices, empty_label=_("all"))
    first = DateFilter("raised_at__date", "gte", label=_("Raised from"))
    last = DateFilter("raised_at__date", "lte", label=_("Raised through"))

    class Meta:
        model = Award
        fields: tuple[str, ...] = ()


class ToRaiseFilter(FilterSet):
    first = DateFilter("published_on", "gte", label=_("From"))
    last = DateFilter("published_on", "lte", label=_("Through"))

    class Meta:
        model = Nomination
        fields: tuple[str, ...] = ()


def years() -> list[tuple[int, str]]:
    found = Budget.objects.order_by("-year").values_list("year", flat=True).distinct()
    return [(year, str(year)) for year in found]


class BudgetFilter(FilterSet):
    year = ChoiceFilter(label=_("Year"), choices=years, empty_label=_("all"))

    class Meta:
        model = Budget
        fields: tuple[str, ...] = ()


class DeliveryFilter(FilterSet):
    state = ChoiceFilter(label=_("State"), choices=Delivery.State, empty_label=_("all"))

    class Meta:
        model = Delivery
        fields = ("state",)


WAITING = "waiting"


class FairPlayFilter(FilterSet):
    state = ChoiceFilter(
        label=_("State"), method="in_state", empty_label=_("all"),
        choices=[(WAITING, _("waits for a decision")), *FairPlayCase.State.choices],
    )  # fmt: skip
    kind = ChoiceFilter(label=_("What"), choices=FairPlayCase.Kind.choices, empty_label=_("all"))

    class Meta:
        model = FairPlayCase
        fields: tuple[str, ...] = ()

    def in_state(self, found: QuerySet, _name: str, state: str) -> QuerySet:
        return found.waiting() if state == WAITING else found.filter(state=state)
