from django.http import HttpResponse
from django.urls import path

from config.urls import urlpatterns as product

urlpatterns = [path("empty/", lambda _request: HttpResponse(status=304)), *product]
