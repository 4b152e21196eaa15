"""The wall of recognition: the newest praise, with the names of those who agree to stand there."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks

from cms.services.for_screens.praise import praise
from screens.slides.base import Facts, LeftOut, Slide, View


class WallSlide(Slide):
    kind = "wall"
    most = blocks.IntegerBlock(
        label=gettext_lazy("At most"), min_value=1, max_value=12, default=3,
        help_text=gettext_lazy("So many of the newest; what does not fit is on a further page."),
    )  # fmt: skip

    class Meta:
        label = gettext_lazy("Wall of recognition")
        icon = "pick"

    def facts(self, value: Mapping[str, Any], view: View) -> Facts:
        found = praise(
            view.shown_to, view.department, language=view.language, most=value.get("most") or 3
        )
        if not found:
            raise LeftOut(_("There is no praise yet that may be shown to those who stand here."))
        people = frozenset(person for each in found for person in each["people"])
        return Facts({"praise": [card(each) for each in found]}, people=people, personal=True)


def card(praised: Mapping[str, Any]) -> dict[str, Any]:
    """`departments` once each, in the order of the names."""
    nominees = praised["nominees"]
    places = dict.fromkeys(each["department"] for each in nominees if each["department"])
    return {
        "names": named([each["name"] for each in nominees], praised["unnamed"]),
        "departments": list(places),
        "faces": [each["face"] for each in nominees if each["face"]][:3],
        "behaviour": praised["behaviour"],
        "story": praised["story"],
        "giver": praised["giver"],
    }


def named(names: list[str], unnamed: int) -> str:
    """“Ann and 2 colleagues”; who does not agree is counted and not named."""
    parts = list(names)
    if unnamed:
        others = ngettext("a colleague", "%(n)s colleagues", unnamed) % {"n": unnamed}
        parts.append(others if names else others[:1].upper() + others[1:])
    if len(parts) == 1:
        return parts[0]
    return _("%(most)s and %(last)s") % {"most": _(", ").join(parts[:-1]), "last": parts[-1]}
