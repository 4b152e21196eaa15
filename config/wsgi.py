import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()

from people.checks import inventory_at_start  # noqa: E402  (needs the loaded apps)

inventory_at_start()
