"""Fill the database for the first page, `python -m kiruna_innovation.embedded.prepare`: the tables and, when they are empty, the demo.

One process for both, since starting Django anew would take longer than the second step.
"""

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("demo")


if __name__ == "__main__":
    main()
