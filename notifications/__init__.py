"""Telling people: one fact for one person, in the bell, by mail or gathered in a digest. Knows people only as AUTH_USER_MODEL."""
