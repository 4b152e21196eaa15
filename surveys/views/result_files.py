"""Results as files: a department's report for print, and what somebody reads as a spreadsheet."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from people.lists import harmless
from people.services.fonts import MissingCharacters
from surveys.forms.results import LanguageForm
from surveys.services.reading import Reading, name_of, shown_above
from surveys.services.result_files import spreadsheet
from surveys.services.result_pdf import report_pdf
from surveys.services.results import comments_of
from surveys.views.results import found_reader, sees_results

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@sees_results
@require_safe
def pdf(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """In the language asked for, else the reader's; where no font has a character, a page that
    says so."""
    reader = found_reader(request, code)
    own = reader.cell(number)
    form = LanguageForm(request.GET if "speaks" in request.GET else {"speaks": get_language()})
    if not form.is_valid():
        raise BadRequest("no such language")
    language = form.cleaned_data["speaks"]
    up = [each for each in reader.cells if own.path.startswith(f"{each.path}.")]
    with translation.override(language):
        reading = Reading(reader.wave, [own, *up], before=reader.before(), language=language)
        above = shown_above(reading, own, reader.cells)
        try:
            content = report_pdf(
                reading, own, name_of(own, reader.cells),
                above=(above, name_of(above, reader.cells)) if above else None,
                made_at=reader.wave.release.released_at or timezone.now(),
            )  # fmt: skip
        except MissingCharacters as missing:
            content, problem = b"", str(missing)
    if not content:
        context = {"wave": reader.wave, "cell": own, "problem": problem}
        return render(request, "surveys/results/not_printed.html", context, status=422)
    return _file(content, "application/pdf", f"poll-{reader.wave.code}-{own.number}.pdf")


@login_required
@sees_results
@require_safe
def xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """All cells that this person reads, and the comments of those whose comments they read."""
    reader = found_reader(request, code)
    told = [cell for cell in reader.cells if reader.reads_comments(cell)]
    comments = list(comments_of(reader.wave, told)) if told else []
    cells = [place.cell for place in reader.places(reader.cells)]
    content = spreadsheet(reader.reading(cells), cells, comments, harmless=harmless)
    return _file(content, XLSX, f"poll-{reader.wave.code}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
