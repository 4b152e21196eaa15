"""The public page knows nobody."""

PUBLIC = "/public/"


class PublicPagesKnowNobody:
    """Stands before the session: one answer for all, which any cache between may keep. Nothing of
    who asks is read, and no cookie is set; the language is the browser's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(PUBLIC):
            return self.get_response(request)
        for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION"):
            request.META.pop(name, None)
        request.COOKIES = {}
        response = self.get_response(request)
        response.cookies.clear()
        # The session's middleware says that it looked for a cookie.
        response["Vary"] = "Accept-Language, Accept-Encoding"
        return response
