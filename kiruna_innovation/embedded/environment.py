"""What the demo's processes are told: settings through the environment, as any installation tells them."""

import os
import secrets
from pathlib import Path

from kiruna_innovation.embedded.ports import LOOPBACK

ROOT = Path(__file__).resolve().parent.parent.parent


def var_dir() -> Path:
    """Where everything lies that a running demo writes: VAR_DIR, by default var/ in this folder."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()


def secret_key(path: Path) -> str:
    """The demo's own key, made at the first start, so that a restart signs nobody out."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii")


def for_services(*, var: Path, port: int, mail_port: int, database_url: str) -> dict[str, str]:
    """The environment of web, worker, beat and the preparation."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kiruna_innovation.settings",
        "DEMO": "1",
        "DEBUG": "0",
        "TESTING": "0",
        "SECRET_KEY": secret_key(var / "secret_key"),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": database_url,
        "EMAIL_HOST": LOOPBACK,
        "EMAIL_PORT": str(mail_port),
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": "0",
        "VAR_DIR": str(var),
        "DEMO_MAIL_DIR": str(var / "mail"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:::celery.platforms",  # it warns of running as root, as every container does
    }
