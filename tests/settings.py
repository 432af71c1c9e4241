"""Settings of the tests: those of the product, with a database and directories that are gone afterwards.

``RUNSTEAD_TEST_ON`` says where: ``sqlite`` (the default), or ``services``, that is on what
``RUNSTEAD_TEST_DATABASE_URL`` and ``RUNSTEAD_TEST_REDIS_URL`` name. `tests/run.py` finds them.
"""

import atexit
import os
import shutil
import tempfile

_scratch = tempfile.mkdtemp(prefix="runstead-tests-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
for _name in (
    "DEBUG",
    "DATABASE_URL",
    "REDIS_URL",
    "S3_BUCKET",
    "BROKER_SOCKET",
    "STORAGE_DIR",
    "DROPBOX_ROOT",
    "GALAXY_SERVERS",
    "GALAXY_ANY_PUBLIC",
    "SECRET_KEY_FALLBACKS",
):
    os.environ.pop(_name, None)
os.environ["RUNSTEAD_DATA"] = _scratch
os.environ["ROCRATE_CONTEXTS"] = f"{_scratch}/no-contexts.sqlite"  # a test that needs them says so
if os.environ.get("RUNSTEAD_TEST_ON") == "services":
    for _name in ("DATABASE_URL", "REDIS_URL"):
        if f"RUNSTEAD_TEST_{_name}" in os.environ:
            os.environ[_name] = os.environ[f"RUNSTEAD_TEST_{_name}"]

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, REDIS_URL  # noqa: E402

# A name of its own per process, so that runs beside each other never meet.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file and not memory, so that threads and processes see what the product would see.
    DATABASES["default"]["TEST"] = {"NAME": f"{_scratch}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_runstead_{os.getpid()}"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # Nobody needs these rows after a power cut: what is committed need not wait for the disk.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"

if not REDIS_URL:
    CELERY_BROKER_URL = "memory://"  # a message only wakes; the tests call tasks themselves
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # people sign in all the time here
WHITENOISE_AUTOREFRESH = True  # else every client that a test makes would list all static files first

EVENT_STREAMS = 0  # one would go on asking the database after the test that opened it
