"""Celery: the waker. `celery -A kiruna_innovation worker` and `… beat` start here."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kiruna_innovation.settings")

app = Celery("kiruna_innovation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if not settings.REDIS_URL:
    for folder in ("queue", "control"):
        Path(settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
