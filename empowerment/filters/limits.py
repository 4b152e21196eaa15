"""What the list of limits is narrowed by."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet

from empowerment.models import Limit
from empowerment.rules.limits import Measure, Scope

NOW, LATER = "now", "later"


def currencies() -> list[tuple[str, str]]:
    found = Limit.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [(each, each) for each in found]


class LimitFilter(FilterSet):
    measure = ChoiceFilter(label=_("What it counts"), choices=Measure.choices, empty_label=_("all"))
    scope = ChoiceFilter(label=_("For whom"), choices=Scope.choices, empty_label=_("all"))
    currency = ChoiceFilter(label=_("Currency"), choices=currencies, empty_label=_("all"))
    when = ChoiceFilter(
        label=_("When"), method="begun", empty_label=_("all"),
        choices=[(NOW, _("holds now")), (LATER, _("begins later"))],
    )  # fmt: skip

    class Meta:
        model = Limit
        fields: tuple[str, ...] = ()

    def begun(self, found: QuerySet, _name: str, when: str) -> QuerySet:
        today = timezone.localdate()
        return (
            found.filter(from_date__gt=today)
            if when == LATER
            else found.filter(from_date__lte=today)
        )
