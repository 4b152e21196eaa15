"""Searching results, stories, announcements and actions."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms.services.searching import search as found_for

LONGEST_SEARCH = 100


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Words, or parts of them"), max_length=LONGEST_SEARCH, required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip


@login_required
@require_safe
def search(request):
    form = SearchForm(request.GET or None)
    said = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    kinds = found_for(said, language=get_language()) if said else []
    return render(request, "cms/search.html", {"form": form, "said": said, "kinds": kinds})
