"""Keeping screens: where each hangs, for whom, and when it is lit."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import Department, Site, User
from people.services import audit
from people.services.retrying import retried
from screens.models import Emergency, Playlist, Screen, Showing
from screens.services.freshness import changed


class KeepingRefused(Exception):
    """Nothing was changed; `field` is the one to blame, if one is."""

    def __init__(self, why: str, *, field: str = ""):
        super().__init__(why)
        self.field = field


@dataclass(frozen=True)
class Hanging:
    """What people say of a screen; `languages` are codes in the order in which they are shown."""

    name: str
    place: str
    site: Site | None
    audience: str
    department: Department | None
    orientation: str
    languages: tuple[str, ...]
    playlist: Playlist | None
    lit_from: time
    lit_until: time
    only_working_days: bool

    def put_on(self, screen: Screen) -> Screen:
        """The screen as it is to be, not saved."""
        for name in self.__dataclass_fields__:
            setattr(screen, name, getattr(self, name))
        screen.languages = ",".join(self.languages)
        return screen


def hanging_of(screen: Screen) -> Hanging:
    values = {name: getattr(screen, name) for name in Hanging.__dataclass_fields__}
    return Hanging(**{**values, "languages": tuple(screen.spoken)})


def name_is_taken() -> KeepingRefused:
    return KeepingRefused(_("Another screen has this name."), field="name")


@retried
@transaction.atomic
def change_screen(screen: Screen, hanging: Hanging, *, by: User) -> bool:
    """False when there was nothing to change. Raises KeepingRefused."""
    held = Screen.objects.select_for_update(of=("self",)).get(pk=screen.pk)
    before, after = _plain(hanging_of(held)), _plain(hanging)
    if before == after:
        return False
    if Screen.objects.filter(name=hanging.name).exclude(pk=held.pk).exists():
        raise name_is_taken()
    hanging.put_on(held).save(update_fields=list(Hanging.__dataclass_fields__))
    changed()
    audit.record(
        "change_screen", by=by, subject=f"screen:{held.pk}",
        before={key: value for key, value in before.items() if value != after[key]},
        after={key: value for key, value in after.items() if value != before[key]},
    )  # fmt: skip
    return True


def _plain(hanging: Hanging) -> dict[str, Any]:
    """For the log: words, not rows."""
    values = {name: getattr(hanging, name) for name in Hanging.__dataclass_fields__}
    return {
        name: value if isinstance(value, bool | None) else str(value)
        for name, value in {**values, "languages": ",".join(hanging.languages)}.items()
    }


@retried
@transaction.atomic
def remove_screen(screen: Screen, *, by: User) -> None:
    """One that never was a device: of the others it stays known what they showed. Raises
    KeepingRefused."""
    held = Screen.objects.select_for_update(of=("self",)).get(pk=screen.pk)
    if held.paired_at:
        why = _("A device was this screen, so it stays known; revoke it instead.")
        raise KeepingRefused(why)
    if _is_chosen(held) or _is_chosen_in_a_draft(held):
        # Without it nothing would be chosen any more, which means: on all screens.
        why = _("A playlist or an emergency is shown on this screen; take it out there first.")
        raise KeepingRefused(why)
    audit.record("remove_screen", by=by, subject=f"screen:{held.pk}", before={"name": held.name})
    held.delete()


def _is_chosen(screen: Screen) -> bool:
    return (
        Showing.objects.filter(screens=screen).exists()
        or Emergency.objects.filter(screens=screen).exists()
    )


def _is_chosen_in_a_draft(screen: Screen) -> bool:
    """By what somebody has written and nobody has put live yet."""
    drafts = [
        revision
        for model in (Playlist, Emergency)
        for revision in model.objects.values_list("latest_revision__content", flat=True)
    ]
    chosen = [
        pk
        for draft in drafts if draft
        for part in (draft, *draft.get("showings", ()))
        for pk in part.get("screens", ())
    ]  # fmt: skip
    return screen.pk in chosen
