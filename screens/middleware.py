"""Screens know nobody: what a device sends beside its own cookies is taken away."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from screens.polling import PATH, answer_poll

SCREENS = "/screen/"
OWN = settings.SCREEN_COOKIE_NAME


class ScreensPassAlone:
    """Stands before the session, so that a colleague who is signed in in the same browser is
    nobody below /screen/, and a device gets no cookie but its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(SCREENS):
            return self.get_response(request)
        request.COOKIES = {
            name: value for name, value in request.COOKIES.items() if name.startswith(OWN)
        }
        request.META.pop("HTTP_AUTHORIZATION", None)
        if request.path_info == PATH and request.method == "GET":
            response = answer_poll(request)
            # What later middleware says of every other answer.
            response["X-Content-Type-Options"] = "nosniff"
            response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
            response["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
            response["Cross-Origin-Opener-Policy"] = "same-origin"
            return response
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        for name in [name for name in response.cookies if not name.startswith(OWN)]:
            del response.cookies[name]
        return response
