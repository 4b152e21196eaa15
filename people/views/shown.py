"""How one is shown to others: name, nickname and photo, each said by the person alone."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people.forms.shown import ConsentForm, NicknameForm, PhotoForm
from people.models import Employee, Photo
from people.permissions import may_see_photo
from people.services import consents, photos
from people.services.consents import Agreed, ConsentRefused
from people.services.nicknames import NicknameRefused, call_oneself
from people.services.pictures import PhotoRefused
from people.services.pins import SHARED_SESSION


def of_oneself(view):
    """For employees; an account without one is shown to nobody."""

    @login_required
    @wraps(view)
    def asked(request):
        employee = getattr(request.user, "employee", None)
        if employee is None:
            raise Http404
        return view(request, employee)

    return asked


@of_oneself
def index(request, employee: Employee):
    form = _consent_form(employee, request.POST if request.method == "POST" else None)
    if form.is_valid():
        agreed = Agreed(form.cleaned_data["names"], form.cleaned_data["photo"])
        try:
            consents.agree(employee, agreed, by=request.user, now=timezone.now())
        except ConsentRefused as refused:
            form.add_error("photo", str(refused))
        else:
            messages.success(request, _("Kept; it holds from now on."))
            return redirect("shown")
    return _page(request, employee, consent_form=form)


@require_POST
@of_oneself
def nickname(request, employee: Employee):
    form = NicknameForm(request.POST, auto_id="called_%s")
    if form.is_valid():
        said = form.cleaned_data["nickname"]
        try:
            call_oneself(employee, said, by=request.user, now=timezone.now())
        except NicknameRefused as refused:
            form.add_error("nickname", str(refused))
        else:
            messages.success(request, _("Kept; it holds from now on."))
            return redirect("shown")
    return _page(request, employee, nickname_form=form)


@require_POST
@of_oneself
def photo(request, employee: Employee):
    form = PhotoForm(request.POST, request.FILES, auto_id="upload_%s")
    if form.is_valid():
        content = form.cleaned_data["photo"].read()
        try:
            photos.set_photo(employee, content, by=request.user, now=timezone.now())
        except PhotoRefused as refused:
            form.add_error("photo", str(refused))
        else:
            messages.success(request, _("Your photo is kept. Below it stands who sees it."))
            return redirect("shown")
    return _page(request, employee, photo_form=form)


@require_POST
@of_oneself
def remove_photo(request, employee: Employee):
    if photos.remove_photo(employee, by=request.user):
        messages.success(request, _("Your photo is gone."))
    return redirect("shown")


def _consent_form(employee: Employee, posted=None) -> ConsentForm:
    given = consents.given_by(employee)
    # Nothing is ticked beforehand: what is agreed to is said, not left standing.
    initial = {"names": given.names, "photo": given.photo} if given else {}
    instead = consents.in_place_of(employee, on=timezone.localdate())
    return ConsentForm(posted, initial=initial, name=employee.name, instead=instead)


def _page(request, employee: Employee, **forms) -> HttpResponse:
    given = consents.given_by(employee)
    agreed = given or consents.by_default()
    context = {
        "employee": employee,
        "given": given,
        "default": consents.by_default(),
        "readings": consents.read_by(employee, agreed, on=timezone.localdate()),
        "agreed": agreed,
        "photo": Photo.objects.filter(employee=employee).defer("image").first(),
        "consent_form": forms.get("consent_form") or _consent_form(employee),
        "nickname_form": forms.get("nickname_form")
        or NicknameForm(initial={"nickname": employee.known_as}, auto_id="called_%s"),
        "photo_form": forms.get("photo_form") or PhotoForm(auto_id="upload_%s"),
    }
    return render(request, "people/shown.html", context)


@require_safe
def photo_of(request, number: str):
    """Somebody's picture to whom they agree, without signing in where that is everybody; to
    others there is none."""
    today = timezone.localdate()
    found = Photo.objects.to_show(today).defer("image").select_related("employee")
    kept = get_object_or_404(found, employee__number=number)
    if not may_see_photo(request.user, kept.employee, on=today):
        raise Http404
    etag = quote_etag(kept.sha256)
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        bytes(kept.image), content_type="image/webp"
    )
    response["ETag"] = etag
    if not request.session.get(SHARED_SESSION):
        # Kept by one browser, which asks before each use whether it still may show it.
        response["Cache-Control"] = "private, no-cache"
    return response
