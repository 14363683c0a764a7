"""The Swedish catalogue: `catalogue.py gather` adds new texts to it, `catalogue.py check` says what is missing.

Both need GNU gettext. They work on a copy of the sources, so that only the catalogue changes, and in one stable order.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/sv/LC_MESSAGES/django.po")
WRAP = 100
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "var", "tests", "docs", "static", "*.mo", "__pycache__", ".*_cache")


def gathered() -> polib.POFile:
    """The catalogue as it would be with every text that the sources hold now."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "sources"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        done = subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "--locale", "sv", "--no-location", "--verbosity", "0"],
            cwd=copy,
            env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"The texts could not be gathered: {done.stderr.strip()}")
        return polib.pofile(str(copy / CATALOGUE), wrapwidth=WRAP)


def gather() -> None:
    """Write the catalogue anew: new texts stand in it with an empty translation, unused ones are gone."""
    catalogue = gathered()
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    for entry in catalogue.fuzzy_entries():
        entry.flags.remove("fuzzy")
        entry.msgstr = ""
        entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    catalogue.sort(key=lambda entry: (entry.msgid.lower(), entry.msgctxt or ""))
    catalogue.save(str(ROOT / CATALOGUE))


def check() -> None:
    """Every text has its Swedish, none is a guess, none is left over."""
    catalogue = gathered()
    problems = [
        *(f"no Swedish: {entry.msgid!r}" for entry in catalogue.untranslated_entries()),
        *(f"a guess (fuzzy): {entry.msgid!r}" for entry in catalogue.fuzzy_entries()),
        *(f"used nowhere: {entry.msgid!r}" for entry in catalogue.obsolete_entries()),
    ]
    if problems:
        sys.exit("\n".join([*problems, f"{len(problems)} texts to mend in {CATALOGUE}; make messages gathers and tidies."]))
    print(f"{len(catalogue)} texts, all in Swedish.")


def main(command: str) -> None:
    if shutil.which("xgettext"):
        {"gather": gather, "check": check}[command]()
    elif command == "check" and os.environ.get("CI") != "true":
        print("Translations are not checked: GNU gettext is not installed (apt install gettext).")
    else:
        sys.exit("GNU gettext is needed for this: apt install gettext.")


if __name__ == "__main__":
    main(sys.argv[1])
