"""What anybody invited may check: which columns there really are, and that what must hold holds.

The same functions are asked by the page and by the tests. They read the database as it is, not the
models as they were meant.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Length
from django.utils.translation import gettext as _

from people.models import AuditEntry
from surveys.models import (
    AnswerCount,
    BallotInbox,
    Cell,
    Comment,
    Invitation,
    PaperEntry,
    Release,
    ScaleReliability,
    ScaleStat,
    SpentCredential,
    Wave,
)
from surveys.services.launching import digest_of, policy

ALLOWED: dict[type[models.Model], frozenset[str]] = {
    Invitation: frozenset({"id", "wave_id", "employee_id", "cell_id", "claimed"}),
    SpentCredential: frozenset({"digest", "wave_id"}),
    BallotInbox: frozenset({"id", "wave_id", "box"}),
    PaperEntry: frozenset({"digest", "wave_id", "answers_digest", "typed_by_id"}),
    AnswerCount: frozenset({"id", "item_id", "cell_id", "option", "n"}),
    ScaleStat: frozenset({"id", "wave_id", "theme_id", "cell_id", "n", "total", "squares"}),
    ScaleReliability: frozenset({"id", "wave_id", "theme_id", "item_id", "n", "total", "squares"}),
    Comment: frozenset({"id", "item_id", "cell_id", "text"}),
}
"""All that these tables may hold (polls.md); `typed_by_id` is who counted paper, not who voted."""
OF_CHANCE = (BallotInbox, AnswerCount, ScaleStat, ScaleReliability, Comment)
_TIMES = ("date", "time")
_REWRITTEN = (Invitation, SpentCredential)
"""What the seal writes anew in the order of chance."""


@dataclass(frozen=True)
class Column:
    name: str
    kind: str


@dataclass(frozen=True)
class TableShape:
    """A table as the database describes it."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Check:
    """One thing that must hold; `holds` is None where it cannot be asked now, and `why` says so."""

    what: str
    holds: bool | None
    why: str = ""


@dataclass(frozen=True)
class Promised:
    """What was promised to one person; no cell for who only looks on."""

    cell: Cell | None
    is_small: bool


def promised_to(invited: Invitation) -> Promised:
    cell = invited.cell
    return Promised(cell, cell.invited < invited.wave.fewest_scores)


def policy_of(wave: Wave) -> dict[str, Any]:
    """The policy as its digest was taken of it; without the public keys once those are gone."""
    return policy(wave, list(wave.cells.order_by("number")))


def shapes() -> list[TableShape]:
    return [shape_of(model) for model in ALLOWED]


def shape_of(model: type[models.Model]) -> TableShape:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
        kinds = _kinds(cursor, table)
    return TableShape(table, tuple(Column(each.name, kinds[each.name]) for each in described))


