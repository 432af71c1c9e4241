"""The product's settings with the floors' addresses beside its own; nothing else of the web tier differs."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.floor.urls"
# A broker in the memory of the process: the message is made and sent, and no worker takes up what was
# registered while the next request is being measured.
CELERY_BROKER_URL = "memory://localhost/"

DATA_UPLOAD_MAX_MEMORY_SIZE = None  # the floor reads whole bodies; ours has a parser with a limit of its own
