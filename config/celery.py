"""The Celery application: tasks only carry ids, rows are the truth, a sweep sends again what was lost."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("runstead")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
