"""Settings of Runstead: one file; every choice of a deployment is an environment variable.

An empty environment gives a local trial: SQLite and a generated secret key below ``RUNSTEAD_DATA``,
reachable from this machine alone. ``DEBUG=0`` says that this is production: then ``SECRET_KEY`` must be
given and every cookie and redirect asks for HTTPS. README, "Settings", has the table of all variables.
"""

import secrets
import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from common.embedded.broker import socket_for

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("RUNSTEAD_DATA", default="") or BASE_DIR / "data").expanduser().resolve()

# --- What kind of installation this is ---------------------------------------------------------------

TRIAL = env.bool("DEBUG", default=True)  # unset or on: a local trial; off: production
DEBUG = TRIAL and "DEBUG" in env.ENVIRON  # tracebacks in the browser only where they were asked for


def _secret_key() -> str:
    """SECRET_KEY from the environment; in a trial, one that is made once and kept, mode 0600."""
    given = env.str("SECRET_KEY", default="")
    if given:
        return given
    if not TRIAL:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Give a long random string, for example the output of: "
            "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    kept = DATA_DIR / "secret-key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(64))
    return kept.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list(
    "SECRET_KEY_FALLBACKS", default=[]
)  # earlier ones, which open and sign nothing new
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if TRIAL else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")  # how others reach us, for links in crates

# --- Apps ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "common",
    "accounts",
    "data_management",
    "workflows",
    "rocrate_export",
    "provenance",
    "rocrate_import",
    "run_import",
    "galaxy_import",
    "run_registration",
    "web",
    "example_lab",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.compressed.CompressedPages",
    "csp.middleware.CSPMiddleware",
    "config.maintenance.Maintenance",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "web.astray.Astray",
    "web.preferences.PreferredTimeZone",
    "web.parts.PartsOfPages",
    "web.shown.ShownInOrder",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.about_the_page",
            ],
        },
    },
]

# --- Database ------------------------------------------------------------------------------------------

# IMMEDIATE: a transaction that reads and then writes would otherwise fail at once with "database is
# locked" whenever another one wrote in between; a longer timeout does not help there.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
        "PRAGMA mmap_size=33554432; PRAGMA temp_store=MEMORY;"
    ),
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/runstead.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    DATABASES["default"]["CONN_MAX_AGE"] = None  # opening the file anew for each request doubles its price
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
    # Compiling a statement takes longer than any of ours runs.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Who is who ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
GROUP_MODEL = "accounts.Group"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:run-list"
LOGOUT_REDIRECT_URL = "web:sign-in"

# --- Safety of the web tier ----------------------------------------------------------------------------

CSRF_FAILURE_VIEW = "config.faults.form_refused"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRIAL
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not TRIAL)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if TRIAL else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not TRIAL
SECURE_REDIRECT_EXEMPT = [r"^api/v2/(ping|health)/$"]  # a load balancer asks these without TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    },
}

# --- Language, time, static files ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
USE_I18N = False
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(DATA_DIR / "static"))
WHITENOISE_USE_FINDERS = TRIAL

# --- Where files are -----------------------------------------------------------------------------------

STORAGE_DIR = Path(env.str("STORAGE_DIR", default=str(DATA_DIR / "storage")))
DROPBOX_ROOT = Path(env.str("DROPBOX_ROOT", default=str(DATA_DIR / "dropboxes")))
REFERENCE_DIRS = env.list("REFERENCE_DIRS", default=[])  # may be registered in place by anyone who signs in
S3_BUCKET = env.str("S3_BUCKET", default="")


