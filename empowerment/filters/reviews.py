"""What the list of reviews is narrowed by."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from empowerment.models import Review
from people.models import Department

WAITING, DONE = "waiting", "done"


class ReviewFilter(FilterSet):
    """What waits, unless it says otherwise."""

    state = ChoiceFilter(
        label=_("State"), method="in_state", empty_label=_("all"),
        choices=[(WAITING, _("waits to be looked at")), (DONE, _("looked at"))],
    )  # fmt: skip
    why = ChoiceFilter(label=_("Why"), choices=Review.Why.choices, empty_label=_("all"))
    department = ModelChoiceFilter(
        label=_("Department"), field_name="case__department", to_field_name="code",
        queryset=Department.objects.order_by("name"), empty_label=_("all"),
    )  # fmt: skip

    class Meta:
        model = Review
        fields: tuple[str, ...] = ()

    def __init__(self, data=None, *args, **kwargs):
        said = data.copy() if data is not None else None
        if said is not None and "state" not in said:
            said["state"] = WAITING
        super().__init__(said, *args, **kwargs)

    def in_state(self, found: QuerySet, _name: str, state: str) -> QuerySet:
        return found.filter(reviewed_at__isnull=state == WAITING)
