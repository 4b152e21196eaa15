"""Stories of good service, with the people who are in them as far as these agree to be shown."""

from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms.models.closed import not_closed
from cms.models.texts import TRANSLATED, WORDS, InLanguages, TextsInALanguage
from people.models import Employee, ShownTo
from people.services.consents import by_default

PER_PAGE = 24


def not_agreeing(audience: ShownTo) -> Q:
    """People of a story, through `employee`, whose name may not be shown that far: the same that
    people.services.consents.consents_of says, for use inside one statement."""
    refused = Q(employee__erased_at__isnull=False) | Q(employee__consent__names__lt=audience)
    if by_default().names < audience:
        refused |= Q(employee__consent=None)
    return refused


def no_photo_for(audience: ShownTo) -> Q:
    """People whose photo may not be shown that far; who has said nothing shows none."""
    return (
        Q(employee__erased_at__isnull=False)
        | Q(employee__consent=None)
        | Q(employee__consent__photo__lt=audience)
    )


class Stories(PageQuerySet):
    def agreed_for(self, audience: ShownTo) -> Self:
        """Those for lists and screens: see `agreeing`; without those closed to most."""
        return not_closed(self.agreeing(audience))

    def agreeing(self, audience: ShownTo) -> Self:
        """Those in which everybody agrees to be named that far; each says whether it is `personal`,
        somebody is in it, and whether its picture may be shown that far, `pictured`."""
        people = StoryPerson.objects.filter(page=OuterRef("pk"))
        agreed = self.filter(~Exists(people.filter(not_agreeing(audience))))
        return agreed.annotate(
            personal=Exists(people), pictured=~Exists(people.filter(no_photo_for(audience)))
        )

    def newest_first(self) -> Self:
        """With all that a list shows of them."""
        return (
            self.select_related("image")
            .prefetch_related("texts", "image__renditions")
            .order_by("-first_published_at", "-pk")
        )


class StoryIndexPage(Page):
    max_count = 1
    template = "cms/story_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.StoryPage"]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        stories = StoryPage.objects.live().descendant_of(self).agreed_for(ShownTo.STAFF)
        pages = Paginator(stories.newest_first(), PER_PAGE)
        context["stories"] = pages.get_page(request.GET.get("page"))
        return context


class StoryForm(WagtailAdminPageForm):
    def clean(self):
        cleaned = super().clean()
        if cleaned.get("image") and not cleaned.get("image_text"):
            said = _("Say what the picture shows, for those who do not see it.")
            self.add_error("image_text", ValidationError(said, code="required"))
        return cleaned


class StoryPage(InLanguages, Page):
    """Whether it is shown follows the consent of those in it each time somebody reads it."""

    summary = models.CharField(_("in one sentence"), max_length=200)
    body = RichTextField(_("text"), blank=True, features=WORDS)
    image = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("picture"),
    )  # fmt: skip
    image_text = models.CharField(_("what the picture shows"), max_length=200, blank=True)

    objects = PageManager.from_queryset(Stories)()

    base_form_class = StoryForm
    template = "cms/story_page.html"
    parent_page_types = ["cms.StoryIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_text")], heading=_("Picture")),
        InlinePanel(
            "about",
            heading=_("Who is in it"),
            label=_("Colleague"),
            help_text=_(
                "Everybody who is named or recognised. It is shown only as far as each of them "
                "agrees, under “My name and photo”."
            ),
        ),
        InlinePanel("texts", heading=_("In other languages"), label=_("Language")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.RelatedFields("texts", TRANSLATED),
    ]

    def image_text_in(self, language: str) -> str:
        said = next((each for each in self.texts.all() if each.language == language), None)
        return (said and said.image_text) or self.image_text

    @property
    def image_told(self) -> str:
        return self.image_text_in(get_language() or settings.LANGUAGE_CODE)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        if getattr(request, "is_preview", False):
            # Whoever writes it sees all of it.
            return context | {"shown": True, "pictured": True}
        agreed = StoryPage.objects.agreeing(ShownTo.STAFF).filter(pk=self.pk).first()
        return context | {"shown": agreed is not None, "pictured": agreed and agreed.pictured}


class StoryText(TextsInALanguage):
    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="texts")
    image_text = models.CharField(_("what the picture shows"), max_length=200, blank=True)

    panels = [*TextsInALanguage.panels, FieldPanel("image_text")]


class StoryPerson(models.Model):
    """Somebody whom a story is about."""

    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="about")
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="+", verbose_name=_("colleague")
    )

    panels = [FieldPanel("employee")]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "employee"], name="a_person_is_in_a_story_once")
        ]
