"""Choosing a colleague in the editors' room: found by any part of the name, also by pinyin."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.viewsets.chooser import ChooserViewSet

from people import names
from people.models import Employee

LONGEST_SEARCH = 100


class ColleagueFilter(BaseFilterForm):
    q = forms.CharField(
        label=_("Name or number"), required=False, max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"placeholder": _("Name or number")}),
    )  # fmt: skip

    def filter(self, objects):
        said = self.cleaned_data["q"]
        self.is_searching, self.search_query = bool(said), said
        for word in names.searched(said):
            objects = objects.filter(search_text__contains=word)
        return objects


class ColleagueChooser(ChooserViewSet):
    model = Employee
    icon = "user"
    choose_one_text = _("Choose a colleague")
    choose_another_text = _("Choose somebody else")

    choose_view_class = type(
        "ChooseView", (ChooserViewSet.choose_view_class,), {"filter_form_class": ColleagueFilter}
    )
    choose_results_view_class = type(
        "ChooseResultsView", (ChooserViewSet.choose_results_view_class,),
        {"filter_form_class": ColleagueFilter},
    )  # fmt: skip

    def get_object_list(self):
        return Employee.objects.here(timezone.localdate()).order_by("sort_key", "number")


colleague_chooser = ColleagueChooser("colleague_chooser")
