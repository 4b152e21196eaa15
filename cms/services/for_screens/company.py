"""How the company is called where it stands alone."""

from wagtail.models import Site

from cms.models import HomePage


def company_name() -> str:
    """As the site is called in Wagtail's settings, else as its home page is."""
    site = Site.objects.filter(is_default_site=True).first()
    named = site.site_name if site else ""
    return named or HomePage.objects.values_list("title", flat=True).first() or ""
