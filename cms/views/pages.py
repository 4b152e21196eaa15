"""Pages that the menu and other pages name, by the shortest way: the results page is what most
people open every morning.

Wagtail would find it by walking the tree, eight queries; here it is found by its day. Drafts,
previews and every other page go Wagtail's own way.
"""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cms.beside import lines_beside
from cms.models import ActionsPage, ResultsPage, StoryIndexPage
from cms.services.rendering import posted_html


@login_required
@require_safe
def results(request, day: date):
    page = get_object_or_404(ResultsPage.objects.live(), date=day)
    context = {"page": page, "posted": posted_html(page)}
    context["beside"] = lines_beside(day, user=request.user)
    return render(request, page.template, context)


@login_required
@require_safe
def actions(request):
    """Found by what it is, wherever in the tree its editor has put it."""
    page = get_object_or_404(ActionsPage.objects.live())
    return render(request, page.template, page.get_context(request))


@login_required
@require_safe
def stories(request):
    page = get_object_or_404(StoryIndexPage.objects.live())
    return render(request, page.template, page.get_context(request))
