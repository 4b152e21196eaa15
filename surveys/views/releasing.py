"""The report of the audit, and who may read the results from when on."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys.models import Theme, Wave
from surveys.services import foreseeing, releasing, telling

sees_polls = permission_required("surveys.see_polls", raise_exception=True)
keeps_polls = permission_required("surveys.keep_polls", raise_exception=True)
SEALED = (Wave.State.SEALED, Wave.State.RELEASED)


@dataclass(frozen=True)
class ReportLine:
    """Of figures that are shown or hidden together; `least` people at least are in every group
    that anybody can work out, None where nothing is shown."""

    what: str
    shown: int
    small: int
    protects: int
    least: int | None


@login_required
@sees_polls
@require_safe
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Before anybody sees a figure: what the audit says of all of them, and who will read what."""
    wave = _sealed(code)
    asked, cells = foreseeing.preview(wave, on=timezone.localdate())
    report = wave.release.report
    context = {
        "wave": wave, "release": wave.release, "report": report, "lines": _lines(wave, report),
        "asked": asked, "cells": cells, "is_released": wave.state == Wave.State.RELEASED,
        "may_release": request.user.has_perm("surveys.keep_polls"),
    }  # fmt: skip
    return render(request, "surveys/sealing/release.html", context)


def _sealed(code: str) -> Wave:
    """404 before the seal: there is no report then."""
    waves = Wave.objects.filter(state__in=SEALED, release__isnull=False)
    return get_object_or_404(waves.select_related("release__released_by__employee"), code=code)


def _lines(wave: Wave, report: dict[str, Any]) -> list[ReportLine]:
    language = get_language() or "en"
    texts = {
        row.number: f"{row.number}. {telling.text_of(row, language)}"
        for row in wave.items.select_related("wording")
    }
    themes = {theme.code: str(theme) for theme in Theme.objects.all()}
    found = []
    for line in report["figures"]:
        what = _("Response rates")
        if line["theme"]:
            what = themes.get(line["theme"], line["theme"])
        elif line["items"]:
            what = ", ".join(texts.get(number, str(number)) for number in line["items"])
        found.append(
            ReportLine(what, line["shown"], line["small"], line["protects"], line["least"])
        )
    return found


@login_required
@sees_polls
@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The report as a file, as its digest was taken of it."""
    wave = _sealed(code)
    content = json.dumps(
        wave.release.report, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"poll-{wave.code}-audit.json"
    )
    return response


@login_required
@keeps_polls
@require_POST
def let_hr_read(request: HttpRequest, code: str) -> HttpResponse:
    wave = _sealed(code)
    releasing.release(wave, by=request.user, now=timezone.now())
    messages.success(request, _("Released: HR, executives and auditors read the results now."))
    return redirect("release-poll", code=wave.code)


@login_required
@keeps_polls
@require_POST
def show(request: HttpRequest, code: str) -> HttpResponse:
    wave = _sealed(code)
    try:
        releasing.show(wave, by=request.user, now=timezone.now())
    except releasing.ReleaseRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Shown: leads and staff read theirs now."))
    return redirect("release-poll", code=wave.code)


@login_required
@require_safe
def manager_sees(request: HttpRequest, code: str) -> HttpResponse:
    """For whoever is invited, from the launch on: what is told of them, and to whom. HR and
    auditors read it of the whole company."""
    wave = get_object_or_404(Wave.objects.exclude(state=Wave.State.DRAFT), code=code)
    own = foreseeing.own_cell(request.user, wave)
    if own is None and not request.user.has_perm("surveys.see_polls"):
        raise Http404
    today = timezone.localdate()
    cells = foreseeing.on_the_way(wave, own) if own else foreseeing.in_order(wave.cells.all())
    told_in = foreseeing.told_in(wave, own) if own else None
    every = list(wave.cells.all())
    context = {
        "wave": wave, "own": own, "cells": foreseeing.foreseen(wave, cells, on=today),
        "told_in": foreseeing.name_of(told_in, every) if told_in else "",
        "own_name": foreseeing.name_of(own, every) if own else "",
    }  # fmt: skip
    return render(request, "surveys/results/manager_sees.html", context)