def _kinds(cursor: Any, table: str) -> dict[str, str]:
    """The columns' types as the database calls them."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = ANY (current_schemas(false))",
            [table],
        )
        return dict(cursor.fetchall())
    cursor.execute("SELECT name, type FROM pragma_table_info(%s)", [table])
    return dict(cursor.fetchall())


def checks(wave: Wave) -> list[Check]:
    """Everything that can be asked of a launched poll, asked now."""
    return [
        _no_other_columns(), _no_times(), _ids_of_chance(wave), _boxes_of_one_length(wave),
        _no_more_ballots_than_taken(wave), _box_holds_what_was_cast(wave),
        _log_knows_nobody(wave), _register_is_frozen(wave), _policy_is_as_shown(wave),
        _box_is_empty_after_the_seal(wave), _rows_tell_no_order(wave),
    ]  # fmt: skip


def surplus_columns() -> dict[str, set[str]]:
    """By table, the columns that must not be there; {} is good."""
    found = {
        model._meta.db_table: {each.name for each in shape_of(model).columns} - allowed
        for model, allowed in ALLOWED.items()
    }
    return {table: columns for table, columns in found.items() if columns}


def columns_of_time() -> dict[str, set[str]]:
    """By table, the columns that hold a date or a time; {} is good."""
    found = {
        shape.name: {each.name for each in shape.columns
                     if any(word in each.kind.lower() for word in _TIMES)}
        for shape in shapes()
    }  # fmt: skip
    return {table: columns for table, columns in found.items() if columns}


def _no_other_columns() -> Check:
    return Check(
        _("The tables of ballots have these columns and no others."), not surplus_columns()
    )


def _no_times() -> Check:
    return Check(_("No column of them holds a date or a time."), not columns_of_time())


def _ids_of_chance(wave: Wave) -> Check:
    ids = [
        each
        for model in OF_CHANCE
        for each in _of_wave(model, wave).values_list("pk", flat=True)[:10_000]
    ]
    return Check(
        _("Ballots, counts and comments are numbered by chance, not one after the other."),
        all(isinstance(each, UUID) and each.version == 4 for each in ids) if ids else None,
        "" if ids else _("There is nothing of it yet."),
    )


def _of_wave(model: type[models.Model], wave: Wave) -> models.QuerySet[Any]:
    has_wave = any(field.name == "wave" for field in model._meta.fields)
    return model._default_manager.filter(**({"wave": wave} if has_wave else {"item__wave": wave}))


def _boxes_of_one_length(wave: Wave) -> Check:
    lengths = BallotInbox.objects.filter(wave=wave).order_by().annotate(length=Length("box"))
    different = lengths.values("length").distinct().count()
    return Check(
        _("All sealed ballots are equally long, however much somebody wrote."),
        different == 1 if different else None,
        "" if different else _("There is no ballot in the box."),
    )


def _no_more_ballots_than_taken(wave: Wave) -> Check:
    claimed = Invitation.objects.filter(wave=wave, claimed=True).count()
    used = SpentCredential.objects.filter(wave=wave).count()
    return Check(_("No more ballots were cast than handed out."), used <= claimed)


def _box_holds_what_was_cast(wave: Wave) -> Check:
    """A ballot that was put in or taken out beside the station is missed here, unless whoever did
    it thought of the credentials, too."""
    what = _("As many ballots are in the box as credentials were used; since the seal, were.")
    if wave.state != Wave.State.OPEN:
        release = Release.objects.filter(wave=wave).first()
        box = release.report.get("box") if release else None
        if box is None:
            return Check(what, None, _("It is not known of this poll."))
        return Check(what, box["ballots"] == box["credentials"] and not box["set_aside"])
    # Of one moment: a ballot that comes in between two questions would look like one too many.
    counts = _counted(BallotInbox), _counted(SpentCredential)
    [(held, used)] = Wave.objects.filter(pk=wave.pk).values_list(*counts)
    return Check(what, held == used)


def _counted(model: type[models.Model]) -> Coalesce:
    rows = model._default_manager.filter(wave=OuterRef("pk")).order_by().values("wave")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _log_knows_nobody(wave: Wave) -> Check:
    """What is logged of a poll is what HR and the keepers of the keys did, about nobody."""
    about = AuditEntry.objects.filter(subject=f"poll:{wave.code}")
    return Check(
        _("The log of changes has no entry about somebody taking or casting a ballot."),
        not about.filter(person__isnull=False).exists()
        and not about.filter(action__in=("claim", "claim_ballot", "cast", "cast_ballot")).exists(),
    )


def _register_is_frozen(wave: Wave) -> Check:
    atoms = wave.cells.filter(is_atom=True).aggregate(n=Sum("invited"))["n"] or 0
    return Check(
        _("As many are invited as at the launch."),
        Invitation.objects.filter(wave=wave).count() == atoms,
    )


def _policy_is_as_shown(wave: Wave) -> Check:
    what = _("What was promised still has the digest that you are shown.")
    if wave.hr_key is None or wave.staff_key is None:
        return Check(what, None, _("It named the keys, which are destroyed since the seal; compare "
                                   "the digest with the one you noted before."))  # fmt: skip
    return Check(what, digest_of(policy_of(wave)) == wave.policy_digest)


def _box_is_empty_after_the_seal(wave: Wave) -> Check:
    what = _("Since the seal the box is empty and the keys are gone.")
    if wave.state == Wave.State.OPEN:
        return Check(what, None, _("The poll is not sealed yet."))
    is_empty = not BallotInbox.objects.filter(wave=wave).exists()
    return Check(what, is_empty and wave.hr_key is None and wave.staff_key is None)


def _rows_tell_no_order(wave: Wave) -> Check:
    what = _("Row versions of the database do not tell who took or cast when.")
    if wave.state == Wave.State.OPEN:
        return Check(what, None, _("The seal writes them anew, in an order of chance; until then "
                                   "ballots are sealed."))  # fmt: skip
    if connection.vendor != "postgresql":
        return Check(what, None, _("This database has no row versions."))
    return Check(what, all(row_versions(model, wave) <= 1 for model in _REWRITTEN))


def row_versions(model: type[models.Model], wave: Wave) -> int:
    """Of how many transactions a poll's rows are (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(DISTINCT xmin::text) FROM {model._meta.db_table} WHERE wave_id = %s",
            [wave.pk],
        )
        return int(cursor.fetchone()[0])
