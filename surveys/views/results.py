"""Results of a poll, for whoever may read them: the whole, departments side by side, one of them,
comments, and what goes together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from people.models import User
from people.permissions import led_departments
from surveys.forms.results import LanguageForm
from surveys.models import Cell, Wave
from surveys.services.reading import (
    Reading,
    in_order,
    name_of,
    polls_to_read,
    rate_so_far,
    shown_above,
)
from surveys.services.releasing import may_read
from surveys.services.results import (
    FEWEST_FOR_DRIVERS,
    cells_for,
    comments_of,
    drivers,
    earlier,
    outcome_of,
)

PER_PAGE = 50
"""Comments."""
LONGEST_LIST = 15
"""Cells that the first page of a poll names; more are on the map."""
sees_results = permission_required("surveys.see_results", raise_exception=True)
sees_all_results = permission_required("surveys.see_all_results", raise_exception=True)


@dataclass(frozen=True)
class Place:
    """A cell as a list shows it, so deep below the whole."""

    cell: Cell
    name: str
    depth: int


@dataclass(frozen=True)
class Reader:
    """Somebody, and which cells of a wave they read; comments of the same or of fewer."""

    user: User
    wave: Wave
    sees_all: bool
    cells: Sequence[Cell]
    led: frozenset[int]

    def cell(self, number: int) -> Cell:
        """404 for one that is not theirs: they do not learn that it is there."""
        found = next((cell for cell in self.cells if cell.number == number), None)
        if found is None:
            raise Http404
        return found

    def reads_comments(self, cell: Cell) -> bool:
        return self.sees_all or cell.department_id in self.led

    @property
    def reads_any_comments(self) -> bool:
        return self.sees_all or any(self.reads_comments(cell) for cell in self.cells)

    def before(self) -> Wave | None:
        found = earlier(self.wave)
        return found if found and may_read(found, sees_all=self.sees_all) else None

    def reading(self, cells: Sequence[Cell]) -> Reading:
        return Reading(
            self.wave, cells, before=self.before(), language=get_language() or "en"
        )  # fmt: skip

    def places(self, cells: Sequence[Cell]) -> list[Place]:
        """In the order of the tree."""
        shallowest = min((cell.path.count(".") for cell in cells), default=0)
        return [
            Place(cell, name_of(cell, self.cells), cell.path.count(".") - shallowest)
            for cell in in_order(cells)
        ]


def reader_of(user: User, wave: Wave, *, on: date) -> Reader:
    """Whether the poll is to be read yet is asked elsewhere."""
    sees_all = user.has_perm("surveys.see_all_results")
    cells = cells_for(user, wave, sees_all=sees_all, on=on)
    return Reader(user, wave, sees_all, cells, frozenset(led_departments(user, on=on)))


def found_reader(request: HttpRequest, code: str) -> Reader:
    """404 where this person reads nothing of the poll, as of yet."""
    wave = get_object_or_404(Wave.objects.select_related("release"), code=code)
    if not may_read(wave, sees_all=request.user.has_perm("surveys.see_all_results")):
        raise Http404
    return reader_of(request.user, wave, on=timezone.localdate())


@login_required
@sees_results
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    sees_all = request.user.has_perm("surveys.see_all_results")
    polls = [(wave, rate, may_read(wave, sees_all=sees_all)) for wave, rate in polls_to_read()]
    return render(request, "surveys/results/index.html", {"polls": polls})


@login_required
@sees_results
@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """The whole; before it is shown, how many have taken part so far."""
    wave = get_object_or_404(Wave.objects.exclude(state=Wave.State.DRAFT), code=code)
    sees_all = request.user.has_perm("surveys.see_all_results")
    if not may_read(wave, sees_all=sees_all):
        context = {"wave": wave, "rate": rate_so_far(wave), "is_open": wave.state == "open"}
        return render(request, "surveys/results/not_yet.html", context)
    reader = reader_of(request.user, wave, on=timezone.localdate())
    whole = reader.cell(0)
    reading = reader.reading([whole])
    outcome = outcome_of(reading.results)
    places = reader.places([cell for cell in reader.cells if cell.number])
    context = {
        "wave": wave, "cell": whole, "reading": reading, "themes": reading.theme_lines(whole),
        "outcome": reading.item_line(outcome, whole) if outcome else None,
        "places": places if len(places) <= LONGEST_LIST else [], "sees_all": sees_all,
        "has_map": bool(reading.results.themes) and len(reader.cells) > 1,
        "has_drivers": sees_all and outcome is not None,
        "not_shown_yet": wave.release.shown_at is None,
    }  # fmt: skip
    return render(request, "surveys/results/overview.html", context)


@login_required
@sees_results
@require_safe
def heat_map(request: HttpRequest, code: str) -> HttpResponse:
    """Departments by themes; one kind of figure at a time, as two can't be compared."""
    reader = found_reader(request, code)
    reading = reader.reading(reader.cells)
    by_index = request.GET.get("show") == "index"
    rows = [
        (place, [reading.theme_line(theme, place.cell, compared=False)
                 for theme in reading.results.themes])
        for place in reader.places(reader.cells)
    ]  # fmt: skip
    context = {
        "wave": reader.wave, "themes": list(reading.results.themes), "rows": rows,
        "by_index": by_index, "title": _("Index") if by_index else _("Favourable (%)"),
        "middles": [] if by_index else reading.middles(),
        "hides": any(line.hidden for _place, lines in rows for line in lines),
    }  # fmt: skip
    return render(request, "surveys/results/heat_map.html", context)


