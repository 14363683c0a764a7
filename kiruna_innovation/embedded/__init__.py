"""What lets a machine with nothing but Python run the whole product: installing, PostgreSQL, mail, web, worker and beat."""
