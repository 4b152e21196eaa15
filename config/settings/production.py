"""What runs for real: refuses to start without a secret, speaks HTTPS only."""

from config import environment
from config.settings.base import *

DEBUG = False
SECRET_KEY = environment.text("SECRET_KEY")
if len(SECRET_KEY) < 50:
    environment.refuse("SECRET_KEY", "set it to at least 50 random characters")
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
# No other host, not even one below this domain, can set these.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
LANGUAGE_COOKIE_NAME = "__Host-language"
# It is sent to the screens' addresses only, so it can't be a __Host- one.
SCREEN_COOKIE_NAME = "__Secure-screen"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
