"""Starting: a missing secret is named, and the demo's accounts exist only in the demo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from kiruna_innovation.demo.accounts import ACCOUNTS, ADDRESSES, PASSWORD
from kiruna_innovation.demo.load import DemoIsOff, load
from organisation.models import Department, Organisation, Person

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"SECRET_KEY": "x" * 50, "SITE_URL": "https://innovation.example", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}


def start(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A start of its own, which inherits nothing that this test run stands on."""
    return subprocess.run(
        [sys.executable, *(command or ("manage.py", "check"))],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1].partition("ImproperlyConfigured: ")[2]


@pytest.mark.parametrize("empty", [False, True], ids=["not there", "empty"])
@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_stops_the_start_with_a_sentence_that_names_it(tmp_path: Path, name: str, empty: bool) -> None:
    environment = {secret: value for secret, value in SECRETS.items() if secret != name} | ({name: ""} if empty else {})
    done = start(tmp_path, **environment)
    assert done.returncode == 1
    assert last_line(done) == f"The environment variable {name} is not set. Set it, or set DEBUG=1 on a developer's machine."
    assert not any(value in done.stderr for secret, value in SECRETS.items() if secret != name)


@pytest.mark.parametrize("program", ["kiruna_innovation.wsgi", "kiruna_innovation.celery"])
def test_nothing_else_starts_without_them_either(tmp_path: Path, program: str) -> None:
    done = start(tmp_path, "-c", f"import {program}")
    assert done.returncode == 1
    assert last_line(done).startswith("The environment variable SECRET_KEY is not set.")


def test_with_them_it_starts_and_without_debug_it_is_locked_up(tmp_path: Path) -> None:
    asked = "s.DEBUG, s.DEMO, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT"
    done = start(tmp_path, "-c", f"import kiruna_innovation.settings as s; print({asked})", **SECRETS)
    assert (done.returncode, done.stdout) == (0, "False False [] True True True\n")


def test_a_developers_machine_needs_none(tmp_path: Path) -> None:
    done = start(tmp_path, DEBUG="1")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.django_db
class TestWithoutDemo:
    def test_its_accounts_are_never_made(self, settings: Any) -> None:
        settings.DEMO = False
        with pytest.raises(DemoIsOff):
            load()
        assert [model.objects.count() for model in (Organisation, Department)] == [0, 0]
        assert not Person.objects.filter(email__in=ADDRESSES).exists()
        assert authenticate(None, email=ADDRESSES[0], password=PASSWORD) is None

    def test_the_command_refuses_in_an_installation(self, tmp_path: Path) -> None:
        done = start(tmp_path, "manage.py", "demo", **SECRETS)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Set DEMO=1 to allow them; nothing was changed." in done.stderr

    def test_the_sign_in_page_offers_none_and_the_shortcut_leads_nowhere(self, client: Client) -> None:
        page = client.get("/accounts/login/").content.decode()
        assert not any(account.email in page for account in ACCOUNTS)
        assert client.post("/demo/sign-in/", {"email": ADDRESSES[0]}).status_code == 404
        assert client.get("/demo/mail/").status_code == 404
