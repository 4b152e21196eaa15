"""Names that the company gave in several languages."""

from collections.abc import Mapping

from django.utils.translation import get_language


def in_language(names: Mapping[str, str]) -> str:
    """The name in the language of the moment; the one under "" where there is none."""
    return names.get(get_language() or "") or names[""]