@login_required
@sees_results
@require_safe
def cell(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A department, or the whole; where all of it is hidden, what is shown one level above."""
    reader = found_reader(request, code)
    own = reader.cell(number)
    up = [each for each in reader.cells if own.path.startswith(f"{each.path}.")]
    parts = [each for each in reader.cells if each.path.rpartition(".")[0] == own.path]
    reading = reader.reading([own, *up])
    blocks = reading.blocks(own)
    shown = [line for block in blocks for line in block.items if not line.hidden]
    above = None if shown else shown_above(reading, own, reader.cells)
    context = {
        "wave": reader.wave, "cell": own, "name": name_of(own, reader.cells), "reading": reading,
        "blocks": blocks, "themes": reading.theme_lines(own), "parts": reader.places(parts),
        "up": reader.places(up), "nothing_shown": not shown,
        "hidden": sum(len(block.items) for block in blocks) - len(shown),
        "rate_hidden": reading.results.why_hidden(None, own),
        "above": above, "above_name": name_of(above, reader.cells) if above else "",
        "above_themes": reading.theme_lines(above) if above else [],
        "reads_comments": reader.reads_comments(own), "language_form": LanguageForm(),
    }  # fmt: skip
    if reader.reads_comments(own):
        context["comments"] = comments_of(reader.wave, [own]).count()
    return render(request, "surveys/results/cell.html", context)


@login_required
@sees_results
@require_safe
def comments(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Of one comment cell, in the order of chance; 404 for who does not read them."""
    reader = found_reader(request, code)
    own = reader.cell(number)
    if not reader.reads_comments(own):
        raise Http404
    paginator = Paginator(comments_of(reader.wave, [own]), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "wave": reader.wave, "cell": own, "name": name_of(own, reader.cells), "page": page,
        "comments": page.object_list, "language": get_language() or "en",
    }  # fmt: skip
    return render(request, "surveys/results/comments.html", context)


@login_required
@sees_all_results
@require_safe
def what_goes_together(request: HttpRequest, code: str) -> HttpResponse:
    reader = found_reader(request, code)
    reading = Reading(reader.wave, reader.cells, before=None, language=get_language() or "en")
    outcome = outcome_of(reading.results)
    if outcome is None:
        raise Http404
    context = {
        "wave": reader.wave, "outcome": reading.item_line(outcome, reader.cell(0)),
        "drivers": drivers(reading.results, outcome), "fewest": FEWEST_FOR_DRIVERS,
    }  # fmt: skip
    return render(request, "surveys/results/drivers.html", context)
