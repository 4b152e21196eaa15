"""One machine, one developer or a newcomer: `make run`."""

from config import environment
from config.settings.base import *

DEBUG = environment.text("DEBUG", "0") == "1"
SECRET_KEY = environment.text("SECRET_KEY", "only-for-this-machine-and-never-for-real-figures")
# No collectstatic here: files come from where they are written.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# The demo's logins work with a password alone; SECOND_FACTOR=required shows the real thing.
SECOND_FACTOR_REQUIRED = environment.text("SECOND_FACTOR", "optional") == "required"
# Passkeys over plain HTTP work on localhost only, which is where this runs.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
STYLEGUIDE = True
