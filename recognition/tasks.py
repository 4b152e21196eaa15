"""Work for later: telling those concerned of praise, and other programs."""

from django.utils import timezone
from django_tasks import task

from recognition.services.delivering import deliver_waiting
from recognition.services.telling import tell_waiting


@task()
def tell_of_praise() -> None:
    tell_waiting(now=timezone.now())


@task()
def deliver_messages() -> None:
    deliver_waiting()
