"""Fields that are asked in each of the company's languages, side by side."""

from collections.abc import Callable, Iterable

from django import forms
from django.conf import settings


class Column:
    """What a form asks in one language."""

    def __init__(self, code: str, name: str, fields: list[forms.BoundField]):
        self.code, self.name, self.fields = code, name, fields


class InLanguages(forms.Form):
    """`asked` are makers of fields by name; a field is called name_language. In the company's own
    language those of `needed` have to be there."""

    asked: dict[str, Callable[[], forms.Field]] = {}
    needed: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code, _language in settings.LANGUAGES:
            for name, made in self.asked.items():
                field = made()
                field.required = name in self.needed and code == settings.LANGUAGE_CODE
                field.widget.is_required = field.required
                self.fields[f"{name}_{code}"] = field

    @property
    def columns(self) -> list[Column]:
        return [
            Column(code, language, [self[f"{name}_{code}"] for name in self.asked])
            for code, language in settings.LANGUAGES
        ]

    @property
    def plain(self) -> list[forms.BoundField]:
        """What is asked once."""
        own = {field.name for column in self.columns for field in column.fields}
        return [field for field in self.visible_fields() if field.name not in own]

    def by_language(self, name: str) -> dict[str, str]:
        """What was said, by language, where something was."""
        said = {code: self.cleaned_data[f"{name}_{code}"] for code, _name in settings.LANGUAGES}
        return {code: text for code, text in said.items() if text}

    @staticmethod
    def showing(name: str, texts: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {f"{name}_{code}": text for code, text in texts}
