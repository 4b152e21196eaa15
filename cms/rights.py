"""What editors and administrators may do in Wagtail: pages, images and documents, nothing else.

Given after every migration to the groups that follow the roles (people/services/roles.py). Whether
somebody may open Wagtail at all is asked of the roles in force, so that the end of a role acts on
the next request and not when its group is next looked at.
"""

import rules
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
)

from cms.models import ApprovalBySecondPerson, HomePage
from cms.services.approving import set_up_approval
from cms.services.posting import ask_to_sign_in
from people.models import Role
from people.permissions import roles_of

ROLES = (Role.EDITOR, Role.ADMINISTRATOR)
ON_PAGES = ("add_page", "change_page", "publish_page")
ON_FILES = (
    "add_image", "change_image", "choose_image",
    "add_document", "change_document", "choose_document",
)  # fmt: skip
WAGTAIL = ("wagtailcore", "wagtailadmin", "wagtailimages", "wagtaildocs")


@rules.predicate
def has_a_writing_role(user) -> bool:
    """Refuses outright, so that a group left over from an ended role can't still let in."""
    if roles_of(user).isdisjoint(ROLES):
        raise PermissionDenied
    return True


rules.add_perm("wagtailadmin.access_admin", has_a_writing_role)


def give_rights(*, using: str = DEFAULT_DB_ALIAS, **_kwargs) -> None:
    """Give the groups their rights and close everything to strangers; again changes nothing."""
    if using != DEFAULT_DB_ALIAS or not _everything_is_migrated():
        return
    for label in WAGTAIL:
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    with transaction.atomic():
        groups = [Group.objects.get_or_create(name=role)[0] for role in ROLES]
        for group in groups:
            _give(group)
        set_up_approval(groups=groups)
        for home in HomePage.objects.all():
            ask_to_sign_in(home)
        for collection in Collection.objects.filter(depth=1):
            CollectionViewRestriction.objects.get_or_create(
                collection=collection, restriction_type=CollectionViewRestriction.LOGIN
            )


def _everything_is_migrated() -> bool:
    tables = set(connections[DEFAULT_DB_ALIAS].introspection.table_names())
    models = (
        Group, GroupPagePermission, GroupCollectionPermission, HomePage, ApprovalBySecondPerson,
    )  # fmt: skip
    return tables.issuperset(model._meta.db_table for model in models)


def _give(group: Group) -> None:
    group.permissions.add(_permission("wagtailadmin", "access_admin"))
    for root in Page.objects.filter(depth=1):
        for codename in ON_PAGES:
            GroupPagePermission.objects.get_or_create(
                group=group, page=root, permission=_permission("wagtailcore", codename)
            )
    for root in Collection.objects.filter(depth=1):
        for codename in ON_FILES:
            app = "wagtailimages" if codename.endswith("image") else "wagtaildocs"
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=_permission(app, codename)
            )


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)