def _file_storage() -> dict:
    """Django's STORAGES entry for data files: a directory, or S3 where S3_BUCKET is named."""
    if not S3_BUCKET:
        return {
            "BACKEND": "common.storage.AtomicFileSystemStorage",
            "OPTIONS": {"location": str(STORAGE_DIR)},
        }
    options = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
        "access_key": env.str("S3_ACCESS_KEY_ID", default="") or None,
        "secret_key": env.str("S3_SECRET_ACCESS_KEY", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "file_overwrite": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": _file_storage(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TRIAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
REGISTER_MAX_BYTES = env.int("REGISTER_MAX_BYTES", default=128 * 1024 * 1024)
REQUEST_MAX_BYTES = env.int("REQUEST_MAX_BYTES", default=10 * 1024 * 1024)
WORKFLOW_FILE_MAX_BYTES = env.int("WORKFLOW_FILE_MAX_BYTES", default=50 * 1024 * 1024)
LOG_MAX_BYTES = env.int("LOG_MAX_BYTES", default=10 * 1024 * 1024)  # beyond, a log's middle is left out
RUN_FILE_MAX_BYTES = env.int("RUN_FILE_MAX_BYTES", default=5 * 1024**3)  # of a file that is uploaded to a run
# Open at once in a process; config/gunicorn.py reads it, too.
EVENT_STREAMS = env.int("EVENT_STREAMS", default=8)
EVENT_STREAMS_EACH = env.int("EVENT_STREAMS_EACH", default=3)  # of one person
CRATE_MAX_BYTES = env.int("CRATE_MAX_BYTES", default=20 * 1024**3)
CRATE_CACHE_DAYS = env.int("CRATE_CACHE_DAYS", default=7)
CRATE_CACHE_BYTES = env.int("CRATE_CACHE_BYTES", default=1024**3)
CRATE_VALIDATION_MAX_ENTITIES = env.int("CRATE_VALIDATION_MAX_ENTITIES", default=5_000)
# Beside the packages that need it: both are made when the registry is installed.
ROCRATE_CONTEXTS = env.str("ROCRATE_CONTEXTS", default=str(Path(sys.prefix) / "rocrate-contexts.sqlite"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # of form fields; JSON and files have limits of their own

# --- Runs from other systems ------------------------------------------------------------------------------

# How runs come in, by the names that addresses, rows and settings use: the classes of run_sources/seam.py.
RUN_SOURCES = {
    "galaxy": "galaxy_import.source.GalaxySource",
    "reana": "run_sources.reana.source.ReanaSource",
    "torc": "run_sources.torc.source.TorcSource",
    "healthomics": "run_sources.healthomics.source.HealthOmicsSource",
    "wes": "run_sources.wes.source.WesSource",
}
# Servers that may be asked, as SOURCE=ADDRESS; anything else is refused, unless any public host of a source is
# allowed. What stands for all sources here, a source may have for itself, as Galaxy has below.
RUN_SERVERS = env.str("RUN_SERVERS", default="").replace(",", " ").split()
RUN_ANY_PUBLIC = env.str("RUN_ANY_PUBLIC", default="").replace(",", " ").split()
RUN_DOWNLOAD_MAX_BYTES = env.int("RUN_DOWNLOAD_MAX_BYTES", default=20 * 1024**3)  # of one file
RUN_FOLLOW_DAYS = env.int("RUN_FOLLOW_DAYS", default=30)
GALAXY_SERVERS = env.list("GALAXY_SERVERS", default=[])
GALAXY_ANY_PUBLIC = env.bool("GALAXY_ANY_PUBLIC", default=False)
GALAXY_DOWNLOAD_MAX_BYTES = env.int("GALAXY_DOWNLOAD_MAX_BYTES", default=RUN_DOWNLOAD_MAX_BYTES)
GALAXY_FOLLOW_DAYS = env.int("GALAXY_FOLLOW_DAYS", default=RUN_FOLLOW_DAYS)

# --- Background work -----------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
BROKER_SOCKET = socket_for(Path(env.str("BROKER_SOCKET", default=str(DATA_DIR / "broker" / "broker.sock"))))
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{BROKER_SOCKET}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = env.int("TASK_TIME_LIMIT", default=6 * 3600)
CELERY_TASK_PUBLISH_RETRY = False  # a broker that is away must not hold up a request: the sweep sends again
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    # Without these a broker that is away holds up every registration for six seconds.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "common.tasks.sweep", "schedule": 15.0},
    "tidy-crates": {"task": "rocrate_export.tasks.tidy_crates", "schedule": 3600.0},
    "tidy-imports": {"task": "rocrate_import.tasks.tidy_imports", "schedule": 300.0},
    "tidy-runs": {"task": "run_import.tasks.tidy_imports", "schedule": 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "broker" / "beat-schedule")

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- The API -------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.api.negotiation.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["common.api.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "common.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_RATES": {
        "sign-in": env.str("SIGN_IN_RATE", default="20/min"),
        "galaxy-key": env.str("GALAXY_KEY_RATE", default="10/min"),
        "run-credentials": env.str("RUN_CREDENTIALS_RATE", default="10/min"),
    },
    "NUM_PROXIES": env.int("NUM_PROXIES", default=1) if env.bool("TRUST_PROXY", default=False) else 0,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Runstead",
    "DESCRIPTION": "The open registry of workflow runs for life-science labs.",
    "VERSION": "2",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v2",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "LogKindEnum": "workflows.log_filters.KINDS",
        "RunStatusEnum": "workflows.models.runs.STATUS_CHOICES",
        "FileStatusEnum": "data_management.models.STATUS_CHOICES",
        "RunDataTypeEnum": "workflows.models.runs.DATASET_TO_WORKFLOWRUN_TYPES",
        "WorkflowFileTypeEnum": "workflows.models.versions.FILE_TYPES",
        "JobFileRoleEnum": "workflows.models.steps.FILE_ROLES",
        "MembershipRoleEnum": "accounts.models.ROLES",
        "TaskStateEnum": "common.background.STATES",
        "TransferModeEnum": "data_management.models.MODES",
        "LineageNodeKindEnum": "provenance.serializers.NODE_KINDS",
        "LineageEdgeKindEnum": "provenance.serializers.EDGE_KINDS",
        "CrateIncludeEnum": "rocrate_export.models.INCLUDES",
        "CrateSubjectEnum": "rocrate_export.models.SUBJECT_KINDS",
        "CrateImportPhaseEnum": "rocrate_import.models.PHASES",
        "GalaxyImportKindEnum": "galaxy_import.models.KINDS",
        "GalaxyImportPhaseEnum": "galaxy_import.models.PHASES",
        "GalaxyOutputsEnum": "galaxy_import.models.OUTPUTS",
        "GalaxyConditionEnum": "galaxy_import.models.CONDITIONS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.api.schema.complete",
    ],
    "PREPROCESSING_HOOKS": ["common.api.schema.leave_out_second_spellings"],
}

# --- Logs ------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Every scanner of the internet would leave a traceback otherwise.
    "loggers": {"django.security.DisallowedHost": {"handlers": [], "propagate": False}},
}
