"""What Wagtail keeps about a person, and what of it is forgotten with the person."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import ModelLogEntry, Page, PageLogEntry
from wagtail.users.models import UserProfile

from cms.models import StoryPerson
from cms.services.stories import delete_stories_about
from people.models import Employee, User
from people.services.personal import rows_of

PARTS = (
    rows_of("cms-profile", _("Editor's settings"), UserProfile, "user"),
    rows_of("pages", _("Pages"), Page, "owner"),
    rows_of("stories", _("Stories about the person"), StoryPerson, "employee"),
    rows_of("page-changes", _("Changes of pages"), PageLogEntry, "user", without=("data",)),
    rows_of("cms-changes", _("Changes in the editor's room"), ModelLogEntry, "user",
            without=("data",)),
    rows_of("documents", _("Documents"), Document, "uploaded_by_user"),
    rows_of("pictures", _("Pictures"), Image, "uploaded_by_user"),
)  # fmt: skip


def forget(employee: Employee, _called: tuple[str, ...]) -> None:
    """Pages and their history stay, under the pseudonym; stories about the person do not."""
    delete_stories_about(employee)
    user = employee.user
    if user is None:
        return
    for profile in UserProfile.objects.filter(user=user):
        profile.avatar.delete(save=False)
        profile.delete()
    about = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    )
    about.update(label=user.username, data={})
