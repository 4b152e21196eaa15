"""Ballot pages know nobody: whatever could say who asks is taken away before anything reads it."""

from django.http import HttpRequest, HttpResponse

BALLOTS, KIOSK = "/ballot/", "/kiosk/"
WHO_ASKS = (
    "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_PORT", "REMOTE_USER", "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_USER_AGENT", "HTTP_REFERER",
    "HTTP_AUTHORIZATION",
)  # fmt: skip


class BallotsPassAlone:
    """Stands before the session, so that what comes after it finds neither cookie nor address: it
    reads no session, knows no user and has nothing to log. Nothing sets a cookie on the way back,
    and no cache and no history keeps the page.

    At a kiosk the address stays, by which guessing of slip codes is counted.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith((BALLOTS, KIOSK)):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        if request.path_info.startswith(BALLOTS):
            for name in WHO_ASKS:
                request.META.pop(name, None)
        response = self.get_response(request)
        response.cookies.clear()
        response["Cache-Control"] = "no-store"
        # Not even to ourselves: what follows a ballot does not hear of it.
        response["Referrer-Policy"] = "no-referrer"
        return response
