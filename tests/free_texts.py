"""The columns that hold what people wrote, and how a test writes into every one of them."""

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import connection, models
from wagtail.documents.models import Document
from wagtail.models import Page

from people import guards

OWN_APPS = (
    "people", "ledger", "incentives", "recognition", "empowerment", "surveys", "cms", "screens",
)  # fmt: skip
FREE_TEXTS = {
    "name", "job_title", "reason", "why", "headline", "summary", "subject", "last_error",
    "filename", "place", "email", "to", "body", "user_agent", "title", "text", "answer",
    "story", "customer_reference", "end_reason", "known_as",
    "no_receipt", "reference", "merchant", "description", "grade",
    "said", "did", "image_text", "quote", "said_by", "how_agreed",
}  # fmt: skip
"""What people write, by the columns' names; `BOUND` are those of that name whose texts are ours."""
BOUND = {"policy.name", "auditentry.subject"}


def text_columns() -> list[tuple[type[models.Model], models.Field]]:
    """Every column of free text, of our models and of those others on whose pages it is seen."""
    wanted = [model for app in OWN_APPS for model in apps.get_app_config(app).get_models()]
    return [
        (model, field)
        for model in [*wanted, Page, Document, UserSession]
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
        if field.name in FREE_TEXTS and f"{model._meta.model_name}.{field.name}" not in BOUND
        # Wagtail keeps rich text as the HTML that its editor has cleaned; see the test of that.
        if type(field).__name__ != "RichTextField"
    ]


def written_rows(model: type[models.Model], field: models.Field) -> list:
    """The keys of the rows that hold such a text; a question that is open has no answer yet, and
    a limit for everybody no grade."""
    rows = model._base_manager.all()
    if field.name in ("answer", "grade"):
        rows = rows.exclude(**{field.name: ""})
    return list(rows.values_list("pk", flat=True))


def without_guards() -> None:
    """Also what the database would not let anybody edit has its text from somebody."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            return
        for guard in guards.registered("sqlite"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")


def with_guards_again() -> None:
    """Looking at a waiting correction makes it and takes it back, which wants them in place."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = origin")
    else:
        guards.install(connection)
