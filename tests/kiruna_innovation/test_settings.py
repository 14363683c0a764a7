"""Starting: a missing secret is named, and the demo's accounts exist only in the demo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.test import Client

from kiruna_innovation.demo.accounts import ACCOUNTS, ADDRESSES, PASSWORD
from kiruna_innovation.demo.load import DemoIsOff, load
from organisation.models import Department, Organisation, Person
from tests.factories import PersonFactory

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "SECRET_KEY": "x" * 50,
    "SITE_URL": "https://innovation.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "EMAIL_HOST": "mail.innovation.test",
    "MAIL_FROM": "idea@innovation.test",
    "REDIS_URL": "redis://127.0.0.1:1/9",
}


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
    assert (done.returncode, done.stdout) == (0, "False False ['innovation.example'] True True True\n")


def test_more_hosts_stand_beside_that_of_the_site(tmp_path: Path) -> None:
    asked = "import kiruna_innovation.settings as s; print(s.ALLOWED_HOSTS)"
    done = start(tmp_path, "-c", asked, **SECRETS, ALLOWED_HOSTS="inside.example,other.example")
    assert done.stdout == "['innovation.example', 'inside.example', 'other.example']\n"
    assert start(tmp_path, "-c", asked, **SECRETS, ALLOWED_HOSTS="").stdout == "['innovation.example']\n"


def test_an_address_that_is_none_stops_the_start(tmp_path: Path) -> None:
    done = start(tmp_path, **SECRETS | {"SITE_URL": "innovation.example"})
    assert last_line(done) == "SITE_URL is not an address. Write it whole, for example https://innovation.kiruna.example."


def test_the_demo_stays_on_this_machine(tmp_path: Path) -> None:
    needed = {name: SECRETS[name] for name in ("SECRET_KEY", "DATABASE_URL")}
    done = start(tmp_path, **needed, DEMO="1", SITE_URL="https://innovation.example")
    assert last_line(done).startswith("DEMO=1 makes accounts whose password everybody knows, so SITE_URL must be on this machine")
    done = start(tmp_path, **needed, DEMO="1", SITE_URL="http://localhost:8000")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("behind", "count"), [("1", 1), ("0", 0)])
def test_what_a_proxy_says_of_the_address_is_believed_only_behind_one(tmp_path: Path, behind: str, count: int) -> None:
    asked = "import kiruna_innovation.settings as s; print(s.ALLAUTH_TRUSTED_PROXY_COUNT)"
    assert start(tmp_path, "-c", asked, **SECRETS, BEHIND_PROXY=behind).stdout == f"{count}\n"


@pytest.mark.django_db
def test_behind_a_proxy_each_address_has_limits_of_its_own(settings: Any) -> None:
    """And nobody can choose theirs: what the browser itself says stands before what the proxy wrote."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"request_login_code": "3/m/key,2/m/ip"}

    def ask(forwarded: str, n: int) -> int:
        page = Client().post("/accounts/login/code/", {"email": f"nobody{n}@example.test"}, headers={"X-Forwarded-For": forwarded})
        return page.status_code

    assert [ask(f"10.0.0.{n}, 192.0.2.1", n) for n in range(3)] == [302, 302, 200], "the third is asked to wait"
    assert ask("192.0.2.2", 4) == 302


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

    @pytest.mark.parametrize("domain", ["kiruna.example", "tvk.example"])
    def test_those_that_came_from_a_demo_open_nothing(self, client: Client, settings: Any, domain: str) -> None:
        person = PersonFactory.create(email=f"admin@{domain}", password=make_password(PASSWORD))
        assert authenticate(None, email=person.email, password=PASSWORD) == person
        client.force_login(person)
        settings.CLOSED_DOMAINS = settings.DEMO_DOMAINS
        assert authenticate(None, email=person.email, password=PASSWORD) is None
        assert client.get("/").status_code == 302, "nor does a session from before"

    def test_the_domains_are_those_of_the_accounts_and_closed_in_an_installation(self, tmp_path: Path, settings: Any) -> None:
        assert {address.partition("@")[2] for address in ADDRESSES} == set(settings.DEMO_DOMAINS)
        done = start(tmp_path, "-c", "import kiruna_innovation.settings as s; print(s.CLOSED_DOMAINS == s.DEMO_DOMAINS)", **SECRETS)
        assert done.stdout == "True\n"

    def test_the_command_refuses_in_an_installation(self, tmp_path: Path) -> None:
        done = start(tmp_path, "manage.py", "demo", **SECRETS)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Set DEMO=1 to allow them; nothing was changed." in done.stderr

    def test_the_sign_in_page_offers_none_and_the_shortcut_leads_nowhere(self, client: Client) -> None:
        page = client.get("/accounts/login/").content.decode()
        assert not any(account.email in page for account in ACCOUNTS)
        assert client.post("/demo/sign-in/", {"email": ADDRESSES[0]}).status_code == 404
        assert client.get("/demo/mail/").status_code == 404
