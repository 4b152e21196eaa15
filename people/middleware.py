"""Answers that hold for every page: personal pages are not stored, a busy database says so."""

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from people.services.retrying import DatabaseBusy


class PersonalPagesAreNotStored:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, DatabaseBusy):
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "5"
            return response
        return None
