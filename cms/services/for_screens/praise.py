"""The wall of recognition as a screen shows it: only who agrees to stand there."""

from typing import Any

from cms.services.for_screens.pictures import faces
from people.models import Department, ShownTo
from recognition.services.wall import wall_for
from surveys.rules.acting import shortened


def praise(
    shown_to: ShownTo, department: Department | None, *, language: str, most: int
) -> list[dict[str, Any]]:
    """The newest nominations as `wall_for` gives them, each with a `story` short enough to be read
    in passing, and nominees with `face`, a picture or empty. Nothing for a screen before a
    department that is not known, as nobody can have agreed to it."""
    if shown_to == ShownTo.NOBODY or (shown_to == ShownTo.TEAM and department is None):
        return []
    found = wall_for(shown_to, department=department, language=language, most=most)
    named = [nominee for each in found for nominee in each["nominees"]]
    pictures = faces({each["photo_of"] for each in named if each["photo_of"]})
    for nominee in named:
        nominee["face"] = pictures.get(nominee["photo_of"], "")
    return [{**each, "story": shortened(each["story"])} for each in found]
