"""The pages that editors keep around what is posted."""

from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from cms.models.closed import not_closed
from cms.models.days import DaySnapshot, archive_of
from cms.models.texts import TRANSLATED, WORDS, InLanguages, TextsInALanguage
from surveys.services.acting_page import published_by_poll


class HomePage(Page):
    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ul"])

    max_count = 1
    template = "cms/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["results"] = ResultsPage.newest(self).first()
        context["announcements"] = AnnouncementPage.newest(self)[:3]
        return context


class ResultsIndexPage(Page):
    max_count = 1
    template = "cms/results_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.ResultsPage"]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        archive = archive_of(ResultsPage.newest(self), request.GET.get("month"))
        return context | {"archive": archive}


class ResultsPage(InLanguages, Page):
    """One a closed day. The figures are the newest snapshot's, never fields of the page: an
    editor's draft, published late, can't bring old figures back."""

    date = models.DateField(unique=True, editable=False)
    headline = models.CharField(_("headline"), max_length=200, blank=True)
    body = RichTextField(_("text"), blank=True, features=WORDS)

    TITLE, SUMMARY = "headline", ""
    template = "cms/results_page.html"
    parent_page_types = ["cms.ResultsIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        HelpPanel(_("The figures post and correct themselves; add a headline and a few words.")),
        FieldPanel("title", read_only=True),
        FieldPanel("headline"),
        FieldPanel("body"),
        InlinePanel("texts", heading=_("In other languages"), label=_("Language")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("headline"),
        index.SearchField("body"),
        index.RelatedFields("texts", TRANSLATED),
    ]

    @classmethod
    def newest(cls, above: Page):
        pages = cls.objects.live().descendant_of(above).order_by("-date")
        return pages.prefetch_related("texts")

    @classmethod
    def can_create_at(cls, parent) -> bool:
        # Closing a day makes the page; nobody makes one by hand.
        return False

    @cached_property
    def snapshot(self) -> DaySnapshot | None:
        return DaySnapshot.objects.filter(date=self.date).order_by("-id").first()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["snapshot"] = self.snapshot
        return context


class ResultsText(TextsInALanguage):
    """The headline, as `title`, and the words around the figures."""

    page = ParentalKey(ResultsPage, on_delete=models.CASCADE, related_name="texts")

    panels = [
        FieldPanel("language"),
        FieldPanel("title", heading=_("headline")),
        FieldPanel("body"),
    ]


class AnnouncementIndexPage(Page):
    max_count = 1
    template = "cms/announcement_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.AnnouncementPage"]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["announcements"] = AnnouncementPage.newest(self)[:50]
        return context


class AnnouncementPage(InLanguages, Page):
    summary = models.CharField(_("in one sentence"), max_length=200)
    body = RichTextField(_("text"), blank=True, features=WORDS)

    template = "cms/announcement_page.html"
    parent_page_types = ["cms.AnnouncementIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        InlinePanel("texts", heading=_("In other languages"), label=_("Language")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.RelatedFields("texts", TRANSLATED),
    ]

    @classmethod
    def newest(cls, above: Page):
        pages = not_closed(cls.objects.live().descendant_of(above))
        return pages.order_by("-first_published_at", "-pk").prefetch_related("texts")


class AnnouncementText(TextsInALanguage):
    page = ParentalKey(AnnouncementPage, on_delete=models.CASCADE, related_name="texts")


class ActionsPage(Page):
    """You said, we did. The actions are read as they stand, never fields of the page: an editor
    writes around them."""

    intro = RichTextField(_("before the actions"), blank=True, features=WORDS)
    ending = RichTextField(_("after the actions"), blank=True, features=WORDS)

    max_count = 1
    template = "cms/actions_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        HelpPanel(_("The actions come from the polls by themselves, those that are published.")),
        FieldPanel("intro"),
        FieldPanel("ending"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("ending"),
    ]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["polls"] = published_by_poll()
        return context
