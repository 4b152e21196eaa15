"""Pages that an editor has closed to most: a password, or some groups alone."""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet


def not_closed(pages: PageQuerySet) -> PageQuerySet:
    """Those that everybody who is signed in may read: lists, searches, feeds and screens show no
    others, as they can't ask for the password."""
    closing = PageViewRestriction.objects.exclude(restriction_type=PageViewRestriction.LOGIN)
    here = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = closing.annotate(here=here).filter(here__startswith=F("page__path"))
    return pages.filter(~Exists(above))
