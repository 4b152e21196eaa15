"""What every environment shares. Each setting read from outside is named in docs/settings.md."""

import sys

from config import environment

ROOT = environment.ROOT
VAR = ROOT / "var"
VAR.mkdir(exist_ok=True)

DATABASES = {"default": environment.database("DATABASE_URL", f"sqlite:///{VAR / 'db.sqlite3'}")}
# PostgreSQL: the schema's owner migrates; the product runs as a role that can't rewrite money.
PRODUCT_ROLE = ""
if environment.text("MIGRATION_DATABASE_URL") and "migrate" in sys.argv[1:2]:
    PRODUCT_ROLE = DATABASES["default"]["USER"]
    DATABASES["default"] = environment.database("MIGRATION_DATABASE_URL", "")

CACHES = {"default": environment.cache("REDIS_URL")}
BASE_URL = WAGTAILADMIN_BASE_URL = environment.base_url("BASE_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "127.0.0.1,localhost")
# Every mail goes through the outbox, which hands it to this server later and never twice.
vars().update(environment.email("EMAIL_URL", "consolemail://"))
OUTBOX_EMAIL_BACKEND = vars().get("EMAIL_BACKEND", "")
EMAIL_BACKEND = "people.outbox.OutboxBackend"
# A mail server that says nothing must not hold the worker for ever.
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("EMAIL_FROM", "ninetyfive@localhost")
MAX_TARGETS_PER_DEPARTMENT = environment.whole_number("MAX_TARGETS_PER_DEPARTMENT", 2)
POLLS_A_YEAR = environment.whole_number("POLLS_A_YEAR", 4)
DAYS_BETWEEN_POLLS = environment.whole_number("DAYS_BETWEEN_POLLS", 28)
MOST_POLL_QUESTIONS = environment.whole_number("MOST_POLL_QUESTIONS", 60)

INSTALLED_APPS = [
    "people",
    "ledger",
    "incentives",
    "recognition",
    "empowerment",
    "surveys",
    "cms",
    "screens",
    "demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_filters",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tables2",
    "rules",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    # First, so that static files and redirects carry the policy too.
    "people.middleware.ContentPolicy",
    "people.middleware.OnlyKnownMethods",
    "people.middleware.CookiesHoldText",
    # Before whatever reads cookies or writes down who asked.
    "surveys.middleware.BallotsPassAlone",
    "cms.middleware.PublicPagesKnowNobody",
    "screens.middleware.ScreensPassAlone",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "people.middleware.SessionsEnd",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.LanguageOfThePerson",
    "people.middleware.SecondFactorIsRequired",
    "people.middleware.SharedDevicesForget",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "people.middleware.PersonalPagesAreNotStored",
    "people.middleware.RefusalsAreNoted",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.context_processors.frame",
            ],
        },
    }
]

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "people.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "people.services.passwords.NotCommonWhenDrawnOut"},
    {"NAME": "people.services.passwords.NotAWordOfTheHouse"},
]
PASSWORD_WORDS = ["Ninetyfive", "Ninety", *environment.words("PASSWORD_WORDS", "")]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/sign-in/"
WAGTAILADMIN_LOGIN_URL = "/sign-in/"

ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
# HR keeps the addresses; a link that was mailed to one has shown that it is read there.
ACCOUNT_EMAIL_VERIFICATION = "none"
# Said by our own notices, which everybody finds in the product too.
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Nobody can have mail sent to strangers by typing their address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# services.guessing counts sign-ins; a cache of each process would count too little, and a limit
# an address would keep out a factory that begins work at eight.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
ACCOUNT_FORMS = {
    "login": "people.forms.accounts.SignInForm",
    "reset_password": "people.forms.accounts.ForgottenPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = environment.whole_number("TRUSTED_PROXIES", 0)

MFA_ADAPTER = "people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ninetyfive"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_FORMS = {
    "authenticate": "people.forms.accounts.SecondFactorForm",
    "reauthenticate": "people.forms.accounts.SecondFactorAgainForm",
}
SECOND_FACTOR_REQUIRED = True

SOCIALACCOUNT_ADAPTER = "people.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
OIDC = environment.open_id_connect()
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC.apps()}}

LANGUAGE_CODE = "en"
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGES = environment.languages("LANGUAGES", LOCALE_PATHS[0])
TIME_ZONE = environment.time_zone("TIME_ZONE", "UTC")
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
# Everybody's bonus: never below MEDIA_ROOT or anything else that a web server hands out.
STATEMENTS_ROOT = environment.text("STATEMENTS_ROOT", str(VAR / "statements"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A form of a lead with a hundred departments has a few hundred fields; imports go by file.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Where webhooks may go beside the world, as a chat server in the house; and plain HTTP for trying.
WEBHOOK_ALLOWED_NETWORKS = environment.networks("WEBHOOK_ALLOWED_NETWORKS")
WEBHOOK_ALLOW_HTTP = environment.text("WEBHOOK_ALLOW_HTTP") == "yes"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

WAGTAIL_SITE_NAME = "Ninetyfive"
# Nobody's address, hashed or not, leaves the house.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILADMIN_COMMENTS_ENABLED = False
# No browser tells another house that somebody runs this.
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.forms.DocumentForm"
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = WAGTAILDOCS_PASSWORD_REQUIRED_TEMPLATE = (
    "cms/password_required.html"
)
# What needs a second person is published by nobody alone; see cms/services/approving.py.
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.finishing.publish_approved"
# Passwords are changed where other sessions end by it; e-mail addresses are kept by HR.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        # Browsers apply this to where a form's answer redirects to: signing in goes on there.
        "form-action": ["'self'", *OIDC.origins()],
        "worker-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
# Wagtail's admin needs inline scripts and styles; its pages carry no figures and no money.
WRITERS_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "object-src": ["'none'"],
    # Previews.
    "frame-src": ["'self'"],
    "frame-ancestors": ["'self'"],
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# A session ends with the browser unless its owner asked to stay signed in; how long it may be
# idle and last in all is in people/services/sessions.py.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
# In the session and not in a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SCREEN_COOKIE_NAME = "screen"
SECURE_REFERRER_POLICY = "same-origin"

# The page with every component of the look: for builders, so not in production.
STYLEGUIDE = False
DJANGO_TABLES2_TEMPLATE = "components/table.html"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.OneLineOfJson"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refused page is everyday life; a broken one is not.
    "filters": {"but_ballots": {"()": "config.logs.NoRequestsForBallots"}},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "security": {"level": "INFO"},
        # `runserver` writes a line a request.
        "django.server": {
            "handlers": ["console"],
            "level": "INFO",
            "filters": ["but_ballots"],
            "propagate": False,
        },
    },
}
