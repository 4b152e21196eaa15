"""Every address of the product. /cms/ is Wagtail's admin; what is not named here is a page."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("", include("people.urls")),
    path("", include("incentives.urls")),
    path("", include("recognition.urls")),
    path("", include("empowerment.urls")),
    path("", include("surveys.urls")),
    path("", include("cms.urls")),
    path("", include("screens.urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include(wagtail_urls)),
]
