"""What lists of polls are narrowed by."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from people.filters import LONGEST_SEARCH
from surveys.models import Question, Theme
from surveys.models.questions import KINDS


def themes() -> list[tuple[str, str]]:
    return [(theme.code, str(theme)) for theme in Theme.objects.all()]


class QuestionFilter(FilterSet):
    q = CharFilter(label=_("Code or words"), method="like", max_length=LONGEST_SEARCH)
    theme = ChoiceFilter(
        label=_("Theme"), field_name="theme__code", choices=themes, empty_label=_("all")
    )
    kind = ChoiceFilter(
        label=_("Kind"), empty_label=_("all"),
        choices=[(kind.value, label) for kind, label in KINDS.items()],
    )  # fmt: skip

    class Meta:
        model = Question
        fields: tuple[str, ...] = ()

    def like(self, found: QuerySet, _name: str, said: str) -> QuerySet:
        wanted = Q(code__icontains=said)
        for language, _language in settings.LANGUAGES:
            wanted |= Q(**{f"wordings__texts__{language}__text__icontains": said})
        return found.filter(pk__in=Question.objects.filter(wanted).values("pk"))
